"""Print the reference pages that follow from the code; with --check, tell which are out of date.

Each page is one function that returns Markdown. `make docs` writes them, `make check` fails while one differs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import click

from constabulary.cli import main as cli
from constabulary.core.errors import ConstabularyError
from constabulary.core.force.manual import manual as force_folder
from constabulary.finance.plan.manual import manual as budget_lines
from constabulary.synthetic.manual import manual as synthetic_records
from constabulary.tables.catalogue import CONTRACTS
from constabulary.tables.contract import Column, Contract

HERE = Path(__file__).parent


def tables() -> str:
    """Return the page on the tables and their columns."""
    parts = [
        "# Tables",
        "What the lake holds, printed from the contracts in `src/constabulary/tables`. Columns marked *worked out* are "
        "added at import; the others are read from the supplier's file. A row that breaks a rule is refused and kept "
        "with its reasons.",
        *(_contract(contract) for contract in CONTRACTS.values()),
    ]
    return "\n\n".join(parts) + "\n"


def command_line() -> str:
    """Return the page on the command line."""
    for module in RAISING:
        import_module(f"constabulary.{module}")
    causes: dict[int, list[str]] = {}
    for status, cause in sorted(_statuses(ConstabularyError)):
        causes.setdefault(status, []).append(cause)
    parts = [
        "# Command line",
        "Printed from the commands themselves. Results go to stdout, talk and progress to stderr. "
        "`--workspace DIR` may stand before or after any command that uses one.",
        "## Exit statuses",
        "| status | cause |\n|---|---|\n| 0 | done |\n| 2 | wrong use of the command |\n"
        + "\n".join(f"| {status} | {' '.join(told)} |" for status, told in causes.items()),
        *(f"## `{path}`\n\n```text\n{text}\n```" for path, text in _commands(cli, "constabulary", None)),
    ]
    return "\n\n".join(parts) + "\n"


def programs() -> str:
    """Return the page on the API, from the routes that are declared; no workspace is opened."""
    from django.conf import settings

    if not settings.configured:
        settings.configure()
    from constabulary.web.api_manual import manual

    import_module("constabulary.web.urls")
    return manual()


def contents() -> str:
    """Return the page that lists all others, by kind and title."""
    parts = [
        "# The manual",
        "Printed from the titles of the pages. Words are in the [glossary](../GLOSSARY.md).",
    ]
    for folder, kind in KINDS.items():
        pages = sorted((HERE / folder).glob("*.md"))
        titles = [page.read_text(encoding="utf-8").split("\n", 1)[0].removeprefix("# ") for page in pages]
        links = [f"- [{title}]({folder}/{page.name})" for title, page in zip(titles, pages, strict=True)]
        parts += [f"## {kind}", "\n".join(links)]
    return "\n\n".join(parts) + "\n"


KINDS = {
    "tutorials": "First steps",
    "how-to": "How to do something",
    "reference": "To look something up",
    "explanation": "Why it is so",
    "decisions": "What was decided",
}
"""What each folder of the manual is for."""

PAGES: dict[str, Callable[[], str]] = {
    "reference/tables.md": tables,
    "reference/api.md": programs,
    "reference/command-line.md": command_line,
    "reference/force-folder.md": force_folder,
    "reference/budget-lines.md": budget_lines,
    "explanation/synthetic-records.md": synthetic_records,
    "README.md": contents,
}
"""Every printed page, by its place under docs/."""


RAISING = ("registers.copying", "registers.opening", "web.start")
"""The modules of the package, beside `core.errors`, that give an error an exit status of its own."""


def _contract(contract: Contract) -> str:
    facts = [f"## {contract.name}", contract.description]
    key = f"Key: `{contract.key}`." if contract.key else "No key: equal rows are kept and counted."
    facts.append(f"{key} Period: `{contract.period}`. Editions of one `{contract.scope}` replace each other.")
    rows = ["| column | type | what | rules |", "|---|---|---|---|"]
    rows += [
        f"| `{column.name}` | {column.kind} | {_what(column)} | {_rules(column)} |"
        for column in contract.columns
    ]
    orders = [f"`{order.later}` may not come before `{order.earlier}`." for order in contract.orders]
    return "\n\n".join([*facts, "\n".join(rows), *([" ".join(orders)] if orders else [])])


def _what(column: Column) -> str:
    faults = f" Known faults: {column.known_faults}" if column.known_faults else ""
    return f"{column.description}{faults}".replace("|", "\\|")


def _rules(column: Column) -> str:
    rules = ["worked out"] if column.derived else []
    rules += ["required"] if column.required and not column.derived else []
    if column.allowed:
        rules.append("one of: " + ", ".join(column.allowed))
    if column.lowest is not None or column.highest is not None:
        rules.append(f"from {column.lowest:g} to {column.highest:g}")
    rules += [f"pattern `{column.pattern}`".replace("|", "\\|")] if column.pattern else []
    rules += [f"{column.privacy}"] if column.privacy != "open" else []
    return "; ".join(rules)


def _statuses(error: type[ConstabularyError]) -> Iterator[tuple[int, str]]:
    summary = (error.__doc__ or "").strip().splitlines()[0]
    if error is not ConstabularyError:
        yield error.exit_status, summary
    for kind in error.__subclasses__():
        yield from _statuses(kind)


def _commands(command: click.Command, path: str, parent: click.Context | None) -> Iterator[tuple[str, str]]:
    context = click.Context(command, info_name=path.rpartition(" ")[2], parent=parent, max_content_width=100)
    yield path, command.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            if found is not None:
                yield from _commands(found, f"{path} {name}", context)


def main() -> int:
    """Write the pages, or check them."""
    is_check = "--check" in sys.argv[1:]
    stale = []
    for name, page in PAGES.items():
        place = HERE / name
        text = page()
        if place.exists() and place.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not is_check:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8", newline="\n")
    for name in stale:
        sys.stdout.write(f"docs/{name} {'is out of date: run make docs' if is_check else 'written'}\n")
    return 1 if is_check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
