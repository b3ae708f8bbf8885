"""What people are told to do about a value that an import cannot read."""

from __future__ import annotations

import pytest

from constabulary.services.records.notices import told
from constabulary.store.records import Notice

NUMBER = "Export numbers with a point for decimals and nothing between thousands."
FORMAT = "Where more are written so, add how to formats of received_at under [columns] in log.toml."
MIDNIGHT = "No day has a 24:00: write 00:00 of the day that is meant."


@pytest.mark.parametrize(
    ("column", "value", "remedy"),
    [
        ("on_scene_s", "1,5", NUMBER),
        ("on_scene_s", "1234,5", NUMBER),
        ("on_scene_s", "1,234.5", NUMBER),
        ("on_scene_s", "-1.234,5", NUMBER),
        ("on_scene_s", "1 234", NUMBER),
        ("n_units", "-1,200", NUMBER),
        ("n_units", "1.234", NUMBER),
        ("n_units", "4.5", None),
        ("n_units", "many", None),
        ("received_at", "12.30", FORMAT),
        ("received_at", "1,5", FORMAT),
        ("received_at", "05/03/2024 24:00", MIDNIGHT),
    ],
)
def test_what_cannot_be_read_is_told_with_the_remedy_of_its_look(
    column: str, value: str, remedy: str | None
) -> None:
    notice = Notice("unreadable", 3, True, "log.csv", 4, column, value, "what the column holds")
    assert told(notice, "log.toml").remedy == remedy
