"""Posts follow the units of their district, and stay as many as there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import pytest

from constabulary.services.staffing.proposals import _unit_factors
from constabulary.workforce.establishment import Post


@dataclass(frozen=True)
class _Force:
    areas: tuple[Any, ...] = ()


def _post(place: str | None, role: str, posts: float, vacant: float) -> Post:
    return Post(place, role, "response", "three_shifts", posts, vacant, 0.2)


def test_as_many_posts_stay_whatever_the_vacancies_of_their_roles() -> None:
    posts = [
        _post("a", "officer", 60.0, 0.1),
        _post("b", "officer", 20.0, 0.1),
        _post("b", "special", 20.0, 0.6),
        _post("c", "officer", 0.0, 0.1),
        _post(None, "officer", 10.0, 0.1),
    ]
    # Two units to one: 100 posts become 66.7 and 33.3; what has no posts cannot be multiplied and takes none away.
    factors = _unit_factors(cast(Any, _Force()), posts, {"a": 2, "b": 1, "c": 3})
    assert factors == pytest.approx({"a": 200.0 / 3.0 / 60.0, "b": 100.0 / 3.0 / 40.0})
    kept = sum(factors[post.area_id] * post.posts_fte for post in posts if post.area_id in factors)
    assert kept == pytest.approx(100.0)


def test_without_units_where_posts_are_nothing_moves() -> None:
    assert _unit_factors(cast(Any, _Force()), [_post("a", "officer", 60.0, 0.1)], {"b": 1}) == {}
