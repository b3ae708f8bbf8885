"""What holds for every command: the same options, an example that is its own, and errors in words."""

from __future__ import annotations

import errno
import gc
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from constabulary.cli.main import COMMANDS, main
from constabulary.services.workspace.workspaces import Workspace

FORCES = Path(__file__).parents[1] / "forces"


def commands(of: click.Command, names: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Return every command with its whole name."""
    if isinstance(of, click.Group):
        context = click.Context(of)
        for name in of.list_commands(context):
            found = of.get_command(context, name)
            assert found is not None, f"{name} is listed and is not there"
            yield from commands(found, (*names, name))
    else:
        yield " ".join(names), of


EVERY = dict(commands(main))


@pytest.mark.parametrize("name", EVERY)
def test_every_command_answers_in_json_takes_the_workspace_and_shows_an_example_of_itself(name: str) -> None:
    command = EVERY[name]
    options = {option for parameter in command.params for option in parameter.opts}
    assert {"--json", "--workspace"} <= options
    text = command.help or ""
    assert "Example: constabulary " in text, "no example"
    example = shlex.split(text.partition("Example: constabulary ")[2], comments=True)
    assert example[: len(name.split())] == name.split()
    known = {
        option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)
    }
    assert {word.partition("=")[0] for word in example if word.startswith("--")} <= known


def test_the_list_of_commands_says_of_each_what_its_own_help_says() -> None:
    context = click.Context(main)
    for name, (_, said) in COMMANDS.items():
        command = main.get_command(context, name)
        assert command is not None
        first_paragraph = " ".join((command.help or "").split("\n\n")[0].split())
        assert first_paragraph.startswith(said), name


def test_help_and_version_load_no_group_of_commands_and_no_engine() -> None:
    asked = (
        "import sys\n"
        "from constabulary.cli.main import main\n"
        "for asked in ('--help', '--version'):\n"
        "    main([asked], standalone_mode=False)\n"
        "print(*sorted(name for name in sys.modules if name.startswith('constabulary.')))\n"
        "print(*({'numpy', 'polars', 'numba', 'scipy', 'duckdb', 'django'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout
    assert "Commands:" in told
    needed = "constabulary.cli constabulary.cli.main constabulary.core constabulary.core.errors"
    assert told.splitlines()[-2:] == [needed, ""]


@pytest.mark.parametrize("group", ["cover", "performance"])
def test_a_group_without_simulations_does_not_load_the_special_functions_they_draw_with(group: str) -> None:
    asked = (
        "import sys\n"
        "from constabulary.cli.main import main\n"
        f"main(['{group}', '--help'], standalone_mode=False)\n"
        "print('scipy.special' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout
    assert told.splitlines()[-1] == "False"


def test_a_file_that_the_machine_refuses_is_told_in_words_and_not_by_a_traceback(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    (tmp_path / "a file").write_text("", encoding="utf-8")
    result = run("new", tmp_path / "a file" / "workspace")
    assert result.exit_code == 3
    assert result.stderr.startswith(f"Error: {tmp_path / 'a file' / 'workspace'}: the computer answers: ")
    assert "Traceback" not in result.stderr


def test_checking_without_a_folder_checks_the_force_of_the_workspace(
    run_json: Callable[..., dict[str, Any]], invented_workspace: Workspace
) -> None:
    assert run_json("force", "check", workspace=invented_workspace)["name"] == "Westmarch Police"
    assert run_json("force", "check", FORCES / "westmarch")["name"] == "Westmarch Police"


def test_checking_names_the_workspace_that_is_not_there(run: Callable[..., Result], tmp_path: Path) -> None:
    result = run("force", "check", "--workspace", tmp_path / "none")
    assert (result.exit_code, "there is no workspace here" in result.stderr) == (5, True)


def test_a_worker_tells_which_runs_it_ended(
    run_json: Callable[..., dict[str, Any]], invented_workspace: Workspace
) -> None:
    assert run_json("worker", "--once", workspace=invented_workspace) == {"schema": 1, "runs": []}


def test_a_workspace_that_could_not_be_made_whole_is_not_there(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, copied = shutil.copyfile, []

    def until_full(source: Path, to: Path) -> None:
        if len(copied) == 5:
            raise OSError(errno.ENOSPC, "No space left on device")
        copied.append(copy(source, to))

    monkeypatch.setattr(shutil, "copyfile", until_full)
    result = run("new", tmp_path / "made", "--force", FORCES / "westmarch")
    assert (result.exit_code, len(copied)) == (8, 5)
    assert "the disc is full" in result.stderr
    assert not (tmp_path / "made").exists()
    monkeypatch.undo()
    assert run("new", tmp_path / "made", "--force", FORCES / "westmarch").exit_code == 0


def test_a_lake_that_lost_a_file_is_told_in_words_by_whatever_reads_it(
    run: Callable[..., Result], run_json: Callable[..., dict[str, Any]], invented_workspace: Workspace
) -> None:
    run_json("synthesise", workspace=invented_workspace)
    for file in invented_workspace.lake_path.glob("calls/*/*.parquet"):
        file.unlink()
    for command in (["query", "SELECT count(*) FROM calls"], ["demand", "profile"]):
        result = run(*command, workspace=invented_workspace)
        assert (result.exit_code, "constabulary doctor" in result.stderr) == (5, True)
    doctor = run("doctor", workspace=invented_workspace)
    assert (doctor.exit_code, "the file is missing" in doctor.output) == (1, True)


def test_a_command_looks_for_garbage_seldom(tmp_path: Path) -> None:
    before = gc.get_threshold()
    try:
        gc.set_threshold(700, 10, 10)
        CliRunner().invoke(main, ["--workspace", str(tmp_path), "runs", "list"])
        assert gc.get_threshold()[0] > 10_000
    finally:
        gc.set_threshold(*before)


@pytest.mark.parametrize(
    ("package", "name", "ours"),
    [("numpy", "OPENBLAS_NUM_THREADS", "1"), ("polars", "_RJEM_MALLOC_CONF", "dirty_decay_ms:10000")],
)
@pytest.mark.parametrize("given", [None, "2"])
def test_a_command_says_how_a_library_is_to_run_before_it_is_loaded_unless_the_environment_does(
    package: str, name: str, ours: str, given: str | None
) -> None:
    program = f"""
import os, sys
class Seen:
    def find_spec(self, name, path=None, target=None):
        if name == {package!r}:
            print("loads it with", os.environ.get({name!r}))
            sys.exit()
sys.meta_path.insert(0, Seen())
from constabulary.cli.main import main
try:
    main(sys.argv[1:])
finally:
    import {package}
"""
    bare = {key: value for key, value in os.environ.items() if key != name}
    done = subprocess.run(
        [sys.executable, "-c", program, "doctor", "--help"],
        env=bare if given is None else {**bare, name: given},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.endswith(f"loads it with {given or ours}\n")
