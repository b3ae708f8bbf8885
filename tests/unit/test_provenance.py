"""The stamp of a result: what it is worked out from, the code too."""

from __future__ import annotations

from pathlib import Path

import pytest

from constabulary import __version__
from constabulary.core.provenance import Stamp, code_version, source_digest


@pytest.fixture
def package(tmp_path: Path) -> Path:
    for name in (
        "response/dispatch.py",
        "parameters/values/tax.yaml",
        "web/page.py",
        "forces/shire/values.yaml",
    ):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("first", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", ["response/dispatch.py", "parameters/values/tax.yaml"])
def test_other_source_or_values_make_another_digest(package: Path, name: str) -> None:
    before = source_digest(package)
    (package / name).write_text("other", encoding="utf-8")
    after = source_digest(package)
    assert before != after
    (package / name).write_text("first", encoding="utf-8")
    assert source_digest(package) == before


def test_a_module_of_another_name_makes_another_digest(package: Path) -> None:
    before = source_digest(package)
    (package / "response/dispatch.py").rename(package / "response/sending.py")
    assert source_digest(package) != before


@pytest.mark.parametrize(
    "name",
    ["web/page.py", "forces/shire/values.yaml", "response/__pycache__/dispatch.py", "response/notes.md"],
)
def test_what_only_shows_figures_is_an_input_or_is_no_source_changes_none(package: Path, name: str) -> None:
    before = source_digest(package)
    (package / name).parent.mkdir(exist_ok=True)
    (package / name).write_text("other", encoding="utf-8")
    assert source_digest(package) == before


def test_a_result_kept_by_other_code_of_the_same_version_has_another_stamp() -> None:
    ours = Stamp({"force folder": "ab"}, {"kind": "simulation"}, seed=1)
    theirs = Stamp({"force folder": "ab"}, {"kind": "simulation"}, code=f"{__version__}+0123456789ab", seed=1)
    assert ours.code == code_version()
    assert ours.code.startswith(f"{__version__}+")
    assert ours.id != theirs.id
