"""Files are there whole or not at all, also where the system lets no open file be replaced, as Windows does."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from constabulary.services.cover import kept as cover_kept
from constabulary.services.cover import public as cover_public
from constabulary.services.response import simulation as response_simulation
from constabulary.store import whole as module
from constabulary.store.whole import put_in_place, whole, write_whole


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Let the system refuse to rename as often as the number in the list says."""
    left, rename = [0], Path.replace

    def replace(self: Path, target: Path) -> Path:
        if left[0] > 0:
            left[0] -= 1
            raise PermissionError(
                13, "The process cannot access the file because it is being used", str(self)
            )
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr(module, "_LOOKS_EVERY_S", 0)
    return left


def test_a_file_that_a_reader_holds_open_is_replaced_once_it_is_let_go(
    tmp_path: Path, refusing: list[int]
) -> None:
    write_whole(tmp_path / "kept.json", "old")
    refusing[0] = 3
    write_whole(tmp_path / "kept.json", "new")
    assert (tmp_path / "kept.json").read_text() == "new"
    assert refusing == [0]


def test_a_file_that_is_never_let_go_stays_as_it_was_and_nothing_is_left_beside_it(
    tmp_path: Path, refusing: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_whole(tmp_path / "kept.json", "old")
    monkeypatch.setattr(module, "WAITS_S", 0)
    refusing[0] = 10**9
    with pytest.raises(PermissionError):
        write_whole(tmp_path / "kept.json", "new")
    assert [path.name for path in tmp_path.iterdir()] == ["kept.json"]
    assert (tmp_path / "kept.json").read_text() == "old"


def test_a_folder_waits_for_its_place_as_a_file_does(tmp_path: Path, refusing: list[int]) -> None:
    (tmp_path / "made" / "inside").mkdir(parents=True)
    refusing[0] = 2
    put_in_place(tmp_path / "made", tmp_path / "place")
    assert (tmp_path / "place" / "inside").is_dir()


def test_two_that_write_one_file_at_once_both_leave_a_whole_one(tmp_path: Path) -> None:
    path, texts = tmp_path / "kept.json", [letter * 200_000 for letter in "abcd"]
    both_write = threading.Barrier(len(texts))
    failed: list[BaseException] = []

    def write(text: str) -> None:
        try:
            with whole(path) as partial:
                partial.write_text(text[:100_000])
                both_write.wait(120)
                partial.write_text(text)
        except BaseException as error:
            failed.append(error)

    writers = [threading.Thread(target=write, args=[text]) for text in texts]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failed == []
    assert path.read_text() in texts
    assert list(tmp_path.iterdir()) == [path]


def test_a_writer_that_breaks_down_leaves_what_was_there(tmp_path: Path) -> None:
    write_whole(tmp_path / "kept.json", "old")
    with pytest.raises(RuntimeError, match="no more"), whole(tmp_path / "kept.json") as partial:
        partial.write_text("half")
        raise RuntimeError("no more")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_ends_of_lines_are_written_as_they_are_on_every_system(tmp_path: Path) -> None:
    write_whole(tmp_path / "new" / "table.csv", "a,b\n1,é\n")
    assert (tmp_path / "new" / "table.csv").read_bytes() == "a,b\n1,é\n".encode()


@pytest.mark.parametrize(
    ("keep", "name"),
    [
        (lambda folder, text: cover_public._write(folder / "cover.json", {"text": text}), "cover.json"),
        (
            lambda folder, text: cover_kept._tell(
                folder / "force-1.json", SimpleNamespace(as_json=lambda: {"text": text}), "1"
            ),
            "force-1.json",
        ),
        (
            lambda folder, text: response_simulation.keep(
                SimpleNamespace(results_path=folder), {"stamp": {"id": "1"}, "text": text}
            ),
            "response/1.json",
        ),
    ],
)
def test_a_result_that_two_threads_keep_at_once_is_one_of_theirs_and_whole(
    keep: Callable[[Path, str], Any], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both, failed = threading.Barrier(2), []
    rename = Path.replace

    def replace(self: Path, target: Path) -> Path:
        both.wait(120)  # Each has written all of its file before either gives it its name.
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", replace)

    def work(text: str) -> None:
        try:
            keep(tmp_path, text * 10_000)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(one,)) for one in "ab"]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert failed == []
    assert json.loads((tmp_path / name).read_text())["text"] in ("a" * 10_000, "b" * 10_000)


def test_tidying_what_was_kept_of_cover_leaves_what_another_thread_is_writing(tmp_path: Path) -> None:
    for name in (
        "force-1.json",
        "force-1.parquet",
        "force-2.json",
        "force-2.json.ab12.partial",
        "area-1.json",
    ):
        (tmp_path / name).touch()
    cover_kept._forget(tmp_path, "force", "force-2")
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"force-2.json", "force-2.json.ab12.partial", "area-1.json"}
