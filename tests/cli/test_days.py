"""Options that are days."""

from __future__ import annotations

from datetime import date

import click
import pytest
from click.testing import CliRunner

from constabulary.cli.main import main
from constabulary.cli.options import DAY


@pytest.mark.parametrize("day", ["1900-01-01", "2099-12-31"])
def test_the_first_and_the_last_day_that_can_be_are_read(day: str) -> None:
    assert DAY.convert(day, None, None).date() == date.fromisoformat(day)


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2100-01-01", "9999-12-31"])
def test_a_day_that_no_calendar_holds_is_refused(day: str) -> None:
    with pytest.raises(click.BadParameter, match=f"{day} is no day from 1900-01-01 to 2099-12-31"):
        DAY.convert(day, None, None)


@pytest.mark.parametrize(
    "command",
    [
        ("cover", "presence", "--from"),
        ("cover", "presence", "--to"),
        ("response", "rota", "--from"),
    ],
)
def test_commands_that_ask_for_a_day_refuse_it_as_wrong_use(command: tuple[str, ...]) -> None:
    told = CliRunner().invoke(main, [*command, "9999-12-31"])
    assert told.exit_code == 2
    assert "9999-12-31 is no day" in told.output
