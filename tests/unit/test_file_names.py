"""A name made from what people call things can be held by every system."""

from __future__ import annotations

from pathlib import PureWindowsPath

import pytest

from constabulary.core.file_names import MOST_BYTES, file_name

ODD = [
    *(
        "",
        ".",
        "..",
        " ",
        "a/b",
        "a\\b",
        "C:x",
        "a:b?.csv",
        "tab\t.csv",
        "x\x00y.csv",
        "name. ",
        "name...",
        "<>|*",
    ),
    *("con", "CON.csv", "Aux.tar.gz", "nul .csv", "com1", "LPT9.toml", "com¹.txt", "\udcff.csv"),
    *("☃" * 250 + ".csv", "x" * 400, "a." + "y" * 400, "." + "z" * 400),
    *("a" * 148 + ". b" * 40 + "c" * 20, "con" + " " * 200 + "x", "." * 200 + "x" * 20),
]


@pytest.mark.parametrize("text", ODD)
def test_every_system_can_hold_it(text: str) -> None:
    name = file_name(text)
    windows = PureWindowsPath(name)
    assert windows.name == name and windows.anchor == "" and not windows.is_reserved()
    assert not set(name) & set('<>:"/\\|?*') and name.isprintable()
    assert 0 < len(name.encode()) <= MOST_BYTES
    assert name.rstrip(". ") == name
    assert file_name(name) == name


@pytest.mark.parametrize(
    "text", ["2024-10-cambridgeshire-street.csv.gz", "Übersicht März.xlsx", ".hidden", "console.csv"]
)
def test_a_name_that_is_fit_stays_as_it_is(text: str) -> None:
    assert file_name(text) == text


def test_a_long_name_keeps_its_ending() -> None:
    assert file_name("☃" * 250 + ".csv").endswith("☃.csv")
