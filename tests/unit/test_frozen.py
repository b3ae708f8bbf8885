"""Records declared cheaply are what a frozen dataclass is, which is the second implementation here."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, fields, replace

import pytest

from constabulary.core.frozen import Frozen


class Post(Frozen):
    """A post."""

    role: str
    posts_fte: float
    note: str | None = None


class CivilPost(Post):
    """A post of staff."""

    band: str
    note: str | None = "staff"


@dataclass(frozen=True, kw_only=True)
class AsPost:
    """The same post, declared with the decorator."""

    role: str
    posts_fte: float
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class AsCivilPost(AsPost):
    """The same post of staff."""

    band: str
    note: str | None = "staff"


PAIRS = [(Post, AsPost, {}), (CivilPost, AsCivilPost, {"band": "C"})]


@pytest.mark.parametrize(("ours", "model", "more"), PAIRS)
def test_fields_defaults_and_words_are_those_of_a_frozen_dataclass(ours, model, more):
    one, other = (kind(role="analyst", posts_fte=2.5, **more) for kind in (ours, model))
    assert [field.name for field in fields(one)] == [field.name for field in fields(other)]
    assert vars(one) == vars(other)
    assert repr(one) == repr(other).replace("As", "", 1)
    changed = replace(one, note="new", posts_fte=3.0)
    assert vars(changed) == vars(replace(other, note="new", posts_fte=3.0))


@pytest.mark.parametrize(("ours", "model", "more"), PAIRS)
def test_a_field_left_out_or_unknown_is_refused_as_by_a_frozen_dataclass(ours, model, more):
    for kind in (ours, model):
        with pytest.raises(TypeError, match="posts_fte"):
            kind(role="analyst", **more)
        with pytest.raises(TypeError, match="grade"):
            kind(role="analyst", posts_fte=1.0, grade="C", **more)
        with pytest.raises(TypeError):
            kind("analyst", 1.0, **more)


@pytest.mark.parametrize(("ours", "model", "more"), PAIRS)
def test_nothing_of_a_record_can_be_set_or_taken_away(ours, model, more):
    for kind in (ours, model):
        one = kind(role="analyst", posts_fte=1.0, **more)
        with pytest.raises(FrozenInstanceError):
            one.role = "sergeant"
        with pytest.raises(FrozenInstanceError):
            del one.role


def test_records_are_the_same_by_kind_and_values_also_after_a_journey():
    one = Post(role="analyst", posts_fte=2.5)
    assert one == Post(posts_fte=2.5, role="analyst", note=None)
    assert one != Post(role="analyst", posts_fte=2.0)
    assert one != AsPost(role="analyst", posts_fte=2.5)
    assert len({one, Post(role="analyst", posts_fte=2.5), replace(one, note="x")}) == 2
    assert pickle.loads(pickle.dumps(one)) == one == copy.deepcopy(one)
