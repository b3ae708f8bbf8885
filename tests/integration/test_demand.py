"""The demand picture on a lake: kinds of records kept apart, filters, remainders, working, exports, the contract."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from constabulary.core.errors import BadInput, NothingThere
from constabulary.services.demand import picture as demand
from constabulary.services.demand import working
from constabulary.services.demand.picture import Filters
from constabulary.services.workspace.workspaces import Workspace, open_force
from constabulary.store.lake import Lake
from constabulary.store.lens import Lens
from constabulary.store.records import Coverage, FileRecord, ImportRecord
from constabulary.tables.catalogue import CONTRACTS
from constabulary.tables.contract import Column, Contract, Kind, Privacy
from constabulary.tables.times import local_hour_of_week, local_on

DAY = timedelta(days=1)
FORCE, POLICE_UK, ZONE = "westmarch", "Westmarch Police", "Europe/Dublin"


def keep(workspace: Workspace, tables: dict[str, pl.DataFrame], is_synthetic: bool = False) -> str:
    """Keep records as one import, as an import service would."""
    lake = Lake(workspace.lake_path)
    import_id = lake.next_import_id()
    writer = lake.writer(import_id)
    coverage: list[Coverage] = []
    for table, frame in tables.items():
        contract = CONTRACTS[table]
        writer.write(table, filled(frame, contract))
        periods = frame[contract.period]
        scope = FORCE if contract.scope == "force" else POLICE_UK
        if contract.column(contract.period).kind is Kind.MONTH:
            months = sorted(set(periods))
            coverage += [
                Coverage(table, scope, m, (m.replace(day=28) + 4 * DAY).replace(day=1) - DAY, 1)
                for m in months
            ]
        else:
            first, last = periods.min(), periods.max()
            assert isinstance(first, date) and isinstance(last, date)
            coverage += [
                Coverage(table, scope, first + DAY * n, first + DAY * n, 1)
                for n in range((last - first).days + 1)
            ]
    file = FileRecord(f"{import_id}.csv", f"{int(import_id):064x}", 1, 1, 0, 0)
    record = ImportRecord(
        import_id,
        "test",
        datetime.now(UTC),
        "tester",
        is_synthetic=is_synthetic,
        files=(file,),
        coverage=tuple(coverage),
    )
    lake.announce([record], [writer])
    return import_id


def filled(frame: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    scope = FORCE if contract.scope == "force" else POLICE_UK
    given = frame.with_columns(
        pl.lit(scope).alias(contract.scope),
        pl.lit(0).alias("file_no"),
        pl.int_range(2, pl.len() + 2).alias("source_row"),
    )
    absent = [pl.lit(None).alias(name) for name in contract.schema if name not in given.columns]
    return given.with_columns(absent).select(
        pl.col(name).cast(kind) for name, kind in contract.schema.items()
    )


def timed(table: str, instants: Sequence[datetime], **columns: Any) -> pl.DataFrame:
    received = pl.Series("received_at", instants, dtype=pl.Datetime("us", "UTC"))
    key = "call_id" if table == "calls" else "incident_id"
    return pl.DataFrame(
        {key: [f"{table}{n}" for n in range(len(instants))], "received_at": received, **columns}
    ).with_columns(
        local_on(received, ZONE).alias("local_on"),
        local_hour_of_week(received, ZONE).alias("local_hour_of_week"),
    )


def every(hours: int, first: date, last: date) -> list[datetime]:
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    n = ((last - first).days + 1) * 24 // hours
    return [start + timedelta(hours=hours * step) for step in range(n)]


def crimes(*rows: tuple[str, str, str | None, str | None]) -> pl.DataFrame:
    made = [(date.fromisoformat(f"{month}-01"), kind, district, code) for month, kind, district, code in rows]
    schema = {"month": pl.Date, "crime_type": pl.String, "district": pl.String, "lsoa_code": pl.String}
    return pl.DataFrame(made, schema=schema, orient="row")


@pytest.fixture
def winter(invented_workspace: Workspace) -> Workspace:
    """Return January and February 2022: one incident every six hours, two in three of them offences."""
    instants = every(6, date(2022, 1, 1), date(2022, 2, 28))
    n = len(instants)
    category = (["offence", "offence", "welfare"] * n)[:n]
    qualifiers = ["crisis;home" if k % 4 == 0 else None for k in range(n)]
    incidents = timed(
        "incidents", instants, category=category, qualifiers=qualifiers, district=["W99900001"] * n
    )
    calls = timed("calls", instants, channel=["112" if k % 4 == 0 else "county_line" for k in range(n)])
    keep(invented_workspace, {"incidents": incidents, "calls": calls})
    recorded = crimes(
        ("2021-01", "Burglary", "W99900001", "X"),
        ("2022-01", "Burglary", "W99900001", "X"),
        ("2022-01", "Burglary", "W99900002", "Y"),
        ("2022-01", "Anti-social behaviour", "W99900002", "Y"),
        ("2022-03", "Drugs", None, None),
        ("2022-03", "Drugs", None, "E01000001"),
    )
    keep(invented_workspace, {"crimes": recorded})
    return invented_workspace


def test_the_typical_day_is_the_count_over_the_days_covered(winter: Workspace) -> None:
    found = demand.typical_day(winter)
    assert found.told.startswith("A typical day brings 4 incidents, against 100 published")
    rows = {row.measure: row for row in found.rows}
    assert rows["incidents"].calculated == 4.0
    assert rows["incidents"].n_days == 59
    assert (rows["incidents"].median, rows["incidents"].p10, rows["incidents"].p90) == (4, 4, 4)
    assert rows["incidents"].difference == 4.0 - 100
    assert rows["contacts_112"].calculated == 1.0
    assert rows["contacts_county_line"].calculated == 3.0
    assert rows["crimes"].calculated == pytest.approx(4 / 62), (
        "anti-social behaviour is no crime; January and March are covered"
    )


def test_real_and_synthetic_records_are_never_added_up(winter: Workspace) -> None:
    before = demand.profile(winter).as_json()
    made_up = every(1, date(2022, 1, 1), date(2022, 1, 31))
    keep(
        winter,
        {"incidents": timed("incidents", made_up, category=["roads"] * len(made_up))},
        is_synthetic=True,
    )
    after = demand.profile(winter).as_json()
    assert before["by_category"] == after["by_category"] and after["synthetic"] is False
    made = demand.by_category(winter, Filters(records="synthetic"))
    assert made.about.is_synthetic and "synthetic" in made.about.warnings[0]
    assert {row.id: row.count.count for row in made.rows if row.count.count} == {"roads": 744}


def test_where_only_synthetic_records_are_held_they_are_shown_and_called_so(
    invented_workspace: Workspace,
) -> None:
    instants = every(1, date(2022, 1, 1), date(2022, 1, 31))
    keep(
        invented_workspace,
        {"incidents": timed("incidents", instants, category=["roads"] * 744)},
        is_synthetic=True,
    )
    keep(invented_workspace, {"crimes": crimes(("2022-01", "Burglary", "W99900001", "X"))})
    answer = demand.profile(invented_workspace).as_json()
    assert answer["synthetic"] is True
    assert demand.by_category(invented_workspace).frame()["is_synthetic"].all()
    assert not demand.crime_types(invented_workspace).about.is_synthetic


def test_records_of_the_other_kind_that_are_held_are_pointed_to(invented_workspace: Workspace) -> None:
    instants = every(1, date(2022, 1, 1), date(2022, 1, 31))
    keep(
        invented_workspace,
        {"incidents": timed("incidents", instants, category=["roads"] * 744)},
        is_synthetic=True,
    )
    one_call = timed("calls", instants[:1], channel=["112"])
    keep(invented_workspace, {"calls": one_call})
    told = demand.by_category(invented_workspace)
    assert told.about.records == "real"
    assert "no real records of incidents are held; synthetic ones are" in told.answer
    assert demand.by_category(invented_workspace, Filters(records="synthetic")).totals["all"].count == 744
    crimes_told = demand.crime_types(invented_workspace)
    assert crimes_told.answer.endswith("no real records of crimes are held.")


def test_a_month_without_crimes_is_missing_and_not_zero(winter: Workspace) -> None:
    figure = demand.crimes_by_month(winter, Filters.parse("from=2022-01&to=2022-03"))
    burglary = {row.month: row.count for row in figure.rows if row.id == "Burglary"}
    assert burglary == {"2022-01": 2, "2022-02": None, "2022-03": 0}
    assert figure.about.missing_months == ("2022-02",)
    assert figure.about.compared_months == ("2022-01",)


def test_areas_state_what_has_no_place(winter: Workspace) -> None:
    figure = demand.by_area(winter, Filters.parse("from=2022-01&to=2022-03"), "crimes")
    count = {row.id: row.count.count for row in figure.rows}
    assert count[FORCE] == 4
    assert (count["W99900001"], count["W99900002"], count["no_location"], count["outside_force"]) == (
        1,
        1,
        1,
        1,
    )
    assert next(row for row in figure.rows if row.id == "W99900001").count.last_year == 1


def test_published_figures_stand_beside_nothing_less_than_the_whole_force(winter: Workspace) -> None:
    day = demand.typical_day(winter, Filters(area="district:W99900001"))
    rows = {row.measure: row for row in day.rows}
    assert (rows["incidents"].published, rows["incidents"].difference) == (None, None)
    assert rows["incidents"].calculated == 4.0 and "whole force only" in rows["incidents"].basis
    assert rows["contacts_112"].difference == 1.0 - 60, (
        "contacts have no place: all of the force's are counted"
    )
    assert "arrests" not in rows and "published" not in day.answer
    one_channel = demand.typical_day(winter, Filters(channel="112"))
    published = {row.measure: row.published for row in one_channel.rows if row.records}
    assert published["incidents"] is None and published["contacts_112"] == 60
    narrowed = demand.by_category(winter, Filters(area="district:W99900001"))
    whole = demand.by_category(winter)
    assert any(row.published_share for row in whole.rows)
    assert not any(row.published_share for row in narrowed.rows)
    assert not any(row.published_share for row in demand.qualifiers(winter, Filters(channel="112")).rows)


def test_where_nothing_is_counted_no_hour_month_or_share_is_named(winter: Workspace) -> None:
    nowhere = Filters(area="district:W99900003")
    for figure in (demand.by_category, demand.qualifiers, demand.season, demand.hour_of_week, demand.by_area):
        assert figure(winter, nowhere).answer == "0 incidents."


def test_filters_narrow_every_figure_that_can_be_held_to_them(winter: Workspace) -> None:
    filters = Filters.parse("category=welfare&from=2022-02&to=2022-02")
    assert demand.by_category(winter, filters).totals["all"].count == 37
    calls = demand.channels_by_month(winter, filters)
    assert calls.about.not_applied == ("category",)
    assert any('"category"' in text for text in calls.about.warnings)
    with pytest.raises(BadInput):
        demand.by_category(winter, Filters(category="crime"))


@pytest.mark.parametrize("area", ["lsoa:E99999999", "neighbourhood:Nowhere 001"])
def test_an_area_that_neither_records_nor_outlines_know_is_told(
    winter: Workspace, run: Callable[..., Any], area: str
) -> None:
    with pytest.raises(BadInput, match="with an outline or a record here"):
        demand.crime_types(winter, Filters.parse({"area": area}))
    told = run("demand", "crimes", "--area", area, workspace=winter)
    assert told.exit_code == 3
    assert f'"{area}" cannot be used here' in told.stderr


def test_an_area_without_records_is_known_by_its_outline(winter: Workspace) -> None:
    known = {
        place.id: place for place in demand.by_area(winter, table="crimes").rows if place.level == "lsoa"
    }
    empty = next(id for id, place in known.items() if not place.count.count)
    assert demand.crime_types(winter, Filters.parse({"area": f"lsoa:{empty}"})).answer.startswith("0 crimes")


def test_the_profile_keeps_its_contract(winter: Workspace, run_json: Callable[..., dict[str, Any]]) -> None:
    answer = run_json("demand", "profile", workspace=winter)
    assert answer["synthetic"] is False
    assert answer["period"] == {"from": "2021-03-01", "to": "2022-02-28"}
    assert {"measure", "published", "calculated", "difference", "basis", "source"} <= set(
        answer["typical_day"][0]
    )
    for row in answer["typical_day"]:
        if row["published"] is not None and row["calculated"] is not None:
            assert row["difference"] == row["calculated"] - row["published"]
    assert len(answer["hour_of_week"]) == 168
    instants = every(6, date(2022, 1, 1), date(2022, 2, 28))
    mondays = {instant.date() for instant in instants if instant.weekday() == 0}
    assert answer["hour_of_week"][0] == sum(i.hour == 0 and i.weekday() == 0 for i in instants) / len(mondays)
    assert sum(row["count"] for row in answer["by_category"]) == len(instants)
    assert sum(row["count"] for row in answer["by_area"] if row["level"] == "district") == len(instants)


def test_the_sql_of_the_working_gives_the_figure_and_its_rows_are_those_counted(winter: Workspace) -> None:
    for name in set(demand.FIGURES) - {"outcomes_by_month"}:
        made = working.working(winter, name)
        for step in made.steps:
            assert working.query(winter, step.sql).columns[-1] == "n"
        assert (
            working.query(winter, made.rows_sql).height
            == made.n_rows
            == sum(file.n_rows for file in made.files)
        )
        json.dumps(made.as_json())
    with pytest.raises(NothingThere):
        working.working(winter, "outcomes_by_month")
    shown = working.working(winter, "categories", Filters(category="welfare"), per_page=10, page=2)
    assert shown.n_rows == demand.by_category(winter, Filters(category="welfare")).totals["all"].count == 78
    assert shown.rows.height == 10 and set(shown.rows["category"]) == {"welfare"}
    assert shown.rows["source_row"].to_list() == sorted(shown.rows["source_row"].to_list())
    assert shown.files[0].file == "000001.csv"


def test_rows_and_figures_leave_as_csv_and_parquet(winter: Workspace, tmp_path: Path) -> None:
    n_rows = working.export_rows(
        winter, "crime_types", tmp_path / "rows.parquet", Filters.parse("from=2022-01&to=2022-03")
    )
    assert n_rows == pl.read_parquet(tmp_path / "rows.parquet").height == 5
    assert working.export_rows(winter, "crime_types", tmp_path / "rows.csv") == 5
    figure = demand.by_area(winter, table="crimes")
    from_csv, from_parquet = pl.read_csv(figure.file("csv")), pl.read_parquet(figure.file("parquet"))
    assert (
        from_csv["count"].to_list()
        == from_parquet["count"].to_list()
        == [row.count.count for row in figure.rows]
    )


def test_a_text_that_a_spreadsheet_would_run_is_disarmed_in_csv(winter: Workspace, tmp_path: Path) -> None:
    working.export_query(winter, "SELECT '=1+1' AS text, -1 AS number, NULL AS nothing", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == "text,number,nothing\n'=1+1,-1,\n"


FORBIDDEN = (
    "DROP VIEW crimes",
    "SELECT 1; SELECT 2",
    "COPY crimes TO 'x.csv'",
    "SET threads = 1",
    "SELECT * FROM read_csv('{file}')",
    "SELECT * FROM glob('{folder}/*')",
    "ATTACH 'x.db'",
    "INSTALL spatial",
    "not sql",
    "SELECT nothing FROM crimes",
)


@pytest.mark.parametrize("sql", FORBIDDEN)
def test_a_query_reads_the_records_and_nothing_else(winter: Workspace, tmp_path: Path, sql: str) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n", encoding="utf-8")
    with pytest.raises(BadInput):
        working.query(winter, sql.format(file=secret.as_posix(), folder=tmp_path.as_posix()))


def test_an_export_writes_the_file_named_and_no_other(winter: Workspace, tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        working.export_query(winter, "SELECT 1; COPY (SELECT 1) TO 'x.csv'", tmp_path / "out.csv")
    assert working.export_query(winter, "SELECT count(*) AS n FROM crimes", tmp_path / "out.csv") == 1
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == "n\n6\n"


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("[TIMESTAMPTZ '2024-03-31 01:30:00+01', NULL]", "['2024-03-31T00:30:00+00:00', NULL]"),
        ("{'at': TIMESTAMPTZ '2024-03-31 01:30:00+01'}", "{'at': '2024-03-31 00:30:00+00'}"),
        ("170141183460469231731687303715884105727::HUGEINT", "170141183460469231731687303715884105727"),
        ("[170141183460469231731687303715884105727::HUGEINT]", "[170141183460469231731687303715884105727]"),
        # 2**53 + 1 is the first whole number that a float does not hold.
        ("9007199254740993::HUGEINT", 9007199254740993),
        ("NULL::HUGEINT", None),
        ("['a', 'b']", "[a, b]"),
    ],
)
def test_what_a_table_cannot_hold_is_answered_as_text(tmp_path: Path, sql: str, value: object) -> None:
    lens = Lens(Lake(tmp_path), ())
    found = lens.ask(f"SELECT 'x' AS before, {sql} AS asked ORDER BY 1", 5)
    assert found.columns == ["before", "asked"]
    assert found["asked"].to_list() == [value]
    assert lens.ask("SELECT sum(i), sum(i), avg(i) FROM range(3) AS t(i)").row(0) == (3, 3, 1.0)
    lens.close()


def test_personal_columns_are_not_in_the_lens(tmp_path: Path) -> None:
    columns = (
        Column("name", Kind.TEXT, "N.", privacy=Privacy.PERSONAL),
        Column("force", Kind.CODE, "F."),
        Column("on", Kind.DATE, "O."),
    )
    contract = Contract("people", "P.", columns, period="on", scope="force")
    lens = Lens(Lake(tmp_path), (contract,))
    assert "name" not in lens.sql("SELECT * FROM people").columns
    lens.close()


def test_a_new_import_changes_figure_and_stamp_and_a_withdrawn_one_changes_them_back(
    winter: Workspace,
) -> None:
    from constabulary.services.records.imports import withdraw_import

    first = demand.crime_types(winter)
    new = keep(winter, {"crimes": crimes(("2022-04", "Robbery", "W99900001", "X"))})
    second = demand.crime_types(winter)
    assert second.totals["crimes"].count == first.totals["crimes"].count + 1
    assert second.about.stamp.id != first.about.stamp.id
    withdraw_import(winter, new, by="tester", reason="test")
    assert demand.crime_types(winter).as_json() == first.as_json()


def test_the_force_s_own_weights_count_before_the_default(winter: Workspace) -> None:
    figure = demand.harm(winter, Filters.parse("from=2022-01&to=2022-01"))
    assert open_force(winter).harm_weights
    assert figure.totals["harm_days"] == 2 * 200 + 1 * 1
    assert figure.totals["weights"].name == "harm weights of the force folder"


def test_every_demand_command_answers_in_words_json_and_files(
    winter: Workspace, run: Callable[..., Any], run_json: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    for command in (
        "typical-day",
        "categories",
        "qualifiers",
        "areas",
        "hours",
        "season",
        "channels",
        "crimes",
        "outcomes",
        "harm",
    ):
        told = run("demand", command, workspace=winter)
        assert told.exit_code == 0, told.output
        answer = run_json("demand", command, workspace=winter)
        assert answer["schema"] == 1 and told.stdout.startswith(answer["answer"])
        assert run("demand", command, "--out", tmp_path / f"{command}.csv", workspace=winter).exit_code == 0
    assert run("demand", "working", "harm", workspace=winter).exit_code == 0
    assert run("demand", "working", "nothing", workspace=winter).exit_code == 3
    assert run("query", "SELECT count(*) AS n FROM crimes", workspace=winter).stdout == "n\n6\n"
    assert run_json("query", "SELECT DATE '2022-01-01' AS day", workspace=winter)["rows"] == [
        {"day": "2022-01-01"}
    ]


def test_an_empty_workspace_says_that_nothing_is_held(
    invented_workspace: Workspace, run_json: Callable[..., dict[str, Any]]
) -> None:
    answer = run_json("demand", "profile", workspace=invented_workspace)
    assert answer["by_category"] == [] and answer["hour_of_week"] == [None] * 168
    assert all(row["calculated"] is None for row in answer["typical_day"])
    assert any("no real records of incidents are held" in text for text in answer["warnings"])
