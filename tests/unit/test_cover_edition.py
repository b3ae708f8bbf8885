"""The public edition of cover says nothing that rounding alone has made."""

from __future__ import annotations

from datetime import date

from constabulary.cover.disclosure import Rules
from constabulary.services.cover.edition import PublicArea, PublicCover

RULES = Rules(
    least_units=3, least_hours=2, top_two_share=0.9, rounding_hours=5, delay_days=31, protection_hours=5,
    protection_share=0.2,
)  # fmt: skip


def edition(whole: float, parts: tuple[float | None, ...]) -> PublicCover:
    areas = tuple(
        PublicArea(f"a{no}", f"Area {no}", one, (one,), None, (None,), None) for no, one in enumerate(parts)
    )
    n_hidden = parts.count(None)
    return PublicCover(
        "district",
        ("2022-03",),
        date(2022, 6, 1),
        RULES,
        areas,
        whole,
        None,
        n_hidden,
        "",
        "",
        "",
        is_synthetic=False,
    )


def test_areas_that_round_to_more_than_the_whole_leave_nothing_hidden() -> None:
    # By hand: three areas of 3 hours round to 5 each, together 15; their 9 hours round to 10.
    true = (3.0, 3.0, 3.0)
    made = edition(RULES.rounded(sum(true)), tuple(map(RULES.rounded, true)))
    answer = made.as_json()
    assert answer["observed_s"] == 10 * 3600
    assert [area["seconds"] for area in answer["areas"]] == [5 * 3600] * 3
    assert answer["hidden_s"] == 0


def test_what_no_area_shows_is_told_as_hidden_and_one_area_in_the_singular() -> None:
    made = edition(40.0, (25.0, None, 5.0))
    assert made.as_json()["hidden_s"] == 10 * 3600
    assert "; 1 of 3 areas is not shown." in made.sentence()
