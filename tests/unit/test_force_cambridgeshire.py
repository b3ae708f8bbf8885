"""The shipped figures against arithmetic done apart from them, and where the printed figures disagree."""

import csv
import importlib.util
import json
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from constabulary.core.force import load_force, shipped_force
from constabulary.core.force.files import data_files

YEAR_END = date(2018, 3, 31)


@pytest.fixture(scope="module")
def force():
    return load_force(shipped_force("cambridgeshire"))


@pytest.mark.parametrize(("channel", "year", "month"), [("999", 126_649, 10_554), ("101", 322_408, 26_867)])
def test_the_printed_monthly_average_is_a_twelfth_of_the_printed_year(force, channel, year, month):
    assert round(year / 12) == month
    assert force.volume("contacts", channel).value == year
    assert force.volume("contacts", channel, basis="mean_per_month", period_end_on=YEAR_END).value == month


def test_the_year_before_reads_as_monthly_averages_because_only_so_do_the_printed_changes_fit(force):
    for channel, before, change in (("999", 9_795, Decimal("0.07")), ("101", 29_007, Decimal("-0.07"))):
        assert (
            force.volume("contacts", channel, basis="mean_per_month", period_end_on=date(2017, 3, 31)).value
            == before
        )
        now = force.volume("contacts", channel, basis="mean_per_month").value
        assert abs(now / before - 1 - change) < Decimal("0.01")


def test_the_typical_day_and_the_year_are_both_kept_and_their_disagreement_is_told(force):
    assert round(171_534 / 365) == 470
    assert force.volume("incidents").value == 171_534
    assert force.volume("incidents", basis="typical_day").value == 448
    told = {(w.value, w.message.split(":")[0]) for w in force.warnings if w.rule == "mean_and_total"}
    assert told == {
        ("448", "incidents"),
        ("349", "contacts 999"),
        ("886", "contacts 101"),
        ("35", "contacts webchat"),
    }
    sentences = {w.message for w in force.warnings}
    assert "incidents: 171,534 over 365 days is 470.0, not the printed 448." in sentences
    assert "rural crimes: the parts by rural type make 281, not the printed 287." in sentences
    assert all(w.file == "volumes/demand_2017_18.csv" for w in force.warnings if w.rule == "mean_and_total")


def test_every_figure_of_the_typical_day_is_there(force):
    printed = [349, 886, 448, 181, 32, 8, 87, 14, 2, 46, 5, 21, 28, 7, 6, 17, 54]
    typical = [v.value for v in force.volumes if v.basis == "typical_day"]
    assert Counter(typical) == Counter(map(Decimal, printed))


def test_the_risks_of_2019_hold_the_two_printed_lists_of_seven_and_of_twelve_functions(force):
    scores: dict[int, dict[str, Decimal]] = {2019: {}, 2020: {}}
    for one in force.volumes:
        if one.measure == "demand_risk":
            scores[one.period_end_on.year][one.part] = one.value
    before, after = scores[2019], scores[2020]
    assert sorted(before.values()) == [13, 16, 16, 16, 17, 17, 20]
    assert all(after[function] < score for function, score in before.items())
    # Twelve are at the limit of 13 or above it; domestic abuse is in both printed lists.
    assert sorted(score for score in after.values() if score >= 13) == [13, 13, 16, *[17] * 5, 18, 20, 21, 25]
    assert after["domestic_abuse"] == 13


def test_crime_and_non_crime_make_the_whole(force):
    shares = force.find_volumes("incidents", breakdown="crime_or_not")
    assert [v.value for v in shares] == [Decimal("0.191"), Decimal("0.809")]
    assert sum(v.value for v in shares) == 1
    assert force.volume("incidents", "crime", breakdown="category", basis="share").value == Decimal("0.191")
    assert force.volume("incidents", "mental_health", basis="share").value == Decimal("0.058")


RURAL = {  # location, property, poaching or coursing, printed total
    "2017-03": (53, 6, 94, 153), "2017-04": (47, 9, 29, 85), "2017-05": (38, 6, 14, 58),
    "2017-06": (39, 9, 10, 58), "2017-07": (52, 8, 60, 120), "2017-08": (71, 13, 96, 180),
    "2017-09": (61, 5, 148, 214), "2017-10": (58, 8, 133, 199), "2017-11": (63, 7, 226, 296),
    "2017-12": (60, -2, 285, 343), "2018-01": (61, 19, 201, 287), "2018-02": (41, 5, 113, 159),
    "2018-03": (36, 11, 72, 119),
}  # fmt: skip


def test_the_rural_crime_table_is_kept_as_printed_with_the_count_below_zero(force):
    names = ("rural_location", "rural_property", "poaching_or_coursing", None)
    held = {(f"{v.period_start_on:%Y-%m}", v.part): v.value for v in force.find_volumes("rural_crimes")}
    assert held == {
        (m, name): value for m, row in RURAL.items() for name, value in zip(names, row, strict=True)
    }
    below_zero = [v for v in force.volumes if v.value < 0 and v.unit == "count"]
    assert [(v.value, f"{v.period_start_on:%Y-%m}") for v in below_zero] == [(-2, "2017-12")]
    assert below_zero[0].note


