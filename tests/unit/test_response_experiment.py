"""Replications: intervals by the book, the same luck for all, and figures worked out a second way."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import joblib
import numpy as np
import pytest

from constabulary.core.errors import Stopped
from constabulary.response.appraisal import appraise, verdict
from constabulary.response.draws import Luck
from constabulary.response.experiment import Estimate, estimate, experiment
from constabulary.response.figures import Key
from constabulary.response.outcomes import Ranked, outcomes_of
from constabulary.response.plain_words import Names, in_words, summary
from constabulary.response.result import Happened
from constabulary.response.setup import Setup, arrivals_of, run
from constabulary.services.response.setup import make_ready, scenario_of, scenarios_of
from constabulary.services.workspace.force import force_of
from constabulary.services.workspace.workspaces import new_workspace

WESTMARCH = Path(__file__).parents[1] / "forces" / "westmarch"
NAMES = Names({"critical": "Critical", "urgent": "Urgent"}, {}, "shire")


@lru_cache(maxsize=1)
def _setups(folder: Path) -> tuple[Setup, ...]:
    workspace = new_workspace(folder / "workspace", str(WESTMARCH))
    paths = scenarios_of(force_of(workspace))
    return tuple(make_ready(workspace, scenario_of(workspace, path), 3).setup for path in paths)


@pytest.fixture(scope="module")
def setups(tmp_path_factory: pytest.TempPathFactory) -> tuple[Setup, ...]:
    return _setups(tmp_path_factory.mktemp("setups"))


def test_half_widths_are_those_of_students_t() -> None:
    # Four values of mean 5 and standard deviation 2: t for 3 degrees of freedom at 97.5 % is 3.18245 in every table.
    values = [3.0, 4.0, 5.0, 8.0]
    deviation = math.sqrt(sum((one - 5.0) ** 2 for one in values) / 3)
    found = estimate(values)
    assert found.mean == 5.0
    assert found.half_width == pytest.approx(3.18245 * deviation / 2.0, rel=1e-5)


def test_what_no_replication_gives_has_no_figure() -> None:
    assert estimate([math.nan, math.nan]) == Estimate(None, None, 0)
    assert estimate([2.0, math.nan]) == Estimate(2.0, None, 1)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(2)
    held = [
        abs(one.mean - 1.0) <= one.half_width
        for one in (estimate(rng.normal(1.0, 2.0, 30)) for _ in range(2000))
        if one.mean is not None and one.half_width is not None
    ]
    assert np.mean(held) == pytest.approx(0.95, abs=0.02)


def test_quantiles_of_groups_are_those_of_each_group_alone() -> None:
    rng = np.random.default_rng(3)
    values = np.where(rng.random(500) < 0.1, np.nan, rng.lognormal(0, 1, 500))
    code = rng.integers(0, 7, 500)
    code[code == 5] = 4
    # Seven groups of one cell each, then cells 0 to 3 beside the rest.
    groups = np.array([[0, 1, 2, 3, 4, 5, 6], [7, 7, 7, 7, 8, 8, 8]])
    found = Ranked(values).quantiles(code, groups, 9, 0.5, 0.9)
    for share, row in zip((0.5, 0.9), found, strict=True):
        for group in range(9):
            own = values[(groups[group // 7][code] == group) & ~np.isnan(values)]
            assert row[group] == pytest.approx(np.quantile(own, share)) if len(own) else np.isnan(row[group])


def test_figures_are_those_counted_incident_by_incident(setups: tuple[Setup, ...]) -> None:
    setup = setups[0]
    done = run(setup, Luck(1, 0))
    figures = outcomes_of(setup, done).figures
    incidents, found = done.arrivals.incidents, done.result.incidents
    until = setup.clock.end_s - 0.1 * setup.clock.end_s
    took, in_time, crossed = [], [], []
    for row in range(len(incidents)):
        counts = setup.warm_up_s <= incidents.at_s[row] < until and incidents.grade[row] == 0
        happened = Happened(int(found.happened[row]))
        if not counts or happened & (Happened.RESOLVED | Happened.CANCELLED):
            continue
        waited = found.arrived_s[row] - incidents.at_s[row]  # the target's clock starts at the record
        is_rural = setup.places.is_rural[incidents.atom[row]]
        target = setup.grades.target_rural_s[0] if is_rural else setup.grades.target_urban_s[0]
        took.append(waited)
        in_time.append(waited <= target)
        crossed.append(bool(happened & Happened.CROSS_BORDER))
    assert len(took) > 100
    assert figures[Key("within_target_share", "critical")] == pytest.approx(np.mean(in_time))
    assert figures[Key("median_s", "critical")] == pytest.approx(np.median(took))
    assert figures[Key("p90_s", "critical")] == pytest.approx(np.quantile(took, 0.9))
    assert figures[Key("cross_border_share", "critical")] == pytest.approx(np.mean(crossed))


def test_figures_of_a_policing_area_are_those_of_the_incidents_in_its_districts(
    setups: tuple[Setup, ...],
) -> None:
    setup = next(one for one in setups if 1 < len(one.area_ids) < len(one.places.district_ids))
    done = run(setup, Luck(1, 0))
    figures = outcomes_of(setup, done).figures
    incidents, found = done.arrivals.incidents, done.result.incidents
    until = setup.clock.end_s - 0.1 * setup.clock.end_s
    for number, area in enumerate(setup.area_ids):
        took, in_time, crossed = [], [], []
        for row in range(len(incidents)):
            atom = incidents.atom[row]
            is_here = setup.area_of_district[setup.places.district[atom]] == number
            counts = setup.warm_up_s <= incidents.at_s[row] < until and incidents.grade[row] == 0
            happened = Happened(int(found.happened[row]))
            if not (is_here and counts) or happened & (Happened.RESOLVED | Happened.CANCELLED):
                continue
            targets_s = (setup.grades.target_urban_s, setup.grades.target_rural_s)
            took.append(found.arrived_s[row] - incidents.at_s[row])
            in_time.append(took[-1] <= targets_s[int(setup.places.is_rural[atom])][0])
            crossed.append(bool(happened & Happened.CROSS_BORDER))
        key = ("critical", "area", area)
        assert len(took) > 50
        assert figures[Key("within_target_share", *key)] == pytest.approx(np.mean(in_time))
        assert figures[Key("median_s", *key)] == pytest.approx(np.median(took))
        assert figures[Key("p90_s", *key)] == pytest.approx(np.quantile(took, 0.9))
        assert figures[Key("cross_border_share", *key)] == pytest.approx(np.mean(crossed))


def test_an_appointment_is_missed_only_once_it_was_due(tmp_path: Path) -> None:
    workspace = new_workspace(tmp_path / "workspace", str(WESTMARCH))
    setup = make_ready(workspace, scenario_of(workspace, None), 1).setup
    done = run(setup, Luck(1, 0))
    figures = outcomes_of(setup, done).figures
    incidents, found = done.arrivals.incidents, done.result.incidents
    until = setup.clock.end_s - 0.1 * setup.clock.end_s
    last = len(setup.grade_ids) - 1
    n, n_missed, n_later = 0, 0, 0
    for row in range(len(incidents)):
        counts = setup.warm_up_s <= incidents.at_s[row] < until and incidents.grade[row] == last
        happened = Happened(int(found.happened[row]))
        if not counts or happened & (Happened.RESOLVED | Happened.CANCELLED):
            continue
        is_missed = bool(np.isnan(found.arrived_s[row]))
        is_later = bool(incidents.appointment_s[row] >= until)
        n_later += is_missed and is_later
        n += not (is_missed and is_later)
        n_missed += is_missed and not is_later
    assert n_later > 0
    assert figures[Key("unreached_share", setup.grade_ids[last])] == pytest.approx(n_missed / n)


def test_uncommitted_time_of_districts_adds_up_to_the_whole(setups: tuple[Setup, ...]) -> None:
    figures = outcomes_of(setups[0], run(setups[0], Luck(1, 0))).figures
    for name in ("uncommitted_h", "visible_officer_h", "travel_h", "on_duty_units"):
        for by in ("district", "area"):
            parts = [value for key, value in figures.items() if (key.figure, key.by) == (name, by)]
            assert sum(parts) == pytest.approx(figures[Key(name)])


def test_units_free_by_hour_are_those_of_the_duties(setups: tuple[Setup, ...]) -> None:
    found = outcomes_of(setups[0], run(setups[0], Luck(1, 0)))
    by_hour = found.hours[Key("uncommitted_h")]
    # Hours at the ends of the run belong to duties that are only partly counted.
    assert by_hour.sum() == pytest.approx(found.figures[Key("uncommitted_h")], rel=0.05)


def test_structures_meet_the_same_incidents(setups: tuple[Setup, ...]) -> None:
    one, other = (arrivals_of(setup, Luck(7, 3)).incidents for setup in setups)
    assert (one.at_s == other.at_s).all()
    assert (one.scene_s == other.scene_s).all()


def test_the_same_seed_gives_the_same_figures_on_one_thread_and_on_two(setups: tuple[Setup, ...]) -> None:
    one, two = (experiment(setups, 4, 11, n_jobs=jobs) for jobs in (1, 2))
    for alone, together in zip(one.results, two.results, strict=True):
        assert alone.figures == together.figures
    assert experiment(setups, 2, 12, n_jobs=1).results[0].figures != one.results[0].figures


@pytest.mark.slow
def test_other_processes_give_the_same_figures(setups: tuple[Setup, ...]) -> None:
    # Whatever backend of joblib runs replications (loky here, Dask, Ray or Spark elsewhere) gets them pickled.
    here = experiment(setups, 2, 11, n_jobs=1)
    with joblib.parallel_config(backend="loky", n_jobs=2):
        there = experiment(setups, 2, 11)
    assert [one.figures for one in here.results] == [one.figures for one in there.results]


def test_a_structure_against_itself_changes_nothing(setups: tuple[Setup, ...]) -> None:
    made = experiment([setups[0], replace(setups[0], name="again")], 3, 1)
    for option in appraise(made, [0.0, 0.0])[1:]:
        assert {one.verdict for one in option.differences} <= {"same", "neither", "not clear"}
        assert all(one.difference.mean in (None, 0.0) for one in option.differences)


def test_the_same_luck_tells_structures_apart_in_fewer_runs(setups: tuple[Setup, ...]) -> None:
    made = experiment(setups, 12, 1)
    key = Key("incidents")
    alike = made.differences(1)[key]
    assert alike.half_width is not None
    apart = made.results[0].figures[key].half_width
    assert apart is not None
    # Incidents differ between runs and not between structures, but for what was called off.
    assert alike.half_width < 0.2 * apart


def test_replications_stop_when_the_figure_is_as_sure_as_wanted(setups: tuple[Setup, ...]) -> None:
    key = Key("within_target_share", "critical")
    made = experiment(setups[:1], 40, 1, wanted={key: 0.05})
    found = made.results[0].figures[key]
    assert made.n_replications < 40
    assert found.half_width is not None
    assert found.half_width <= 0.05
    three = experiment(setups[:1], 40, 1, wanted={key: 0.05}, n_jobs=3)
    assert three.n_replications == made.n_replications
    assert three.results[0].figures == made.results[0].figures


def test_an_experiment_can_be_stopped(setups: tuple[Setup, ...]) -> None:
    def stop(done: float, total: float, doing: str) -> None:
        if done:
            raise Stopped("stopped")

    with pytest.raises(Stopped):
        experiment(setups[:1], 100, 1, progress=stop)


def test_a_difference_is_better_or_worse_only_where_it_is_clear() -> None:
    fast, share = Key("median_s", "critical"), Key("within_target_share", "critical")
    assert verdict(fast, Estimate(-30.0, 10.0, 9)) == "better"
    assert verdict(fast, Estimate(30.0, 10.0, 9)) == "worse"
    assert verdict(share, Estimate(0.02, 0.01, 9)) == "better"
    assert verdict(share, Estimate(0.02, 0.03, 9)) == "not clear"
    assert verdict(share, Estimate(0.0, 0.0, 9)) == "same"
    assert verdict(share, Estimate(None, None, 0)) == "not clear"
    assert verdict(Key("investigation_mean_days"), Estimate(-3.0, 1.0, 9)) == "better"
    assert verdict(Key("cross_border_share"), Estimate(0.2, 0.1, 9)) == "neither"


def test_words_say_what_the_figures_say(setups: tuple[Setup, ...]) -> None:
    made = experiment(setups, 3, 1)
    options = appraise(made, [0.0, 1_500_000.0])
    said = summary(options, NAMES)
    found = options[1].find(Key("within_target_share", "critical"))
    assert found is not None
    assert found.option.mean is not None
    words = in_words(options[1], NAMES)
    assert words[0].startswith(f"In time: {100 * found.option.mean:.1f}% of")
    assert "£1.50 million a year more" in words[-1]
    assert "19 times in 20" in said[-1]
