"""What no run can be simulated with is refused by its name before anything is drawn, not by running out of memory."""

from __future__ import annotations

import csv
import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from constabulary.core.errors import BadInput, ConstabularyError
from constabulary.response.bounds import run_problems
from constabulary.response.clock import Clock
from constabulary.response.contact_simulation import Agents
from constabulary.response.contacts import ContactSetup
from constabulary.response.rosters import RosterLine
from constabulary.services.response.setup import make_ready, scenario_of
from constabulary.services.response.simulation import simulate
from constabulary.services.response.values import known_parameters
from constabulary.services.workspace.workspaces import Workspace, new_workspace

WESTMARCH = Path(__file__).parents[1] / "forces" / "westmarch"


def told(workspace: Workspace, folder: Path, text: str) -> list[str]:
    path = folder / "tried.toml"
    path.write_text(f'schema = 1\nname = "Tried"\n{text}')
    with pytest.raises(ConstabularyError) as error:
        make_ready(workspace, scenario_of(workspace, path), 2)
    return [str(problem) for problem in error.value.problems]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[demand]\nfactor = 1000000", "incidents in a run of 2 weeks are more than can be simulated"),
        (
            '[[posts]]\nrole = "warden"\nduty = "response"\nposts_fte = 100000000000000',
            "officers' shifts in a run of 2 weeks are more than can be simulated",
        ),
        ("[values]\nattended_grade_weight = [0, 0, 0, 0]", "values.attended_grade_weight"),
        ("[values]\nmeal_window = [0.7, 0.3]", "values.meal_window"),
        ("[values]\nappointment_after_h = [48, 2]", "values.appointment_after_h"),
        ("[values]\nborder_s = [inf, 0]", "0 to 100,000,000"),
        ("[values]\nturnout_s = 1e300", "0 to 100,000,000"),
        ("[values]\ntravel_noise = 1e6", "0 to 20"),
        ("[values]\npatrol_s = 0.5", "values.patrol_s"),
        ("[values]\ncustody_desks = 0", "values.custody_desks"),
        ("[values]\npatience_mean_s = 0", "values.patience_mean_s"),
        ("[values]\nsessions = {emergency_call = 0, other_call = 1, not_a_call = 1}", "values.sessions"),
        ("[values]\nlimit_share = 0", "values.limit_share"),
    ],
)
def test_what_cannot_be_run_is_refused_by_its_name(
    invented_workspace: Workspace, tmp_path: Path, text: str, said: str
) -> None:
    found = told(invented_workspace, tmp_path, text)
    assert said in " ".join(found)


@pytest.mark.parametrize(("name", "nothing"), [("month_weight", [0] * 12), ("hour_of_week", [[0] * 24] * 7)])
def test_weights_that_are_all_0_are_told_by_file_and_row_and_never_divided_by(
    invented_workspace: Workspace, tmp_path: Path, name: str, nothing: list[object]
) -> None:
    usual = known_parameters()[name].value
    kinds = {**usual, "other_call": nothing, "incident": nothing}
    text = "".join(f"{kind} = {given}\n" for kind, given in kinds.items())
    found = told(invented_workspace, tmp_path, f"[values.{name}]\n{text}")
    assert found == [
        f"tried.toml, row {row}, values.{name}.{kind}: every weight that counts is 0. Expected one or more above 0."
        for row, kind in enumerate(kinds, start=4)
        if kind in {"other_call", "incident"}
    ]


def test_more_custody_desks_than_can_be_simulated_are_told_by_file_and_row(tmp_path: Path) -> None:
    folder = tmp_path / "westmarch"
    shutil.copytree(WESTMARCH, folder)
    path = folder / "response" / "stations.csv"
    with path.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    rows[1]["n_custody_desks"] = "1001"
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    workspace = new_workspace(tmp_path / "workspace", str(folder))
    with pytest.raises(BadInput) as error:
        make_ready(workspace, scenario_of(workspace, None), 2)
    (told,) = error.value.problems
    assert (told.file, told.row, told.column) == ("response/stations.csv", 3, "n_custody_desks")


@pytest.fixture
def without_absences(tmp_path: Path) -> Workspace:
    """Return a workspace of the invented force whose folder says nothing of who is away."""
    folder = tmp_path / "westmarch"
    shutil.copytree(WESTMARCH, folder)
    (folder / "response" / "abstractions.csv").unlink()
    return new_workspace(tmp_path / "workspace", str(folder))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("vacancy_share = 1", "nobody is on duty to respond"),
        (
            "away_share = {annual_leave = 0.5, court = 0.5, restricted = 0, sickness = 0, training = 0}",
            "leaves nobody",
        ),
    ],
)
def test_absences_that_leave_nobody_are_refused(
    without_absences: Workspace, tmp_path: Path, text: str, said: str
) -> None:
    assert said in " ".join(told(without_absences, tmp_path, f"[values]\n{text}"))


def test_a_run_in_which_no_officer_turns_up_reaches_nobody_and_says_so(
    without_absences: Workspace, tmp_path: Path
) -> None:
    # One post in ten thousand is filled: nearly all runs of two weeks have nobody on duty.
    path = tmp_path / "tried.toml"
    path.write_text('schema = 1\nname = "Nobody"\n[values]\nvacancy_share = 0.9999\n')
    answer = simulate(without_absences, path, 2, weeks=2)
    found = {(one["figure"], one["of"]): one for one in answer["figures"] if one["by"] == "all"}
    assert found["median_s", "critical"]["mean"] is None
    assert "units cannot keep up" in found["median_s", "critical"]["reason"]


@pytest.mark.parametrize("factor", [1.0, 2.0])
def test_a_year_of_the_largest_force_is_not_refused_and_two_in_one_are(factor: float) -> None:
    # The Metropolitan Police: 34,000 officers, were all of them to respond five days in seven of 46 weeks, and
    # 6 million calls a year.
    clock = Clock(date(2024, 4, 1), 52 * 7, "Europe/London")
    everyone = RosterLine("all", 0, tuple(range(7)), 420, 600, 34_000 * 5 / 7 * 46 / 52, 0.5, 0.0)
    rate = np.full((2, clock.n_days * 24), 6_000_000 / 365 / 24 / 2)
    agents = Agents.of([2_000], [True, True])
    calls = ContactSetup(
        ("999", "101"), np.array([0, 1]), rate, agents, ("one",), np.array([10.0, 30.0]), factor
    )
    refused = [problem.message for problem in run_problems(clock, 4_000_000 * factor, [everyone], calls)]
    assert [one.split(" ", 1)[1] for one in refused] == [
        "contacts in a run of 52 weeks are more than can be simulated."
    ] * (factor > 1)


def test_more_than_can_be_simulated_is_told_with_what_to_do(
    invented_workspace: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "tried.toml"
    path.write_text('schema = 1\nname = "Long"\n[demand]\nfactor = 100000\n')
    with pytest.raises(BadInput, match="simulate fewer weeks"):
        simulate(invented_workspace, path, 1, weeks=520)


def test_posts_of_a_role_that_does_not_respond_are_said_to_be_costed_as_officers(
    invented_workspace: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "tried.toml"
    post = '[[posts]]\nrole = "{}"\nduty = "{}"\nposts_fte = 5\n'
    for role, duty, is_told in (("warden", "response", False), ("auxiliary", "neighbourhood", True)):
        path.write_text('schema = 1\nname = "Tried"\n' + post.format(role, duty))
        ready = make_ready(invented_workspace, scenario_of(invented_workspace, path), 2)
        assert any("costed as officers" in one for one in ready.warnings) is is_told