def test_the_one_month_whose_rural_parts_do_not_make_the_printed_total_is_told(force):
    wrong = {month for month, (a, b, c, total) in RURAL.items() if a + b + c != total}
    assert wrong == {"2018-01"}
    (warning,) = [w for w in force.warnings if w.rule == "parts_and_total"]
    assert (warning.value, warning.file) == ("287", "volumes/rural_crime_2017_18.csv")
    assert "281" in warning.message


def test_the_two_area_model_places_every_district_once(force):
    assert sorted(d for area in force.areas for d in area.district_ids) == sorted(
        d.id for d in force.districts
    )
    assert {a.id: len(a.district_ids) for a in force.areas} == {"north": 2, "south": 4}
    assert all(area.note for area in force.areas), "the five documents do not list the districts: say so"


def test_district_populations_make_the_census_total(force):
    assert sum(d.population for d in force.districts) == 804_841
    assert len(force.districts) == 6


def test_the_establishment_table_adds_up_to_the_sums_worked_by_hand(force):
    sums = Counter()
    for row in force.establishment:
        sums[row.role] += row.posts_fte
    # 28+9+19+29.5+48+16, 143+55+90+109.5+232+71, 48+13+37+49+81+15
    assert sums == {"pcso": Decimal("149.5"), "officer": Decimal("700.5"), "special": Decimal("243")}
    assert len(force.establishment) == 18


def test_the_resource_layers_have_the_printed_sizes_and_no_others(force):
    sizes = {u.id: (u.size, u.size_unit, u.bound) for u in force.resource_layers if u.size is not None}
    assert sizes == {
        "ersou": (190, "staff", "about"),
        "jps": (600, "officers", "over"),
        "investigations": (229, "strength", None),
    }
    assert {u.layer for u in force.resource_layers} == {"national", "regional", "three_force", "local"}


def test_targets_printed_and_assumed_are_told_apart(force):
    printed = {(t.channel, t.seconds, t.share) for t in force.targets if t.status == "printed"}
    assert printed == {("999", 10, None), ("101", 30, None), ("999", 30, 1), ("101", 30, 1)}
    assert all(t.grade and t.note for t in force.targets if t.status == "assumed")
    assert force.volume("contacts_answered_within_10_s", "999", basis="share").value == Decimal("0.944")
    assert force.volume("contacts_answered_within_30_s", "101", basis="share").value == Decimal("0.947")


def test_the_outlines_are_487_areas_of_six_districts_under_a_megabyte(force):
    content = json.loads(force.lsoa_path.read_text(encoding="utf-8"))
    counts = Counter(f["properties"]["district_id"] for f in content["features"])
    # LSOAs of 2011 by district as ONS counts them
    assert counts == {"E07000008": 69, "E07000009": 50, "E07000010": 55, "E07000011": 105, "E07000012": 96,
                      "E06000031": 112}  # fmt: skip
    assert sum(counts.values()) == 487
    assert force.lsoa_names == {
        f["properties"]["lsoa11_code"]: f["properties"]["lsoa11_name"] for f in content["features"]
    }
    assert force.lsoa_path.stat().st_size < 1_000_000
    assert "Open Government Licence v.3.0" in force.lsoa_attribution
    codes = [f["properties"]["lsoa11_code"] for f in content["features"]]
    assert codes == sorted(set(codes))
    names = {d.id: d.name for d in force.districts}
    assert all(f["properties"]["lsoa11_name"].startswith(names[f["properties"]["district_id"]] + " ")
               for f in content["features"])  # fmt: skip


def test_the_outline_script_keeps_the_named_districts_only_and_gives_the_same_bytes_again(tmp_path, force):
    path = force.lsoa_path.with_name("make_lsoa_2011.py")
    spec = importlib.util.spec_from_file_location("make_lsoa_2011", path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)

    def area(code, name):
        ring = [[0.1234567, 52.0], [0.1234568, 52.0], [0.2, 52.1], [0.1234567, 52.0]]
        properties = {"LSOA11CD": code, "LSOA11NM": name, "BNG_E": 1}
        return {"properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}

    source = tmp_path / "LSOA.geojson"
    names = {
        "E3": "Cambridge 001B",
        "E2": "Cambridgeton 001A",
        "E1": "East Cambridgeshire 002C",
        "E0": "Ely 1A",
    }
    areas = [area(code, name) for code, name in names.items()]
    source.write_text(json.dumps({"features": areas}), encoding="utf-8")
    assert script.main(source, tmp_path / "one.geojson") == 2
    areas.reverse()
    source.write_text(json.dumps({"features": areas}), encoding="utf-8")
    script.main(source, tmp_path / "two.geojson")
    assert (tmp_path / "one.geojson").read_bytes() == (tmp_path / "two.geojson").read_bytes()
    features = json.loads((tmp_path / "one.geojson").read_text(encoding="utf-8"))["features"]
    assert [f["properties"]["lsoa11_code"] for f in features] == ["E1", "E3"]
    assert features[0]["geometry"]["coordinates"] == [[[0.12346, 52.0], [0.2, 52.1], [0.12346, 52.0]]]


def test_every_row_of_every_table_says_where_it_is_from(force):
    for path in map(force.folder.joinpath, data_files(force.folder)):
        if path.suffix == ".csv" and path.name != "measures.csv":
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    assert (row["source_id"] and row["where"]) or row["note"], (path.name, row)


def test_every_measure_declared_is_used(force):
    assert {m.id for m in force.measures} == {v.measure for v in force.volumes}
