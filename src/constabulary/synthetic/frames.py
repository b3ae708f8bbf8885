"""Turns drawn numbers into the columns of the contracts of calls and incidents."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from constabulary.core.force import Force
from constabulary.synthetic.attendance import Attended
from constabulary.synthetic.calendar import Year
from constabulary.synthetic.contacts import NEVER, Contacts
from constabulary.synthetic.incidents import NO_CONTACT, Opened
from constabulary.synthetic.places import Located, Places
from constabulary.tables.calls import CALLS
from constabulary.tables.incidents import INCIDENTS


def calls_frame(force: Force, year: Year, contacts: Contacts, opened: Opened) -> pl.DataFrame:
    """Return the supplied columns of the calls contract, in order of arrival."""
    n = len(contacts.received_s)
    incident_no = np.full(n, -1)
    is_linked = opened.contact_no != NO_CONTACT
    incident_no[opened.contact_no[is_linked]] = np.flatnonzero(is_linked)
    incident_id = _ids("I", year, len(opened.received_s))
    frame = pl.DataFrame(
        {
            "call_id": _ids("C", year, n),
            "channel": _codes([channel.id for channel in force.channels], contacts.channel_no),
            "received_at": _instants(contacts.received_s),
            "answered_at": _instants(contacts.answered_s),
            "ended_at": _instants(contacts.ended_s),
            "handling_s": _known(pl.Series(contacts.handling_s.astype(float)), contacts.handling_s != NEVER),
            "is_abandoned": pl.Series(contacts.is_abandoned),
            "incident_id": incident_id.gather(_or_none(incident_no)),
        }
    )
    return frame.select(pl.col(column.name).cast(column.dtype) for column in CALLS.supplied)


def incidents_frame(
    force: Force,
    year: Year,
    contacts: Contacts,
    opened: Opened,
    categories: tuple[NDArray[np.int64], NDArray[np.int64]],
    has_qualifier: NDArray[np.bool_],
    attended: Attended,
    places: Places | None,
    located: Located | None,
) -> pl.DataFrame:
    """Return the supplied columns of the incidents contract, in order of arrival."""
    n = len(opened.received_s)
    is_linked = opened.contact_no != NO_CONTACT
    channel_no = np.full(n, -1)
    channel_no[is_linked] = contacts.channel_no[opened.contact_no[is_linked]]
    category_ids = [category.id for category in force.incident_categories]
    opening, closing = categories
    frame = pl.DataFrame(
        {
            "incident_id": _ids("I", year, n),
            "received_at": _instants(opened.received_s),
            "opening_category": _codes(category_ids, opening),
            "category": _codes(category_ids, closing),
            "grade": _codes([grade.id for grade in force.grades], attended.grade_no),
            "channel": _codes([channel.id for channel in force.channels], channel_no),
            "qualifiers": _joined([qualifier.id for qualifier in force.qualifiers], has_qualifier),
            "dispatched_at": _instants(attended.dispatched_s),
            "arrived_at": _instants(attended.arrived_s),
            "closed_at": _instants(attended.closed_s),
            "n_units": pl.Series(attended.n_units),
            "on_scene_s": pl.Series(attended.on_scene_s.astype(float)),
        }
    )
    if places is not None and located is not None:
        frame = frame.with_columns(
            pl.Series("longitude", located.longitude),
            pl.Series("latitude", located.latitude),
            _codes(places.codes, located.area_no).alias("lsoa_code"),
            _codes(places.names, located.area_no).alias("lsoa_name"),
        )
    empty = [
        pl.lit(None).alias(column.name) for column in INCIDENTS.supplied if column.name not in frame.columns
    ]
    return frame.with_columns(empty).select(
        pl.col(column.name).cast(column.dtype) for column in INCIDENTS.supplied
    )


def _ids(letter: str, year: Year, n: int) -> pl.Series:
    """Return keys that no other year of the same force has, such as S20170401-C0000001."""
    number = pl.int_range(1, n + 1, eager=True).cast(pl.String).str.zfill(7)
    return pl.Series([f"S{year.first_on:%Y%m%d}-{letter}"], dtype=pl.String).new_from_index(0, n) + number


def _codes(ids: list[str] | tuple[str, ...], numbers: NDArray[np.int64]) -> pl.Series:
    return pl.Series(ids, dtype=pl.Categorical()).gather(_or_none(numbers))


def _or_none(numbers: NDArray[np.int64]) -> pl.Series:
    return _known(pl.Series(numbers), numbers >= 0).cast(pl.UInt32)


def _instants(seconds: NDArray[np.int64]) -> pl.Series:
    instant = pl.Series(seconds * 1_000_000).cast(pl.Datetime("us", "UTC"))
    return _known(instant, seconds != NEVER)


def _known(values: pl.Series, is_known: NDArray[np.bool_]) -> pl.Series:
    if is_known.all():
        return values
    return pl.select(pl.when(pl.Series(is_known)).then(values)).to_series()


def _joined(ids: list[str], has: NDArray[np.bool_]) -> pl.Series:
    """Return the ids each row has, parted by semicolons; empty where it has none. `has` has the shape (rows, ids)."""
    if not ids or len(has) == 0:
        return pl.Series([None], dtype=pl.Categorical()).new_from_index(0, len(has))
    found, place = np.unique(has, axis=0, return_inverse=True)
    texts = [";".join(each for each, is_in in zip(ids, row, strict=True) if is_in) or None for row in found]
    return pl.Series(texts, dtype=pl.Categorical()).gather(place.ravel())
