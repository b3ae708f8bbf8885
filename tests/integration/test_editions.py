"""Editions: what adjoins, what replaces, what repeats, and where mended rows go, for every kind of records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from constabulary.services.workspace.workspaces import Workspace
from constabulary.store.lake import Lake
from constabulary.store.lens import Lens
from constabulary.tables.catalogue import CONTRACTS

Run = Callable[..., Any]
CALLS = "call_id,channel,received_at\n"
STREET = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context\n"
)


def calls(path: Path, *rows: tuple[str, str]) -> Path:
    """Write calls: id and local clock time."""
    path.write_text(CALLS + "".join(f"{key},112,{at}\n" for key, at in rows), encoding="utf-8")
    return path


def crimes(path: Path, month: str, keys: Sequence[str], kind: str = "Drugs") -> Path:
    """Write a street file: keys of the crimes, "" for none."""
    path.parent.mkdir(exist_ok=True)
    lines = "".join(f"{key and key.rjust(64, '0')},{month},Westmarch Police,,,,,,,{kind},,\n" for key in keys)
    path.write_text(STREET + lines, encoding="utf-8")
    return path


def shown(workspace: Workspace, table: str, column: str) -> list[str]:
    """Return the values of the rows that count, as the lens shows them."""
    lens = Lens(Lake(workspace.lake_path), tuple(CONTRACTS.values()))
    try:
        return sorted(
            str(value).lstrip("0") for value in lens.sql(f'SELECT "{column}" FROM {table}').to_series()
        )
    finally:
        lens.close()


def test_weekly_extracts_that_adjoin_replace_nothing(
    invented_workspace: Workspace, run_json: Run, tmp_path: Path
) -> None:
    first = calls(tmp_path / "w1.csv", ("a", "2022-03-07 00:00:00"), ("b", "2022-03-13 23:59:59"))
    second = calls(tmp_path / "w2.csv", ("c", "2022-03-14 00:00:00"), ("d", "2022-03-20 12:00:00"))
    run_json("import", "calls", first, workspace=invented_workspace)
    assert run_json("import", "calls", second, workspace=invented_workspace)["superseded"] == 0
    assert shown(invented_workspace, "calls", "call_id") == ["a", "b", "c", "d"]


def test_a_later_extract_replaces_every_day_from_its_first_to_its_last_and_no_other(
    invented_workspace: Workspace, run_json: Run, tmp_path: Path
) -> None:
    week = calls(tmp_path / "w.csv", *((f"d{day}", f"2022-03-{day:02}T12:00:00") for day in range(7, 14)))
    # Three days are sent again; the call of the middle one was deleted in between.
    again = calls(tmp_path / "again.csv", ("d8", "2022-03-08 12:00:00"), ("new", "2022-03-10 12:00:00"))
    run_json("import", "calls", week, workspace=invented_workspace)
    report = run_json("import", "calls", again, workspace=invented_workspace)
    assert (report["accepted"], report["duplicates"], report["superseded"]) == (2, 0, 3)
    assert shown(invented_workspace, "calls", "call_id") == ["d11", "d12", "d13", "d7", "d8", "new"]
    assert (
        run_json(
            "import", "withdraw", report["imports"][0], "--reason", "wrong", workspace=invented_workspace
        )["state"]
        == "withdrawn"
    )
    assert len(shown(invented_workspace, "calls", "call_id")) == 7


def test_the_edge_of_a_day_is_local_midnight(
    invented_workspace: Workspace, run_json: Run, tmp_path: Path
) -> None:
    # In Dublin's summer 23:30 UTC is half past midnight of the next day.
    first = calls(tmp_path / "a.csv", ("early", "2022-07-01T23:30:00Z"))
    second = calls(tmp_path / "b.csv", ("late", "2022-07-01T22:30:00Z"))
    run_json("import", "calls", first, workspace=invented_workspace)
    assert run_json("import", "calls", second, workspace=invented_workspace)["superseded"] == 0
    assert shown(invented_workspace, "calls", "call_id") == ["early", "late"]


def test_an_edition_s_date_counts_before_the_order_of_import(
    invented_workspace: Workspace, run_json: Run, tmp_path: Path
) -> None:
    late = calls(tmp_path / "late.csv", ("new", "2022-03-08 12:00:00"))
    early = calls(tmp_path / "early.csv", ("old", "2022-03-08 12:00:00"))
    run_json("import", "calls", late, "--edition", "2022-05-01", workspace=invented_workspace)
    assert (
        run_json("import", "calls", early, "--edition", "2022-04-01", workspace=invented_workspace)[
            "superseded"
        ]
        == 0
    )
    assert shown(invented_workspace, "calls", "call_id") == ["new"]


def test_the_same_key_twice_in_an_edition_is_one_record(
    invented_workspace: Workspace, run_json: Run, tmp_path: Path
) -> None:
    file = calls(
        tmp_path / "a.csv",
        ("a", "2022-03-07 12:00:00"),
        ("a", "2022-03-07 12:00:00"),
        ("b", "2022-03-07 12:00:00"),
    )
    report = run_json("import", "calls", file, workspace=invented_workspace)
    assert (report["rows_read"], report["accepted"], report["duplicates"]) == (3, 2, 1)
    assert report["problems"] == [
        {
            "rule": "duplicate_key",
            "column": "call_id",
            "count": 1,
            "refused": False,
            "expected": None,
            "example": {"file": file.as_posix(), "row": 3, "value": "a"},
            "values": [],
            "message": f'{file.as_posix()}, row 3, call_id: "a" is the key of a row that was read before; '
            "the row was left out.",
        }
    ]


@pytest.mark.parametrize("packed", ["a.csv", "renamed.csv"])
def test_the_same_file_twice_adds_nothing(
    invented_workspace: Workspace, run_json: Run, tmp_path: Path, packed: str
) -> None:
    first = calls(tmp_path / "a.csv", ("a", "2022-03-07 12:00:00"))
    run_json("import", "calls", first, workspace=invented_workspace)
    report = run_json(
        "import",
        "calls",
        calls(tmp_path / packed, ("a", "2022-03-07 12:00:00")),
        workspace=invented_workspace,
    )
    assert (report["rows_read"], report["accepted"], report["duplicates"], report["imports"]) == (1, 0, 1, [])


def test_mended_rows_join_their_edition_and_stay_with_it(
    invented_workspace: Workspace, run: Run, run_json: Run, tmp_path: Path
) -> None:
    file = calls(tmp_path / "a.csv", ("a", "2022-03-07 12:00:00"), ("b", "2022-03-07 25:00:00"))
    first = run_json("import", "calls", file, workspace=invented_workspace)
    mend = tmp_path / "mend.csv"
    run("refused", "export", first["imports"][0], mend, workspace=invented_workspace)
    mend.write_text(mend.read_text(encoding="utf-8").replace("25:00", "15:00"), encoding="utf-8")
    mended = run_json("import", "calls", mend, workspace=invented_workspace)
    assert mended["superseded"] == 0
    assert shown(invented_workspace, "calls", "call_id") == ["a", "b"]
    later = calls(tmp_path / "later.csv", ("c", "2022-03-07 12:00:00"))
    replacing = run_json("import", "calls", later, workspace=invented_workspace)
    assert replacing["superseded"] == 2
    assert shown(invented_workspace, "calls", "call_id") == ["c"]

    def withdraw(report: dict[str, Any]) -> Any:
        return run_json(
            "import", "withdraw", report["imports"][0], "--reason", "wrong", workspace=invented_workspace
        )["mended_by"]

    assert withdraw(replacing) == []
    assert withdraw(first) == mended["imports"], "what still counts is told"
    assert shown(invented_workspace, "calls", "call_id") == ["b"]


def test_a_month_of_police_uk_sent_again_replaces_that_month_alone(
    invented_workspace: Workspace, run_json: Run, tmp_path: Path
) -> None:
    name = "2022-0{}-westmarch-street.csv"
    run_json(
        "import",
        "police-uk",
        crimes(tmp_path / name.format(1), "2022-01", ["a", "b", "", ""]),
        crimes(tmp_path / name.format(2), "2022-02", ["c"]),
        workspace=invented_workspace,
    )
    report = run_json(
        "import",
        "police-uk",
        crimes(tmp_path / "again" / name.format(1), "2022-01", ["a", ""]),
        workspace=invented_workspace,
    )
    assert (report["accepted"], report["superseded"]) == (2, 4)
    assert shown(invented_workspace, "crimes", "month") == ["2022-01-01", "2022-01-01", "2022-02-01"]


def test_rows_of_police_uk_without_a_key_are_kept_and_a_key_met_again_is_a_duplicate(
    invented_workspace: Workspace, run_json: Run, tmp_path: Path
) -> None:
    file = crimes(tmp_path / "2022-01-westmarch-street.csv", "2022-01", ["", "", "a", "a"])
    report = run_json("import", "police-uk", file, workspace=invented_workspace)
    assert (report["rows_read"], report["accepted"], report["duplicates"]) == (4, 3, 1)


def test_mended_rows_of_police_uk_join_their_edition(
    invented_workspace: Workspace, run: Run, run_json: Run, tmp_path: Path
) -> None:
    file = crimes(tmp_path / "2022-01-westmarch-street.csv", "2022-01", ["a", "b"])
    file.write_text(
        file.read_text(encoding="utf-8") + f"{'c'.rjust(64, '0')},2022-01,Westmarch Police,,,,,,,Piracy,,\n",
        encoding="utf-8",
    )
    first = run_json("import", "police-uk", file, workspace=invented_workspace)
    assert (first["accepted"], first["refused"]) == (2, 1)
    mend = tmp_path / "mend.csv"
    run("refused", "export", first["imports"][0], mend, workspace=invented_workspace)
    mend.write_text(mend.read_text(encoding="utf-8").replace("Piracy", "Robbery", 1), encoding="utf-8")
    second = run_json("import", "police-uk", mend, workspace=invented_workspace)
    assert (second["accepted"], second["superseded"]) == (1, 0)
    assert shown(invented_workspace, "crimes", "crime_id") == ["a", "b", "c"]
