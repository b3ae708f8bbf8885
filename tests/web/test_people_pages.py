"""The pages about what people say and about a force among its peers."""

from __future__ import annotations

import html
import re
from typing import Any

COMPARE = "/performance/compare/"
PASTED = (
    "force\tcount\tbase\nWestmarch Watch\t120\t1000\nEastmarch Watch\t300\t2000\nNorthmarch Watch\t80\t1000\n"
)


def words(text: str) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", text).split()))


def test_surveys_and_priorities_of_the_force_folder_are_shown(client: Any) -> None:
    page = words(client.get("/performance/people/").text)
    assert "The watch is known by name" in page
    assert "2022: 42.0%" in page
    assert "no more than chance would bring" in page
    assert "3 priorities set at panel meetings, 1 of them open" in page
    assert "Noise at the boat sheds" in page


def test_a_pasted_table_is_ranked_and_compared_with_a_group(changing_client: Any) -> None:
    sent = {"table": PASTED, "force": "Westmarch Watch", "kind": "rate", "direction": "neutral"}
    plain = words(changing_client.post(COMPARE, sent).text)
    assert "rank 2 of 3" in plain
    assert "All 3 forces together: 125.0." in plain
    assert "In the group" not in plain
    grouped = words(changing_client.post(COMPARE, sent | {"group": "river_forces"}).text)
    assert "The group of 2: 100.0." in grouped
    best = words(changing_client.post(COMPARE, sent | {"direction": "decrease"}).text)
    assert "rank 2 of 3 counted from the best (lowest)" in best


def test_what_is_wrong_with_a_pasted_table_is_said_at_its_field(changing_client: Any) -> None:
    sent = {"table": PASTED, "force": "Nowhere", "kind": "rate", "direction": "neutral"}
    answer = changing_client.post(COMPARE, sent)
    assert "Error:" in answer.text
    assert '"Nowhere" is not among the forces compared' in words(answer.text)
    answer = changing_client.post(COMPARE, sent | {"table": "force,count\nA,1\n"})
    assert "there is not one column called base" in words(answer.text)
