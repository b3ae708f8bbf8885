"""Synthetic records: totals, shares, patterns, places and order, against the documents and the parameters."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from statistics import NormalDist
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
import shapely

from constabulary.core.errors import BadInput
from constabulary.core.force import Force, load_force, shipped_force
from constabulary.parameters import load_parameters
from constabulary.synthetic import Synthetic, Year, default_first_on, synthesise
from constabulary.synthetic.assumed import Assumed
from constabulary.synthetic.calendar import hours_of
from constabulary.tables.calls import CALLS
from constabulary.tables.check import check
from constabulary.tables.incidents import INCIDENTS

WESTMARCH = Path(__file__).parents[1] / "forces" / "westmarch"
SEEDS = (1, 2, 3)
FORCES = ("cambridgeshire", "westmarch")
PARAMETERS = load_parameters("synthetic")
KINDS = {
    "999": "emergency_call",
    "101": "other_call",
    "webchat": "not_a_call",
    "online": "not_a_call",
    "112": "emergency_call",
    "county_line": "other_call",
    "app": "not_a_call",
    "counter": "not_a_call",
}


@cache
def force_of(name: str) -> Force:
    return load_force(WESTMARCH if name == "westmarch" else shipped_force(name))


@cache
def made(name: str, seed: int = 1) -> Synthetic:
    force = force_of(name)
    return synthesise(force, default_first_on(force), 1, seed, PARAMETERS)


def local(instants: pl.Series, time_zone: str) -> pl.Series:
    return instants.dt.convert_time_zone(time_zone)


def counts(frame: pl.DataFrame, column: str) -> dict[str, int]:
    return dict(frame.group_by(pl.col(column).cast(pl.String)).len().iter_rows())


def sd_of_share(share: float, n: int) -> float:
    return (share * (1 - share) / n) ** 0.5


@pytest.mark.parametrize("seed", SEEDS)
def test_the_year_has_the_totals_the_annual_report_prints(seed: int) -> None:
    found = made("cambridgeshire", seed)
    assert counts(found.calls, "channel") == {
        "999": 126_649,
        "101": 322_408,
        "webchat": 12_961,
        "online": 2_992,
    }
    assert found.incidents.height == 171_534
    days = local(found.calls["received_at"], "Europe/London").dt.date()
    assert (days.min(), days.max()) == (date(2017, 4, 1), date(2018, 3, 31))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_months_of_101_calls_are_those_printed_and_the_others_lie_between_them(seed: int) -> None:
    calls = made("cambridgeshire", seed).calls.filter(pl.col("channel").cast(pl.String) == "101")
    month = local(calls["received_at"], "Europe/London").dt.strftime("%Y-%m")
    by_month = dict(month.value_counts().iter_rows())
    assert len(by_month) == 12
    assert (by_month.pop("2017-07"), by_month.pop("2018-02")) == (31_290, 22_599)
    assert all(22_599 < n < 31_290 for n in by_month.values())


@pytest.mark.parametrize("seed", SEEDS)
def test_the_invented_force_has_the_totals_of_its_yearbook(seed: int) -> None:
    found = made("westmarch", seed)
    assert counts(found.calls, "channel") == {
        "112": 21_900,
        "county_line": 65_700,
        "app": 3_650,
        "counter": 7_300,
    }
    assert found.incidents.height == 36_500
    calls = found.calls.filter(pl.col("channel").cast(pl.String) == "county_line")
    month = local(calls["received_at"], "Europe/Dublin").dt.month()
    by_month = dict(month.value_counts().iter_rows())
    assert (by_month.pop(8), by_month.pop(2)) == (7_130, 4_200)
    assert all(4_200 < n < 7_130 for n in by_month.values())


SHARES = [
    ("cambridgeshire", "category", "crime", 0.191),
    ("cambridgeshire", "category", "anti_social_behaviour", 54 * 365 / 171_534),
    ("cambridgeshire", "qualifiers", "mental_health", 0.058),
    ("cambridgeshire", "qualifiers", "domestic_abuse", 21 * 365 / 171_534),
    ("westmarch", "category", "offence", 0.25),
    ("westmarch", "category", "welfare", 0.35),
    ("westmarch", "qualifiers", "crisis", 0.07),
    ("westmarch", "qualifiers", "home", 9 / 100),
]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("name", "column", "part", "share"), SHARES)
def test_a_published_share_of_incidents_comes_out_but_for_chance(
    name: str, column: str, part: str, share: float, seed: int
) -> None:
    values = made(name, seed).incidents[column].cast(pl.String).fill_null("")
    achieved = float(values.str.split(";").list.contains(part).mean())  # type: ignore[arg-type]
    assert achieved == pytest.approx(share, abs=4.5 * sd_of_share(share, values.len()))


ANSWERED = [
    ("cambridgeshire", "999", 10, 0.944),
    ("cambridgeshire", "101", 30, 0.947),
    ("westmarch", "112", 10, 0.912),
]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("name", "channel", "seconds", "share"), ANSWERED)
def test_the_published_share_of_calls_is_answered_in_time_but_for_chance(
    name: str, channel: str, seconds: int, share: float, seed: int
) -> None:
    calls = made(name, seed).calls.filter(pl.col("channel").cast(pl.String) == channel)
    wait = (calls["answered_at"] - calls["received_at"]).dt.total_seconds()
    achieved = (wait <= seconds).fill_null(value=False).mean()
    assert achieved == pytest.approx(share, abs=4.5 * sd_of_share(share, calls.height))


def hours_by_weekday(found: Synthetic, name: str, stream: str) -> np.ndarray:
    """Return records by weekday and local hour, without the days on which the clocks change; shape (7, 24)."""
    time_zone = force_of(name).time_zone
    if stream == "incident":
        received = found.incidents["received_at"]
    else:
        is_right = found.calls["channel"].cast(pl.String).replace_strict(KINDS) == stream
        received = found.calls.filter(is_right)["received_at"]
    moment = local(received, time_zone)
    offset = moment.dt.base_utc_offset() + moment.dt.dst_offset()
    days = pl.DataFrame(
        {"day": moment.dt.date(), "offset": offset, "weekday": moment.dt.weekday(), "hour": moment.dt.hour()}
    )
    changed = days.group_by("day").agg(pl.col("offset").n_unique() > 1).filter(pl.col("offset"))["day"]
    table = np.zeros((7, 24))
    kept = days.filter(~pl.col("day").is_in(changed.implode()))
    for weekday, hour, n in kept.group_by("weekday", "hour").len().iter_rows():
        table[weekday - 1, hour] = n
    return table


def chi_square_z(observed: np.ndarray, weights: np.ndarray) -> float:
    """Return how far the hours of each weekday lie from their weights, as a normal deviate (Wilson and Hilferty).

    Given its number of records the hours of a day are multinomial, whatever made the day busy.
    """
    expected = observed.sum(axis=1, keepdims=True) * weights / weights.sum(axis=1, keepdims=True)
    statistic = ((observed - expected) ** 2 / expected).sum()
    freedom = observed.shape[0] * (observed.shape[1] - 1)
    return float(((statistic / freedom) ** (1 / 3) - (1 - 2 / (9 * freedom))) / (2 / (9 * freedom)) ** 0.5)


LEVEL = 1e-5


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", FORCES)
@pytest.mark.parametrize("stream", ["emergency_call", "other_call", "not_a_call", "incident"])
def test_the_hours_of_the_week_follow_their_weights_but_for_chance(name: str, stream: str, seed: int) -> None:
    weights = np.array(PARAMETERS["hour_of_week"].value[stream], dtype=float)
    observed = hours_by_weekday(made(name, seed), name, stream)
    assert abs(chi_square_z(observed, weights)) < NormalDist().inv_cdf(1 - LEVEL)


def test_the_test_of_the_hours_of_the_week_tells_a_wrong_pattern() -> None:
    observed = hours_by_weekday(made("westmarch"), "westmarch", "incident")
    wrong = np.array(PARAMETERS["hour_of_week"].value["emergency_call"], dtype=float)
    assert chi_square_z(observed, wrong) > NormalDist().inv_cdf(1 - LEVEL)


def test_months_without_a_published_figure_follow_their_weights_and_days_differ_as_assumed() -> None:
    incidents = made("cambridgeshire").incidents
    day = local(incidents["received_at"], "Europe/London").dt.date()
    days = day.value_counts(name="n").sort("received_at")
    weekdays = np.array(PARAMETERS["hour_of_week"].value["incident"], dtype=float).sum(axis=1)
    months = np.array(PARAMETERS["month_weight"].value["incident"], dtype=float)
    dates = days["received_at"].to_list()
    expected = np.array([weekdays[each.weekday()] * months[each.month - 1] for each in dates])
    expected *= incidents.height / expected.sum()
    variation = PARAMETERS["day_variation"].value
    by_day = days["n"].to_numpy()
    spread = np.mean((by_day - expected) ** 2 - expected) / np.mean(expected**2)
    assert spread**0.5 == pytest.approx(variation, rel=0.15)
    for month in range(1, 13):
        rows = np.array([each.month == month for each in dates])
        sd = (expected[rows] + (variation * expected[rows]) ** 2).sum() ** 0.5
        assert by_day[rows].sum() == pytest.approx(expected[rows].sum(), abs=4.5 * sd)


@pytest.mark.parametrize(
    ("first_on", "time_zone", "short_day", "long_day"),
    [
        (date(2017, 4, 1), "Europe/London", date(2018, 3, 25), date(2017, 10, 29)),
        (date(2022, 1, 1), "Europe/Dublin", date(2022, 3, 27), date(2022, 10, 30)),
    ],
)
def test_the_days_the_clocks_change_have_23_and_25_hours(
    first_on: date, time_zone: str, short_day: date, long_day: date
) -> None:
    hours = hours_of(Year.starting(first_on), time_zone)
    per_day = np.bincount(hours.day_no)
    lengths = {first_on + timedelta(days=number): int(n) for number, n in enumerate(per_day) if n != 24}
    assert lengths == {short_day: 23, long_day: 25}
    zone = ZoneInfo(time_zone)
    for no in range(0, len(hours.start_s), 7):
        moment = (pl.Series([int(hours.start_s[no])]).cast(pl.Int64) * 1_000_000).cast(
            pl.Datetime("us", "UTC")
        )[0]
        clock = moment.astimezone(zone)
        assert hours.hour_of_week[no] == clock.weekday() * 24 + clock.hour
        assert first_on + timedelta(days=int(hours.day_no[no])) == clock.date()
        assert hours.month_starts[hours.month_no[no]] == clock.date().replace(day=1)


def test_no_call_came_in_the_hour_the_clocks_skipped_and_some_in_both_of_the_hour_that_came_twice() -> None:
    received = made("cambridgeshire").calls["received_at"].dt.epoch("s").to_numpy()
    clock = local(made("cambridgeshire").calls["received_at"], "Europe/London")
    on_short = (clock.dt.date() == date(2018, 3, 25)).to_numpy()
    assert sorted(set(clock.dt.hour().to_numpy()[on_short])) == [0, *range(2, 24)]
    is_twice = ((clock.dt.date() == date(2017, 10, 29)) & (clock.dt.hour() == 1)).to_numpy()
    assert len(set(received[is_twice] // 3600)) == 2


@pytest.mark.parametrize("name", FORCES)
def test_every_incident_lies_within_the_outline_of_its_lsoa(name: str) -> None:
    force = force_of(name)
    assert force.lsoa_path is not None
    features = json.loads(force.lsoa_path.read_text(encoding="utf-8"))["features"]
    shapes = {
        each["properties"]["lsoa11_code"]: shapely.geometry.shape(each["geometry"]) for each in features
    }
    names = {each["properties"]["lsoa11_code"]: each["properties"]["lsoa11_name"] for each in features}
    incidents = made(name).incidents
    codes = incidents["lsoa_code"].cast(pl.String)
    assert codes.null_count() == 0
    assert set(codes.unique()) == set(shapes)
    assert (codes.replace_strict(names) == incidents["lsoa_name"].cast(pl.String)).all()
    for (code,), rows in incidents.group_by(codes.alias("code")):
        points = shapely.points(rows["longitude"].to_numpy(), rows["latitude"].to_numpy())
        assert shapely.contains_properly(shapes[code], points).all()


@pytest.mark.parametrize("name", FORCES)
def test_districts_have_incidents_by_their_residents_and_their_lsoas_alike(name: str) -> None:
    force, incidents = force_of(name), made(name).incidents
    assert force.lsoa_path is not None
    features = json.loads(force.lsoa_path.read_text(encoding="utf-8"))["features"]
    district_of = {each["properties"]["lsoa11_code"]: each["properties"]["district_id"] for each in features}
    codes = incidents["lsoa_code"].cast(pl.String)
    residents = {each.id: each.population for each in force.districts}
    found = dict(codes.replace_strict(district_of).value_counts().iter_rows())
    for district, population in residents.items():
        share = population / sum(residents.values())
        assert found[district] / incidents.height == pytest.approx(
            share, abs=4.5 * sd_of_share(share, incidents.height)
        )
        own = [code for code, each in district_of.items() if each == district]
        by_lsoa = codes.filter(codes.is_in(own)).value_counts()["count"].to_numpy()
        expected = found[district] / len(own)
        assert np.all(np.abs(by_lsoa - expected) < 5 * expected**0.5 + 1)


@pytest.mark.parametrize("name", FORCES)
def test_every_made_up_row_keeps_the_contract(name: str) -> None:
    found = made(name)
    for frame, contract in ((found.calls, CALLS), (found.incidents, INCIDENTS)):
        assert frame.schema == {column.name: column.dtype for column in contract.supplied}
        text = frame.select(pl.all().cast(pl.String))
        assert check(frame, text, contract) == []
        assert frame[contract.key].n_unique() == frame.height  # type: ignore[index]


@pytest.mark.parametrize("name", FORCES)
def test_instants_come_in_their_order_and_only_where_they_belong(name: str) -> None:
    found, force = made(name), force_of(name)
    calls, incidents = found.calls, found.incidents
    given_up = calls.filter("is_abandoned")
    taken = calls.filter(~pl.col("is_abandoned"))
    assert given_up["answered_at"].null_count() == given_up["handling_s"].null_count() == given_up.height > 0
    assert given_up["incident_id"].null_count() == given_up.height
    assert (taken["received_at"] < taken["answered_at"]).all()
    assert (taken["answered_at"] <= taken["ended_at"]).all()
    assert ((taken["ended_at"] - taken["answered_at"]).dt.total_seconds() <= taken["handling_s"] + 1).all()
    attended = [grade.id for grade in force.grades if grade.is_attended]
    is_sent = incidents["grade"].cast(pl.String).is_in(attended)
    sent, left = incidents.filter(is_sent), incidents.filter(~is_sent)
    assert (sent["received_at"] < sent["dispatched_at"]).all()
    assert (sent["dispatched_at"] < sent["arrived_at"]).all()
    assert (sent["arrived_at"] < sent["closed_at"]).all()
    assert (sent["n_units"] >= 1).all()
    assert (sent["on_scene_s"] > 0).all()
    assert left["dispatched_at"].null_count() == left["arrived_at"].null_count() == left.height > 0
    assert (left["n_units"] == 0).all()
    assert (left["received_at"] < left["closed_at"]).all()


@pytest.mark.parametrize("name", FORCES)
def test_a_linked_call_and_its_incident_came_in_together_by_the_same_channel(name: str) -> None:
    found = made(name)
    linked = found.calls.drop_nulls("incident_id")
    assert linked["incident_id"].is_unique().all()
    joined = linked.join(found.incidents, on="incident_id", how="left", validate="1:1", suffix="_of_incident")
    assert (joined["received_at"] == joined["received_at_of_incident"]).all()
    assert (joined["channel"].cast(pl.String) == joined["channel_of_incident"].cast(pl.String)).all()
    assert found.incidents["channel"].is_not_null().sum() == linked.height


@pytest.mark.parametrize("name", FORCES)
def test_codes_are_those_of_the_force(name: str) -> None:
    force, found = force_of(name), made(name)
    categories = {category.id for category in force.incident_categories}
    qualifiers = {qualifier.id for qualifier in force.qualifiers}
    assert set(found.incidents["category"].cast(pl.String)) == categories
    assert set(found.incidents["opening_category"].cast(pl.String)) == categories
    assert set(found.incidents["grade"].cast(pl.String)) == {grade.id for grade in force.grades}
    told = found.incidents["qualifiers"].cast(pl.String).drop_nulls().str.split(";").explode()
    assert set(told) == qualifiers


PRINT_HASHES = """
import hashlib, sys
from datetime import date
from pathlib import Path
import polars as pl
from constabulary.core.force import load_force
from constabulary.parameters import load_parameters
from constabulary.synthetic import synthesise
pl.Series([str(n) for n in range(int(sys.argv[2]))], dtype=pl.Categorical())
found = synthesise(load_force(Path(sys.argv[1])), date(2022, 1, 1), 1, 7, load_parameters("synthetic"))
for frame in (found.calls, found.incidents):
    print(hashlib.sha256(frame.write_csv().encode()).hexdigest())
