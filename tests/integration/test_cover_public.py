"""The public edition through the command line, and the attacker who holds every level, month and edition of it."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.optimize import linprog

from constabulary.services.cover.kept import kept
from constabulary.services.cover.public import public_cover, published_cover
from constabulary.services.records.synthesise_positions import synthesise_positions
from constabulary.services.workspace.workspaces import Workspace, new_workspace

Run = Callable[..., Any]
Spent = dict[tuple[str, str, str, int], dict[str, float]]
WESTMARCH = Path(__file__).parents[1] / "forces" / "westmarch"
LEVELS = ("force", "district", "neighbourhood", "lsoa")
EDITIONS = (("2022-02", "2022-03"), ("2022-03", "2022-04"))
RULES = {"least_units": 14, "least_hours": 20, "rounding_hours": 2, "protection_hours": 20, "delay_days": 14}
ALL, VISIBLE, REST = -1, 0, 1
"""Kinds of hours."""
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
    spent: Spent, editions: list[dict[str, Any]]
) -> None:
    of = parent_names(editions)
    leaves = sorted(of["lsoa"])
    months = sorted({month for one in editions for month in one["months"]})
    few = few_units(spent, of)

    def row(level: str, area: str, some: tuple[str, ...], kinds: tuple[int, ...]) -> np.ndarray:
        """Unknown are visible hours and other hours of every place and month."""
        members = np.array([of[level][leaf] == area for leaf in leaves], float)
        places = np.concatenate([members * (month in some) for month in months])
        return np.concatenate([places * (kind in kinds) for kind in (VISIBLE, REST)])

    rows, limits, hidden = [], [], {}
    for one in editions:
        half = one["rules"]["rounding_hours"] / 2
        for area in one["areas"]:
            for kinds, whole, by_month in (
                ((VISIBLE, REST), "seconds", "months"),
                ((VISIBLE,), "visible_s", "visible_months"),
            ):
                figures = [((month,), area[by_month][month]) for month in one["months"]]
                for some, seconds in [*figures, (tuple(one["months"]), area[whole])]:
                    key = one["by"], area["area_id"], some, kinds
                    line = row(*key)
                    if seconds is None:
                        hidden[key] = line
                        continue
                    hours, n = seconds / 3600, len(some)
                    rows += [line, -line]
                    limits += [hours + n * half, -max(0.0, hours - n * half)]
            # Whoever holds all hours and the visible ones has the rest: that of few units must stay unknown too.
            for month in one["months"]:
                if (one["by"], area["area_id"], month, REST) in few:
                    key = one["by"], area["area_id"], (month,), (REST,)
                    hidden[key] = row(*key)
    counts = Counter((key[3], len(key[2])) for key in hidden)
    assert counts[(VISIBLE, REST), 1] > 15 and counts[(VISIBLE, REST), 2] > 5
    # Some visible hours are hidden where all hours are shown, and some rests are of few units there.
    assert counts[(VISIBLE,), 1] > counts[(VISIBLE, REST), 1] and counts[(REST,), 1] > 15
    truth = np.concatenate([true_hours(spent, leaves, months, kind) for kind in (VISIBLE, REST)])
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
    spent: Spent, editions: list[dict[str, Any]]
) -> None:
    of = parent_names(editions)
    few = few_units(spent, of)
    n_shown = dict.fromkeys(("months", "visible_months"), 0)
    for one in editions:
        for area in one["areas"]:
            for kinds, column in (((VISIBLE, REST), "months"), ((VISIBLE,), "visible_months")):
                for month, seconds in area[column].items():
                    if seconds is None:
                        continue
                    cell = one["by"], area["area_id"], month
                    n_shown[column] += 1
                    # Of visible hours, neither they nor the rest may be of few.
                    told = (ALL,) if column == "months" else (ALL, VISIBLE, REST)
                    assert not {(*cell, kind) for kind in told} & few, cell
                    total = sum(sum(spent.get((*cell, kind), {}).values()) for kind in kinds)
                    assert abs(seconds / 3600 - total) <= RULES["rounding_hours"] / 2 + 1e-6
    assert n_shown["months"] > n_shown["visible_months"] > 15
    assert {kind for *_, kind in few} == {ALL, VISIBLE, REST}


@pytest.fixture(scope="module")
def spent(held: Workspace, editions: list[dict[str, Any]]) -> Spent:
    """Hours of each unit by level, area, month and kind, from its stays and its status: nothing of disclosure."""
    of = parent_names(editions)
    rows = (
        kept(held, "lsoa")
        .hours.filter(pl.col("area_id").is_not_null())
        .with_columns(
            pl.col("area_id", "unit_id", "status").cast(pl.String),
            month=pl.col("local_on").dt.strftime("%Y-%m"),
        )
        .group_by("area_id", "month", "unit_id", "status", "is_in_station")
        .agg(pl.col("seconds").sum())
    )
    found: Spent = {}
    for leaf, month, unit, status, is_in, seconds in rows.iter_rows():
        is_visible = status in ("patrol", "to_scene") and not is_in
        for level in LEVELS:
            for kind in (ALL, VISIBLE if is_visible else REST):
                cell = found.setdefault((level, of[level][leaf], month, kind), {})
                cell[unit] = cell.get(unit, 0.0) + seconds / 3600
    return found


def few_units(spent: Spent, of: dict[str, dict[str, str]]) -> set[tuple[str, str, str, int]]:
    """Level, area, month and kind of hours that are of too few units, too few, or of one or two units."""
    months = {month for _, _, month, _ in spent}
    found = set()
    for level in LEVELS:
        for area in set(of[level].values()):
            for month in months:
                for kind in (ALL, VISIBLE, REST):
                    own = sorted(spent.get((level, area, month, kind), {}).values())
                    total = sum(own)
                    is_small = len(own) < RULES["least_units"] or total < RULES["least_hours"]
                    if is_small or sum(own[-2:]) > 0.9 * total:
                        found.add((level, area, month, kind))
    return found


def true_hours(spent: Spent, leaves: list[str], months: list[str], kind: int) -> np.ndarray:
    """Visible or other hours of each LSOA and month."""
    return np.array(
        [sum(spent.get(("lsoa", leaf, month, kind), {}).values()) for month in months for leaf in leaves]
    )


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
            visible = list(area["visible_months"].values())
            assert area["visible_s"] == (None if None in visible else sum(visible))
            assert area["units"] is None and area["officer_hours"] is None
        shown = sum(area["seconds"] or 0 for area in one["areas"])
        assert one["hidden_s"] == max(0, one["observed_s"] - shown)


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


def test_a_month_published_without_visible_hours_stays_without(
    tmp_path: Path, held: Workspace, editions: list[dict[str, Any]]
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(held.path, copy)
    book = copy / "results" / "public" / "cover.json"
    old = json.loads(book.read_text(encoding="utf-8"))
    del old["months"]["2022-02"]["visible"]
    book.write_text(json.dumps(old), encoding="utf-8")
    again = public_cover(Workspace.open(copy), "force", on=date(2022, 6, 1))
    [area] = again.areas
    assert area.visible_by_month[0] is None and area.visible_hours is None and again.visible_hours is None
    assert None not in area.visible_by_month[1:] and area.hours is not None
    assert "visible" not in json.loads(book.read_text(encoding="utf-8"))["months"]["2022-02"]
    assert "of them visible" not in again.sentence()


def test_visible_hours_per_resident_are_those_of_the_published_hours(held: Workspace) -> None:
    found = published_cover(held, "district")
    assert found is not None
    # Residents of the districts, as the yearbook of the invented force prints them.
    people = {"W99900001": 64_210, "W99900002": 118_400, "W99900003": 37_555}
    shown = [one for one in found.areas if one.visible_hours is not None]
    assert shown and all(one.residents == people[one.area_id] for one in found.areas)
    for one in shown:
        assert one.visible_per_1000 == pytest.approx(1000 * one.visible_hours / people[one.area_id])
