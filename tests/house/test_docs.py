"""What the manual tells people to type and to open is there: commands with their options, files, modules, listings."""

from __future__ import annotations

import ast
import re
import shlex
from pathlib import Path
from pkgutil import resolve_name

import click
import pytest

from constabulary.cli import main

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    page
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    if page.parent.name != "reference"  # printed from the code
)
COMMAND = re.compile(r"^ *(?:\$ )?(?:\.venv/bin/)?constabulary (.+)$", re.MULTILINE)
INLINE = re.compile(r"`constabulary ([^`]+)`")
PATH = re.compile(r"`([a-z][\w.-]*/(?:[\w.-]+/)*(?:[\w.-]+\.(?:py|md|js|css|html|toml|txt|in))?)`")
PACKAGE = ROOT / "src" / "constabulary"
PLACES = [ROOT, PACKAGE, PACKAGE / "web", PACKAGE / "forces" / "cambridgeshire"]
NAMED = re.compile(r"`(constabulary(?:\.[a-z_0-9]+)+)`")
BLOCK = re.compile(r"```(?:bash|sh|console|text)?\n(.*?)```", re.DOTALL)


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def commands_on(page: Path) -> list[str]:
    """Return what a page says after the word `constabulary`, lines that go on joined."""
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    blocks = "\n".join([*BLOCK.findall(text), *re.findall(r"^ {4}.*$", text, re.MULTILINE)])
    return [*COMMAND.findall(blocks), *(" ".join(said.split()) for said in INLINE.findall(text))]


def unknown_in(said: str) -> str | None:
    """Return the first word of a command line that the program does not know; None where it knows all."""
    try:
        words = shlex.split(re.split(r"\s[|>#]|;|&&", said)[0])
    except ValueError:
        words = said.split()
    command: click.Command = main
    known = {"--help", *(name for option in main.params for name in option.opts)}
    takes = {name for option in main.params if not getattr(option, "is_flag", False) for name in option.opts}
    is_value = False
    for word in words:
        if is_value:
            is_value = False
        elif word.startswith("--"):
            name, _, value = word.rstrip(",.").partition("=")
            if name not in known:
                return name
            is_value = name in takes and not value
        elif isinstance(command, click.Group) and re.fullmatch(r"[a-z][a-z-]*", word):
            found = command.get_command(click.Context(command), word)
            if found is None:
                return word
            command = found
            options = [one for one in command.params if isinstance(one, click.Option)]
            known |= {name for one in options for name in (*one.opts, *one.secondary_opts)}
            takes |= {name for one in options if not one.is_flag for name in one.opts}
    return None


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_of_the_manual_exists_with_its_options(page: Path) -> None:
    wrong = {said: word for said in commands_on(page) if (word := unknown_in(said))}
    assert wrong == {}


def silent_options(command: click.Command, name: str = "constabulary") -> list[str]:
    """Return the options of a command, and of those below it, that do not say what they are for."""
    options = [one for one in command.params if isinstance(one, click.Option) and not one.help]
    found = [f"{name} {option.opts[0]}" for option in options]
    if isinstance(command, click.Group):
        context = click.Context(command)
        for below in command.list_commands(context):
            one = command.get_command(context, below)
            found += silent_options(one, f"{name} {below}") if one else []
    return found


def test_every_exit_status_of_the_package_has_one_row_in_the_reference() -> None:
    sources = (path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    declared = {
        int(one) for text in sources for one in re.findall(r"^    exit_status = (\d+)", text, re.MULTILINE)
    }
    text = (ROOT / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
    told = [int(one) for one in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)]
    # Of the base 1, a fault, of click 2, and 0 where all is well.
    assert told == sorted({0, 2} | declared - {1})


def test_every_option_says_what_it_is_for() -> None:
    assert silent_options(main) == []


def test_a_command_or_option_that_does_not_exist_is_found() -> None:
    assert unknown_in("finance plan --json") is None
    assert unknown_in("--workspace demo finance plan") is None
    assert unknown_in("finance plam --json") == "plam"
    assert unknown_in("finance plan --jason") == "--jason"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_of_the_manual_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_file_and_folder_of_the_checkout_that_the_manual_names_is_there(page: Path) -> None:
    ours = {part.name for place in PLACES for part in place.iterdir() if part.is_dir()}
    named = [path for path in PATH.findall(page.read_text(encoding="utf-8")) if path.split("/")[0] in ours]
    told = [path for path in named if not re.search(r"[A-Z]{4}", path)]  # NAME stands for any name
    assert [path for path in told if not any((place / path).exists() for place in PLACES)] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_part_of_the_program_that_the_manual_names_is_there(page: Path) -> None:
    for name in NAMED.findall(page.read_text(encoding="utf-8")):
        resolve_name(name)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_python_of_the_manual_is_python_and_what_it_imports_is_there(page: Path) -> None:
    for block in re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        for line in ast.walk(ast.parse(block)):
            if isinstance(line, ast.ImportFrom) and str(line.module).startswith("constabulary"):
                for one in line.names:
                    resolve_name(f"{line.module}.{one.name}")


def test_the_map_for_newcomers_names_every_folder_of_services_and_no_other() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = text.partition("| services | answer |")[2].partition("\n\n")[0]
    there = [path.parent.name for path in (PACKAGE / "services").glob("*/__init__.py")]
    assert sorted(re.findall(r"^\| `([a-z]+)`", rows, re.MULTILINE)) == sorted(there)


def test_the_measure_printed_in_the_manual_is_the_file_it_says_it_is() -> None:
    page = (ROOT / "docs" / "how-to" / "add-a-measure.md").read_text(encoding="utf-8")
    (printed,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert printed == (PACKAGE / "performance" / "measures" / "shoplifting.py").read_text(encoding="utf-8")
