"""The plan as a tree, its variations and what it lacks: the invented force by hand, the shipped one by its print."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from constabulary.core.errors import BadForceFolder, NothingThere
from constabulary.core.force import Force, load_force, shipped_force
from constabulary.core.force.rooms.performance import Plan
from constabulary.performance.framework import Tree, changes_between, tree_of
from constabulary.performance.measure import series_name
from constabulary.performance.observed import (
    Observation,
    after_gap,
    chart_series,
    kind_of,
    period_label,
    series_of,
    two_values,
)

WESTMARCH = Path(__file__).parents[1] / "forces" / "westmarch"


@pytest.fixture(scope="module")
def invented() -> Force:
    return load_force(WESTMARCH)


@pytest.fixture(scope="module")
def shipped() -> Force:
    return load_force(shipped_force("cambridgeshire"))


def names(tree: Tree, kind: str) -> set[str]:
    return {node.item.item_id for node in tree.walk() if node.item.kind == kind}


def test_a_tree_holds_each_item_once_below_what_it_hangs_on(invented: Force) -> None:
    tree = tree_of(invented, version_id="first")
    assert [root.item.item_id for root in tree.roots] == ["calm", "answer"]
    streets = tree.roots[0].children[0]
    assert [child.item.item_id for child in streets.children] == ["calm_walk", "calm_lamps"]
    assert [node.item.item_id for node in tree.walk()] == [
        "calm", "calm_streets", "calm_walk", "calm_lamps", "calm_offences", "calm_arrests", "answer",
        "answer_train", "answer_promise",
    ]  # fmt: skip


def test_progress_is_that_of_the_latest_report_and_earlier_reports_are_kept(invented: Force) -> None:
    [walk] = [node for node in tree_of(invented).walk() if node.item.item_id == "calm_walk"]
    assert [report.progress for report in walk.reports] == ["under_way", "at_risk"]
    assert walk.progress == "at_risk"


def test_a_variation_tells_what_was_added_taken_out_and_changed_with_both_values(invented: Force) -> None:
    tree = tree_of(invented)
    before, after = tree.versions
    found = {one.item_id: one for one in changes_between(invented, tree.plan, before, after)}
    assert {name: one.what for name, one in found.items()} == {
        "calm_walk": "changed",
        "calm_lamps": "withdrawn",
        "answer_calls": "added",
    }
    assert found["calm_walk"].changed == (("due_on", "2022-12-31", "2023-06-30"),)
    assert changes_between(invented, tree.plan, after, after) == ()


def test_the_shipped_plan_of_2013_has_the_five_objectives_and_the_measures_of_its_performance_framework(
    shipped: Force,
) -> None:
    tree = tree_of(shipped, "plan_2013_16")
    assert len(tree.roots) - len([r for r in tree.roots if r.item.kind == "pledge"]) == 5
    framework = [node.item for node in tree.walk() if node.item.where == "Appendix 2: Performance Framework"]
    # Appendix 2 prints 3 + 10 + 4 + 1 lines, six of them with N/A for a baseline.
    assert len(framework) == 18
    assert sum(item.baseline_end_on is not None for item in framework) == 12
    assert {str(item.baseline_end_on) for item in framework if item.baseline_end_on} == {
        "2013-01-31",
        "2012-06-30",
        "2012-11-30",
    }


def test_the_2019_refresh_of_the_shipped_plan_added_the_twenty_reported_actions(shipped: Force) -> None:
    tree = tree_of(shipped, "plan_2017_20", "priorities_2019")
    issued = tree_of(shipped, "plan_2017_20", "issued_2017")
    assert len(issued.roots) == 4
    assert len(names(tree, "action") - names(issued, "action")) == 20
    assert sum(node.progress is not None for node in tree.walk() if node.item.kind == "action") == 20


def test_a_plan_or_version_that_is_not_there_is_told_with_those_that_are(invented: Force) -> None:
    with pytest.raises(NothingThere, match="watch_plan"):
        tree_of(invented, "other")
    with pytest.raises(NothingThere, match="first, second"):
        tree_of(invented, "watch_plan", "third")


def test_a_force_without_a_plan_is_told_where_one_goes(invented: Force, tmp_path: Path) -> None:
    folder = tmp_path / "bare"
    shutil.copytree(WESTMARCH, folder)
    shutil.rmtree(folder / "performance")
    force = load_force(folder)
    assert force.rows(Plan) == ()
    with pytest.raises(NothingThere, match=r"performance/plans\.csv"):
        tree_of(force)


BAD = {
    "an action cannot hang on a pledge": (
        "plan/watch_plan.csv",
        "answer_train,first,answer,action",
        "answer_train,first,answer_promise,action",
        "wrong_parent",
    ),
    "a baseline without a measure": (
        "plan/watch_plan.csv",
        ",,crimes,decrease,2022-12-31,14000",
        ",,,decrease,2022-12-31,14000",
        "no_measure",
    ),
    "a measure without a direction": (
        "plan/watch_plan.csv",
        "arrests,neutral",
        "arrests,",
        "missing_value",
    ),
    "a parent that is not there": (
        "plan/watch_plan.csv",
        "calm_walk,first,calm_streets",
        "calm_walk,first,calm_roads",
        "dangling_reference",
    ),
    "an item taken out that was never in": (
        "plan/watch_plan.csv",
        "answer_promise,first,answer,pledge,Nobody waits a minute,Marshal,,,",
        "answer_promise,first,answer,pledge,Nobody waits a minute,Marshal,,withdrawn,",
        "never_there",
    ),
    "a grade given after its scale had ended": (
        "inspection_grades.csv",
        "2021-05-01,stars",
        "2022-05-01,stars",
        "another_scale",
    ),
    "a grade of another scale": ("inspection_grades.csv", "colours,green", "stars,green", "not_on_scale"),
    "a plan that ends before it begins": ("plans.csv", "2023-12-31", "2021-12-31", "days_reversed"),
    "two versions of one day": ("versions.csv", "2022-07-01", "2022-01-01", "same_day"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_folder_is_refused_for(what: str, tmp_path: Path) -> None:
    file, old, new, rule = BAD[what]
    folder = tmp_path / "force"
    shutil.copytree(WESTMARCH, folder)
    path = folder / "performance" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadForceFolder) as refused:
        load_force(folder)
    assert rule in {problem.rule for problem in refused.value.problems}


def one(value: float, start: str, end: str, known: str = "2018", **more: object) -> Observation:
    fields = {"unit": "count", "basis": "total", "origin": "report", "where": "page 1"}
    return Observation(
        series_name("things"),
        date.fromisoformat(start),
        date.fromisoformat(end),
        value,
        known=known,
        **{**fields, **more},  # type: ignore[arg-type]
    )


def test_the_latest_known_figure_of_a_period_counts_and_the_earlier_one_is_kept_as_revised() -> None:
    first = one(10, "2018-01-01", "2018-01-31", known="2018-02")
    later = one(12, "2018-01-01", "2018-01-31", known="2018-03")
    again = one(12, "2018-01-01", "2018-01-31", known="2018-04")
    series = series_of([later, first, again])
    assert series is not None
    assert series.points == (again,)
    assert series.revised == (first,)


def test_the_kind_of_period_with_the_most_figures_makes_the_series_and_kinds_are_never_mixed() -> None:
    months = [one(no, f"2018-0{no}-01", f"2018-0{no}-28") for no in (2,)]
    months += [one(3, "2018-03-01", "2018-03-31"), one(4, "2018-04-01", "2018-04-30")]
    years = [one(40, "2017-01-01", "2017-12-31")]
    peak = one(99, "2018-06-01", "2018-06-30", basis="highest_month")
    series = series_of([*years, *months, peak])
    assert series is not None
    assert (series.kind, [point.value for point in series.points]) == ("month", [2, 3, 4])
    assert series_of([peak]) is None


PERIODS = {
    ("2018-02-01", "2018-02-28"): ("month", "2018-02"),
    ("2020-02-01", "2020-02-28"): ("other", "2020-02-01 to 2020-02-28"),
    ("2016-04-01", "2016-06-30"): ("quarter", "2016-Q2"),
    ("2016-02-01", "2016-04-30"): ("other", "2016-02-01 to 2016-04-30"),
    ("2010-04-01", "2011-03-31"): ("financial_year", "2010/11"),
    ("2017-01-01", "2017-12-31"): ("year", "2017"),
    ("2018-05-01", "2019-04-30"): ("rolling_12", "12 months to Apr 2019"),
    ("2012-04-01", "2013-01-31"): ("other", "2012-04-01 to 2013-01-31"),
}


@pytest.mark.parametrize(("days", "expected"), PERIODS.items())
def test_a_period_is_named_by_its_days(days: tuple[str, str], expected: tuple[str, str]) -> None:
    start, end = map(date.fromisoformat, days)
    assert (kind_of(start, end), period_label(start, end)) == expected


def test_financial_years_are_years_even_where_their_names_could_be_months() -> None:
    ends = [date(2011, 3, 31), date(2012, 3, 31), date(2014, 3, 31)]
    series = chart_series("financial_year", ends, ["2010/11", "2011/12", "2013/14"], [1.0, 2.0, 3.0])
    assert (series.unit, series.numbers, series.missing) == (
        "financial_year",
        (2010, 2011, 2013),
        ("2012/13",),
    )


def test_figures_before_a_gap_of_a_year_are_no_neighbours_and_a_shorter_gap_parts_nothing() -> None:
    ends = [date(2020, 1, 31), date(2020, 12, 31), date(2021, 1, 31)]
    assert after_gap(ends, [1.0, 2.0, 3.0]) == 0
    assert after_gap([date(2019, 11, 30), *ends[1:]], [1.0, 2.0, 3.0]) == 1
    assert after_gap(ends, [None, 2.0, 3.0]) == 0


def test_two_figures_of_one_period_differ_only_beyond_what_the_coarser_one_prints() -> None:
    shares = {"unit": "share", "basis": "share"}
    coarse = one(0.30, "2018-01-01", "2018-12-31", places=2, **shares)
    fine = one(0.304, "2018-01-01", "2018-12-31", places=3, **shares)
    other = one(0.313, "2018-01-01", "2018-12-31", places=3, **shares)
    assert two_values([coarse, fine]) == ()
    assert two_values([coarse, fine, other]) == ((coarse, other),)
