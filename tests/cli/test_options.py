"""How commands answer: tables that line up, help in whole sentences, a bar only where there is something to tell."""

from __future__ import annotations

import getpass
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from constabulary.cli import main, options
from constabulary.services.records.notices import told
from constabulary.store.records import Notice


def groups(group: click.Group, name: str = "") -> Iterator[tuple[str, click.Group]]:
    """Yield every group of commands below a group, with its name."""
    context = click.Context(group)
    for word in group.list_commands(context):
        command = group.get_command(context, word)
        if isinstance(command, click.Group):
            yield f"{name} {word}".strip(), command
            yield from groups(command, f"{name} {word}")


def printed(capsys: pytest.CaptureFixture[str], header: list[str], rows: list[list[object]]) -> list[str]:
    options.table(header, rows)
    return capsys.readouterr().out.splitlines()


def test_the_help_of_no_group_cuts_a_sentence_short() -> None:
    cut = {
        name: line
        for name, group in groups(main)
        for line in group.get_help(click.Context(group, info_name=name, terminal_width=80)).splitlines()
        if line.endswith("...") and not line.startswith("Usage:")
    }
    assert cut == {}


def test_numbers_stand_to_the_right_with_one_number_of_decimal_places_and_texts_to_the_left(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert printed(
        capsys,
        ["name", "count", "a day", "share"],
        [
            ["Calls", 126_649, 346.98, 0.19],
            ["Online report", None, 8.2, 0.0456],
            ["Arrests", 32, -2.016, None],
        ],
    ) == [
        "name             count  a day  share",
        "Calls          126,649  347.0  0.190",
        "Online report             8.2  0.046",
        "Arrests             32   -2.0",
    ]


def test_numbers_that_a_command_wrote_as_text_stand_to_the_right_too_but_not_days_or_codes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert printed(
        capsys,
        ["what", "cost", "share", "on"],
        [["a", "£1,000", "4.5%", "2024-03-31"], ["b", "-£20", "12%", "2024-04"]],
    ) == ["what    cost  share  on", "a     £1,000   4.5%  2024-03-31", "b       -£20    12%  2024-04"]
    assert printed(capsys, ["day"], [["2024-03-31"], ["7"]])[2] == "7"


def test_whole_numbers_have_no_decimal_places_whatever_their_type(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, ["n", "is_small"], [[1_200.0, True], [4.0, False]]) == [
        "    n  is_small",
        "1,200  yes",
        "    4",
    ]


def test_a_command_that_tells_no_progress_draws_no_bar(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with options.bar():
        pass
    assert capsys.readouterr().err == ""
    with options.bar() as progress:
        progress(1, 2, "Counting")
    assert "50%" in capsys.readouterr().err


def test_a_system_without_a_list_of_users_does_not_stop_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_list() -> str:
        raise ModuleNotFoundError("No module named 'pwd'")

    monkeypatch.setattr(getpass, "getuser", no_list)
    assert options.person() == "unknown"


def test_answers_end_their_lines_alike_on_every_system() -> None:
    answered = CliRunner().invoke(main, ["force", "check", "cambridgeshire"])
    assert b"\r" not in answered.stdout_bytes
    assert answered.stdout.endswith("\n")


def test_a_command_that_is_proposed_can_be_typed_though_the_folder_has_a_space_in_its_name(
    tmp_path: Path,
) -> None:
    proposed = CliRunner().invoke(main, ["new", str(tmp_path / "my force")]).stdout
    words = shlex.split(proposed.partition("Next: ")[2])
    assert words[:4] == ["constabulary", "--workspace", str(tmp_path / "my force"), "import"]
    assert options.typed(Path("force")) == "force"


def test_a_notice_that_counts_files_says_so() -> None:
    assert str(told(Notice("file_already_imported", 24, False, "a.csv"))).endswith("left out. (24 files)")
    assert str(told(Notice("missing", 3, True, "a.csv", 7, "month"))).endswith("there is no value. (3 rows)")
