"""The public edition through the command line, and the attacker who holds every level, month and edition of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from constabulary.services.cover_public import public_cover
from constabulary.services.synthesise_positions import synthesise_positions
from constabulary.services.workspaces import Workspace, new_workspace

Run = Callable[..., Any]
WESTMARCH = Path(__file__).parents[1] / "forces" / "westmarch"
LEVELS = ("force", "district", "neighbourhood", "lsoa")
EDITIONS = (("2022-02", "2022-03"), ("2022-03", "2022-04"))
RULES = {"least_units": 14, "least_hours": 20, "rounding_hours": 2, "protection_hours": 20, "delay_days": 14}
EVIDENCE = ",,,assumed,Strict for this test"


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Three months of synthetic positions under rules that hide a good part of them."""
    folder = tmp_path_factory.mktemp("public")
    shutil.copytree(WESTMARCH, folder / "force")
    lines = [
        "rule,value,source_id,where,status,note",
        *(f"{rule},{value}{EVIDENCE}" for rule, value in RULES.items()),
    ]
    (folder / "force" / "cover" / "disclosure.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
    made = new_workspace(folder / "workspace", str(folder / "force"))
    synthesise_positions(made, first_on=date(2022, 2, 1), n_days=89)
    return made


@pytest.fixture(scope="module")
def editions(held: Workspace) -> list[dict[str, Any]]:
    """Every level of both editions, as the attacker downloads them."""
    last = {"2022-03": "2022-03-31", "2022-04": "2022-04-30"}
    return [
        public_cover(
            held,
            level,
            from_on=date.fromisoformat(f"{first}-01"),
            to_on=date.fromisoformat(last[end]),
            on=date(2022, 6, 1),
        ).as_json()
        for first, end in EDITIONS
        for level in LEVELS
    ]


def parent_names(editions: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """Which area of each level an LSOA lies in, from the names of LSOAs, which anybody can see."""
    lsoas = next(one for one in editions if one["by"] == "lsoa")["areas"]
    districts = {
        area["name"]: area["area_id"] for one in editions if one["by"] == "district" for area in one["areas"]
    }
    [force] = {area["area_id"] for one in editions if one["by"] == "force" for area in one["areas"]}
    return {
        "lsoa": {area["area_id"]: area["area_id"] for area in lsoas},
        "neighbourhood": {area["area_id"]: area["name"][:-1] for area in lsoas},
        "district": {area["area_id"]: districts[area["name"][:-5]] for area in lsoas},
        "force": {area["area_id"]: force for area in lsoas},
    }


def test_no_hidden_figure_of_any_level_month_or_edition_can_be_worked_out(
    held: Workspace, editions: list[dict[str, Any]]
) -> None:
    of = parent_names(editions)
    leaves = sorted(of["lsoa"])
    months = sorted({month for one in editions for month in one["months"]})

    def row(level: str, area: str, some: list[str]) -> np.ndarray:
        members = np.array([of[level][leaf] == area for leaf in leaves], float)
        return np.concatenate([members * (month in some) for month in months])

    rows, limits, hidden = [], [], {}
    for one in editions:
        half = one["rules"]["rounding_hours"] / 2
        for area in one["areas"]:
            figures = [([month], area["months"][month], 1) for month in one["months"]]
            figures.append((one["months"], area["seconds"], len(one["months"])))
            for some, seconds, n in figures:
                key = one["by"], area["area_id"], tuple(some)
                line = row(one["by"], area["area_id"], some)
                if seconds is None:
                    hidden[key] = line
                    continue
                hours = seconds / 3600
                rows += [line, -line]
                limits += [hours + n * half, -max(0.0, hours - n * half)]
    assert sum(len(key[2]) == 1 for key in hidden) > 15 and any(len(key[2]) == 2 for key in hidden)
    truth = true_hours(held, leaves, months)
    matrix, limit = np.array(rows), np.array(limits)
    for key, line in hidden.items():
        low, high = (linprog(sign * line, A_ub=matrix, b_ub=limit, bounds=(0, None)) for sign in (1, -1))
        assert low.status == 0
        most = -high.fun if high.status == 0 else np.inf
        real = float(line @ truth)
        assert low.fun - 1e-6 <= real <= most + 1e-6, key
        # Of a sum over months only the hidden month is protected: the others stand beside it.
        share = 0.2 if len(key[2]) == 1 else 0.0
        assert most - low.fun >= max(RULES["protection_hours"], share * real) - 1e-6, key


def test_every_figure_shown_has_enough_units_and_hours_and_is_not_one_or_two_units(
    held: Workspace, editions: list[dict[str, Any]]
) -> None:
    from constabulary.services.cover_kept import kept

    of = parent_names(editions)
    spent: dict[tuple[str, str, str], dict[str, float]] = {}
    rows = kept(held, "lsoa").hours.select("area_id", "local_on", "unit_id", "seconds")
    for leaf, day, unit, seconds in rows.iter_rows():
        for level in LEVELS if leaf is not None else ():
            cell = spent.setdefault((level, of[level][leaf], f"{day:%Y-%m}"), {})
            cell[unit] = cell.get(unit, 0.0) + seconds / 3600
    n_shown = n_few = 0
    for one in editions:
        for area in one["areas"]:
            for month, seconds in area["months"].items():
                by_unit = sorted(spent.get((one["by"], area["area_id"], month), {}).values())
                total = sum(by_unit)
                is_few = (
                    len(by_unit) < RULES["least_units"]
                    or total < RULES["least_hours"]
                    or sum(by_unit[-2:]) > 0.9 * total
                )
                n_few += is_few
                n_shown += seconds is not None
                assert seconds is None or not is_few, (one["by"], area["area_id"], month)
                if seconds is not None:
                    assert abs(seconds / 3600 - total) <= RULES["rounding_hours"] / 2 + 1e-6
    assert n_shown > 20 and n_few > 10


def true_hours(held: Workspace, leaves: list[str], months: list[str]) -> np.ndarray:
    """Hours of each LSOA and month, sensitive units left out, from the private command."""
    from constabulary.services.cover_kept import kept

    hours = kept(held, "lsoa").hours
    found = {}
    for area, day, seconds in hours.select("area_id", "local_on", "seconds").iter_rows():
        key = area, f"{day:%Y-%m}"
        found[key] = found.get(key, 0.0) + seconds / 3600
    return np.array([found.get((leaf, month), 0.0) for month in months for leaf in leaves])


def test_a_month_is_published_once_and_stays_as_it_was(
    held: Workspace, editions: list[dict[str, Any]]
) -> None:
    first, second = (
        {area["area_id"]: area["months"]["2022-03"] for area in one["areas"]}
        for one in editions
        if one["by"] == "lsoa"
    )
    assert first == second
    book = json.loads((held.results_path / "public" / "cover.json").read_text(encoding="utf-8"))
    assert sorted(book["months"]) == ["2022-02", "2022-03", "2022-04"]


def test_the_total_of_an_edition_is_the_sum_of_its_months_and_says_nothing_more(
    editions: list[dict[str, Any]],
) -> None:
    for one in editions:
        for area in one["areas"]:
            months = list(area["months"].values())
            assert area["seconds"] == (None if None in months else sum(months))
            assert area["units"] is None and area["officer_hours"] is None
        assert one["hidden_s"] == one["observed_s"] - sum(area["seconds"] or 0 for area in one["areas"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--from", "2022-02-10", "--to", "2022-03-31"], "cannot be published"),
        (["--from", "2021-02-01", "--to", "2021-02-28"], "cannot be published"),
        (["--by", "h3:7"], "is not published"),
        (["--by-hour"], "--public goes with"),
        (["--credit", "line"], "--public goes with"),
    ],
)
def test_what_could_tell_more_is_refused(
    arguments: list[str], message: str, held: Workspace, run: Run
) -> None:
    result = run("cover", "presence", "--public", *arguments, workspace=held)
    assert result.exit_code != 0
    assert message in result.output


def test_a_month_is_not_due_before_its_delay_is_over(held: Workspace) -> None:
    early = public_cover(held, "force", on=date(2022, 4, 13))
    assert early.months == ("2022-02",)
    assert public_cover(held, "force", on=date(2022, 4, 15)).months == ("2022-02", "2022-03")


def test_sensitive_roles_are_in_no_public_figure(
    tmp_path: Path, held: Workspace, editions: list[dict[str, Any]]
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(held.path, copy)
    shutil.rmtree(copy / "results" / "public")
    with (copy / "force" / "cover" / "sensitive.csv").open("a", encoding="utf-8") as stream:
        stream.write("role,response,,,assumed,Hidden in this test\n")
    without = public_cover(Workspace.open(copy), "force", on=date(2022, 6, 1))
    assert without.observed_hours is None or without.observed_hours < min(
        one["observed_s"] / 3600 for one in editions if one["by"] == "force"
    )
