"""The rules of the house that no other tool enforces."""

from __future__ import annotations

import ast
import doctest
import re
import subprocess
import sys
import tomllib
from graphlib import TopologicalSorter
from importlib import import_module
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "constabulary"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "vendor" not in path.parts)
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc"}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_says_what_it_is_for_and_stays_under_500_lines(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    assert text.count("\n") <= 500
    assert module.stem not in VAGUE
    if text.strip() and "migrations" not in module.parts:
        summary = ast.get_docstring(ast.parse(text))
        assert summary and summary.splitlines()[0].endswith((".", ":")), "its first line is no sentence"


@pytest.mark.parametrize(
    "module",
    [path for path in MODULES if ">>> " in path.read_text(encoding="utf-8")],
    ids=lambda path: path.relative_to(PACKAGE).as_posix(),
)
def test_the_examples_in_the_docstrings_of_a_module_hold(module: Path) -> None:
    name = ".".join(module.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
    told = doctest.testmod(import_module(name))
    assert told.attempted > 0 and told.failed == 0


def explained(docstring: str) -> list[str]:
    """Return the names that the part "Parameters" of a docstring explains."""
    part = re.search(r"^Parameters\n-+\n(.*?)(?=^\w[\w ]*\n-+$|\Z)", docstring, re.DOTALL | re.MULTILINE)
    lines = re.findall(r"^\S.*$", part[1], re.MULTILINE) if part else []
    return [name.strip(" *") for line in lines for name in line.split(",")]


def taken(one: ast.FunctionDef | ast.ClassDef) -> set[str]:
    """Return the parameters of a function; of a class, its fields and what it is made from."""
    if isinstance(one, ast.FunctionDef):
        given = one.args
        parameters = (*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg)
        return {parameter.arg for parameter in parameters if parameter}
    fields = {ast.unparse(part.target) for part in one.body if isinstance(part, ast.AnnAssign)}
    made = [part for part in one.body if isinstance(part, ast.FunctionDef) and part.name == "__init__"]
    return fields.union(*map(taken, made))


def test_a_parameter_that_a_docstring_made_up_is_found() -> None:
    (one,) = ast.parse(
        'def f(x, *rest):\n    """Do.\n\n    Parameters\n    ----------\n    x, y\n        Two.\n    """'
    ).body
    assert isinstance(one, ast.FunctionDef)
    assert [name for name in explained(ast.get_docstring(one) or "") if name not in taken(one)] == ["y"]


def test_no_docstring_explains_a_parameter_that_is_not_there() -> None:
    wrong = [
        f"{module.relative_to(PACKAGE)}, {one.name}: {name}"
        for module in MODULES
        for one in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(one, ast.FunctionDef | ast.ClassDef)
        for name in explained(ast.get_docstring(one) or "")
        if name not in taken(one)
    ]
    assert wrong == []


def test_every_public_column_is_in_the_glossary() -> None:
    from constabulary.tables.catalogue import CONTRACTS

    glossary = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
    columns = {column.name for contract in CONTRACTS.values() for column in contract.columns}
    words = set(re.findall(r"`([a-z_0-9]+)`", glossary)) | set(
        re.findall(r"^\| ([a-z_]+)", glossary, re.MULTILINE)
    )
    assert columns - words == set()


def test_every_column_that_is_required_or_keyed_exists() -> None:
    from constabulary.tables.catalogue import CONTRACTS

    for contract in CONTRACTS.values():
        names = [column.name for column in contract.columns]
        assert len(names) == len(set(names))
        orders = {name for order in contract.orders for name in (order.earlier, order.later)}
        assert {contract.period, contract.scope, *orders, *([contract.key] if contract.key else [])} <= set(
            names
        )


def test_the_package_asks_for_what_the_lock_gives_and_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {re.split(r"[<>=\[]", name)[0] for name in project["dependencies"]}
    lines = (ROOT / "requirements" / "base.in").read_text(encoding="utf-8").splitlines()
    named = [line for line in lines if line and not line.startswith("#")]
    reasons = {re.split(r"[<>=\[\s]", line)[0]: line.partition("#")[2].strip() for line in named}
    assert all(reasons.values())
    assert set(reasons) - {"hatchling", "editables"} == asked


@pytest.mark.parametrize("lock", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda path: path.name)
def test_a_lock_pins_hashes_and_names_no_address(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    for requirement in re.split(r"\n(?=[a-z])", text.partition("\n")[2])[1:]:
        assert "==" in requirement and "--hash=sha256:" in requirement, requirement


def test_the_front_end_lock_names_no_address() -> None:
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text(encoding="utf-8")


BITES = [
    ("demand", "import django\n", "TID251"),
    ("tables", "import duckdb\n", "TID251"),
    ("core", "from datetime import datetime\n\nx = datetime.now()\n", "TID251"),
    ("numeric", "import os\n\nx = os.environ\n", "TID251"),
    ("parameters", "import urllib.request\n", "TID251"),
]


@pytest.mark.parametrize(("room", "code", "rule"), BITES)
def test_the_ban_on_engines_clocks_and_networks_bites_in_the_pure_rooms(
    room: str, code: str, rule: str
) -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--stdin-filename", f"src/constabulary/{room}/probe.py", "-"],
        input=code,
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert rule in checked.stdout


def test_the_import_rules_bite(tmp_path: Path) -> None:
    config = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    upside_down = config.replace(
        '    "cli",\n    "web",\n    "services",\n', '    "services",\n    "cli",\n    "web",\n', 1
    )
    assert upside_down != config
    (tmp_path / "rules.toml").write_text(upside_down, encoding="utf-8")
    linter = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run(
        [linter, "--config", tmp_path / "rules.toml", "--no-cache"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert checked.returncode == 1
    assert "BROKEN" in checked.stdout


def test_no_modules_import_each_other_in_a_circle_not_even_inside_functions() -> None:
    graph = grimp.build_graph("constabulary", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert imports["constabulary.render.paper_pdf"] == {"constabulary.render.paper"}
    TopologicalSorter(imports).prepare()  # raises CycleError, which names the circle


def test_the_printed_manual_is_current() -> None:
    checked = subprocess.run(
        [sys.executable, ROOT / "docs" / "build.py", "--check"], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout


def _anchor(heading: str) -> str:
    """Return the name a heading has in a link, as it is made on the repository's pages."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize(
    "page",
    sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]),
    ids=lambda page: page.relative_to(ROOT).as_posix(),
)
def test_no_link_of_a_page_is_dead(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    dead = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        if not target.exists():
            dead.append(link)
        elif anchor and target.suffix == ".md":
            headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            dead += [link] if anchor not in map(_anchor, headings) else []
    assert dead == []


def test_a_page_of_the_manual_that_is_named_in_the_code_is_there() -> None:
    sources = [*MODULES, *(PACKAGE / "web").rglob("*.html"), *(ROOT / "tests").rglob("*.py")]
    named = {
        (name, source.name)
        for source in sources
        for name in re.findall(r"docs/[\w/-]+\.md", source.read_text(encoding="utf-8"))
    }
    assert {(name, source) for name, source in named if not (ROOT / name).is_file()} == set()


def test_nothing_in_the_repository_names_a_place_on_one_machine_or_an_invented_registry() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], capture_output=True, text=True, cwd=ROOT, check=True
    ).stdout
    places = re.compile(r"(?<![\w.])/(?:work|root|home/[a-z]+)/[A-Za-z]")
    found = []
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if path.suffix in {".png", ".gz", ".parquet", ".xlsx"} or not path.exists():
            continue
        if places.search(path.read_text(encoding="utf-8", errors="replace")):
            found.append(name)
    assert found == []
