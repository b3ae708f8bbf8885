"""Which files of a folder or archive an import takes, leaves out, and will not pass over."""

from __future__ import annotations

import gzip
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from tests.integration.importing import take

from constabulary.core.errors import BadInput
from constabulary.services.workspace.workspaces import Workspace


def test_a_folder_is_searched_to_any_depth_and_other_files_in_it_are_left_alone(
    workspace: Workspace, police: Any
) -> None:
    police.street(10)
    police.street(10, "2024-11")
    (police.folder / "readme.txt").write_text("hello")
    (police.folder / "2024-10" / "._2024-10-cambridgeshire-street.csv").write_bytes(b"\0\5\x16\7")
    (police.folder / "2024-10" / "notes.xlsx").write_bytes(b"PK")
    assert take(workspace, police.folder)["accepted"] == 20


def test_an_unrelated_csv_of_a_folder_is_left_out_and_told_and_named_itself_it_is_an_error(
    workspace: Workspace, police: Any
) -> None:
    police.street(10)
    notes, empty = police.folder / "notes.csv", police.folder / "empty.csv"
    notes.write_text("name,age\nTom,3\n")
    empty.write_bytes(b"")
    report = take(workspace, police.folder)
    assert (report["accepted"], len(report["files"])) == (10, 1)
    told = [one for one in report["problems"] if one["rule"] == "other_file"]
    assert [one["example"]["file"] for one in told] == [empty.as_posix(), notes.as_posix()]
    assert not any(one["refused"] for one in told)
    assert '"name,age" is no header of data.police.uk; the file was left out' in told[1]["message"]
    for alone in (notes, empty):
        with pytest.raises(BadInput):
            take(workspace, alone, police.folder)


def test_a_folder_of_unrelated_files_alone_is_an_error(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "notes.csv").write_text("name,age\nTom,3\n")
    with pytest.raises(BadInput, match=r"none of data\.police\.uk's three"):
        take(workspace, tmp_path / "ours")


@pytest.mark.parametrize("name", ["2024-10-cambridgeshire-street.csv", "export.csv"])
def test_a_file_of_a_folder_that_is_meant_to_be_police_data_and_is_damaged_is_never_passed_over(
    workspace: Workspace, police: Any, name: str
) -> None:
    police.street(10, "2024-11")
    street = police.street(10)
    text = street.read_text()
    damaged = text.replace("Longitude,", "") if name == "export.csv" else "title\n" + text
    street.unlink()
    (street.parent / name).write_text(damaged)
    with pytest.raises(BadInput, match=re.escape(name)):
        take(workspace, police.folder)


def test_an_archive_of_folders_is_read_without_unpacking_it(
    workspace: Workspace, police: Any, tmp_path: Path
) -> None:
    street, stops = police.street(10), police.stops(4)
    with zipfile.ZipFile(tmp_path / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(street, f"2024-10/{street.name}")
        archive.writestr(f"2024-10/{stops.name}.gz", gzip.compress(stops.read_bytes()))
        archive.writestr("__MACOSX/2024-10/._x-street.csv", b"\0\1")
        archive.writestr("readme.txt", "hello")
    report = take(workspace, tmp_path / "all.zip")
    assert (report["accepted"], report["refused"]) == (14, 0)
    assert [file["file"].rpartition("!")[2] for file in report["files"]] == [
        f"2024-10/{stops.name}.gz",
        f"2024-10/{street.name}",
    ]