"""


def hashes(found: Synthetic) -> list[str]:
    return [
        hashlib.sha256(frame.write_csv().encode()).hexdigest() for frame in (found.calls, found.incidents)
    ]


def test_two_processes_make_the_same_records_from_a_seed() -> None:
    told = [
        subprocess.run(
            [sys.executable, "-c", PRINT_HASHES, str(WESTMARCH), str(n)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for n in (3, 300)
    ]
    assert told[0] == told[1] == hashes(synthesise(force_of("westmarch"), date(2022, 1, 1), 1, 7, PARAMETERS))
    assert told[0] != hashes(made("westmarch"))


def test_a_year_is_the_same_whatever_other_years_are_made_with_it() -> None:
    force = force_of("westmarch")
    both = synthesise(force, date(2022, 1, 1), 2, 1, PARAMETERS)
    alone = synthesise(force, date(2023, 1, 1), 1, 1, PARAMETERS)
    n = made("westmarch").calls.height
    assert both.calls[:n].write_csv() == made("westmarch").calls.write_csv()
    assert both.calls[n:].write_csv() == alone.calls.write_csv()
    assert both.calls["call_id"].is_unique().all()
    assert both.incidents["incident_id"].is_unique().all()


def test_another_year_takes_the_published_figures_of_the_latest_and_says_so() -> None:
    found = synthesise(force_of("westmarch"), date(2024, 1, 1), 1, 1, PARAMETERS)
    assert counts(found.calls, "channel")["112"] == 21_900
    assert any(notice.rule == "figures_of_another_year" for notice in found.notices)
    assert all(line.is_of_other_year for line in found.calibration if line.kind != "assumed")
    days = local(found.incidents["received_at"], "Europe/Dublin").dt.date()
    assert days.n_unique() == 366
    (home,) = [line for line in found.calibration if line.part == "home"]
    assert home.target == 9 * 366


def test_growth_moves_figures_of_another_year_and_leaves_those_of_their_own() -> None:
    force = force_of("westmarch")
    found = synthesise(force, date(2022, 1, 1), 3, 1, PARAMETERS, growth_rate=0.1)
    years = local(found.incidents["received_at"], "Europe/Dublin").dt.year()
    assert dict(years.value_counts().iter_rows()) == {2022: 36_500, 2023: 40_150, 2024: 44_165}


def test_a_typical_day_counts_only_where_no_total_is_published() -> None:
    force = force_of("westmarch")
    volumes = tuple(
        each
        for each in force.volumes
        if (each.part, each.basis) not in {("112", "total"), ("112", "mean_per_month")}
    )
    found = synthesise(replace(force, volumes=volumes), date(2024, 1, 1), 1, 1, PARAMETERS)
    assert counts(found.calls, "channel")["112"] == 60 * 366


def test_figures_passed_over_for_a_total_are_told() -> None:
    (told,) = [each for each in made("cambridgeshire").notices if "448" in each.message]
    assert "171,534" in told.message
    assert "470.0" in told.message


def test_a_force_that_publishes_no_volumes_is_told_what_to_add() -> None:
    with pytest.raises(BadInput, match="Add the figure"):
        default_first_on(replace(force_of("westmarch"), volumes=()))


def test_a_force_without_outlines_contacts_or_qualifiers_still_gets_incidents() -> None:
    force = force_of("westmarch")
    volumes = tuple(volume for volume in force.volumes if volume.measure == "incidents")
    bare = replace(force, lsoa_path=None, volumes=volumes, qualifiers=())
    found = synthesise(bare, date(2022, 1, 1), 1, 1, PARAMETERS)
    assert found.calls.is_empty()
    assert found.incidents.height == 36_500
    assert found.incidents["lsoa_code"].null_count() == found.incidents["channel"].null_count() == 36_500
    assert {"no_outlines", "nothing_published"} <= {notice.rule for notice in found.notices}


def test_a_districts_published_total_is_met_exactly() -> None:
    force = force_of("westmarch")
    (total,) = [v for v in force.volumes if v.measure == "incidents" and v.basis == "total"]
    own = replace(total, area_id="W99900002", value=total.value / 2)
    found = synthesise(replace(force, volumes=(*force.volumes, own)), date(2022, 1, 1), 1, 1, PARAMETERS)
    names = found.incidents["lsoa_name"].cast(pl.String)
    assert names.str.starts_with("Saltreach").sum() == 18_250


def test_months_that_make_more_than_their_year_are_an_error() -> None:
    force = force_of("westmarch")
    volumes = tuple(
        replace(each, value=each.value * 20) if each.basis == "highest_month" else each
        for each in force.volumes
    )
    with pytest.raises(BadInput, match="146,800"):
        synthesise(replace(force, volumes=volumes), date(2022, 1, 1), 1, 1, PARAMETERS)


@pytest.mark.parametrize("name", FORCES)
def test_the_calibration_says_what_agreement_is_worth(name: str) -> None:
    lines = made(name).calibration
    assert {line.kind for line in lines} == {"exact", "sampling", "assumed"}
    for line in lines:
        if line.kind == "exact":
            assert line.achieved == line.target
        if line.kind == "assumed" and line.source in PARAMETERS:
            assert PARAMETERS[line.source].status == "assumed"
    assumed = {line.measure for line in lines if line.kind == "assumed"}
    assert {"hour_of_week", "handling_mean_s", "incidents_by_grade", "incidents_by_district"} <= assumed


def test_an_assumption_that_is_missing_unknown_or_misshapen_is_told_all_at_once() -> None:
    wrong = dict(PARAMETERS)
    wrong["novelty"] = wrong.pop("patience_mean_s")
    wrong["handling_mean_s"] = replace(wrong["handling_mean_s"], value={"emergency_call": 1})
    wrong["month_weight"] = replace(
        wrong["month_weight"], value={key: [1, 2] for key in wrong["month_weight"].value}
    )
    hours = wrong["hour_of_week"].value
    wrong["hour_of_week"] = replace(wrong["hour_of_week"], value={**hours, "incident": [[0] * 24] * 7})
    with pytest.raises(BadInput) as caught:
        Assumed.of(wrong)
    told = {problem.file: problem.message for problem in caught.value.problems}
    assert set(told) == {
        "novelty.yaml",
        "patience_mean_s.yaml",
        "handling_mean_s.yaml",
        "month_weight.yaml",
        "hour_of_week.yaml",
    }
    assert "all 0" in told["hour_of_week.yaml"]
