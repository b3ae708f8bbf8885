"""Files are there whole or not at all, also where the system lets no open file be replaced, as Windows does."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

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
                both_write.wait(10)
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
