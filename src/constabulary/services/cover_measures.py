"""Measures of cover by area: visibility, establishment beside presence, and reach."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import shapely

from constabulary.core.errors import BadInput, Problem
from constabulary.cover.reach import journey_min, reached_share
from constabulary.cover.visibility import by_meaning, visible
from constabulary.parameters.load import load_parameters
from constabulary.services.cover_kept import Kept, kept
from constabulary.services.cover_measure import UNTOLD, Measured, days_of, instants, meanings_of, measured
from constabulary.services.geography import area_table, outlines
from constabulary.services.lens import view_of
from constabulary.store.workspace import Workspace
from constabulary.tables.circles import METRES_A_DEGREE

LEVELS = ("force", "area", "district", "neighbourhood", "lsoa")
STEP = timedelta(minutes=15)


def visibility(
    workspace: Workspace, level: str = "district", *, from_on: date | None = None, to_on: date | None = None
) -> Measured:
    """Return hours out of station and not at a job, by area and per 1,000 residents.

    Parameters
    ----------
    workspace
        Whose positions.
    level
        force, area, district, neighbourhood or lsoa.
    from_on, to_on
        First and last local day; all there are when None.
    """
    held = kept(workspace, known_level(level))
    days = days_of(held, from_on, to_on)
    meanings = meanings_of(held.force)
    found = visible(held.between(*days).filter(pl.col("area_id").is_not_null()), meanings)
    people = residents_of(workspace, level)
    n_days = (days[1] - days[0]).days + 1
    rows = (
        areas_listed(held)
        .join(found.with_columns(pl.col("area_id").cast(pl.String)), on="area_id", how="left")
        .with_columns(pl.selectors.numeric().fill_null(0))
        .join(people, on="area_id", how="left")
        .with_columns(
            per_1000=pl.col("visible_officer_hours") / pl.col("residents") * 1000,
            visible_share=pl.when(pl.col("all_hours") > 0).then(
                pl.col("visible_hours") / pl.col("all_hours")
            ),
            visible_officer_hours_a_day=pl.col("visible_officer_hours") / n_days,
        )
        .sort("visible_officer_hours", "area_id", descending=[True, False])
    )
    total = float(rows["visible_officer_hours"].sum())
    whole = float(rows["all_officer_hours"].sum())
    best = rows.drop_nulls("per_1000").sort("per_1000", descending=True)
    answer = (
        f"Officers were visible for {total:,.0f} hours, {total / whole if whole else 0:.0%} of their time"
    )
    if best.height > 1:
        answer += (
            f"; most per 1,000 residents in {best['name'][0]} ({best['per_1000'][0]:,.1f}), "
            f"least in {best['name'][-1]} ({best['per_1000'][-1]:,.1f})"
        )
    return measured(
        held,
        "visibility",
        "Visibility",
        "Officer-hours out of station and not at a job: free, on the way to one, or of unknown status.",
        answer + ".",
        rows,
        days,
        {"visible_officer_hours": total, "all_officer_hours": whole},
        [] if meanings else [UNTOLD],
        {"level": level},
    )


def establishment(
    workspace: Workspace, *, from_on: date | None = None, to_on: date | None = None
) -> Measured:
    """Return posts of each district beside the time officers were there.

    Parameters
    ----------
    workspace, from_on, to_on
        As for `visibility`.
    """
    held = kept(workspace, "district")
    days = days_of(held, from_on, to_on)
    force = held.force
    latest: dict[tuple[str, str], float] = {}
    for row in sorted(force.establishment, key=lambda one: one.as_at_on):
        if row.area_id is not None:
            latest[row.area_id, row.role] = float(row.posts_fte)
    roles = [role.id for role in force.roles if any(key[1] == role.id for key in latest)]
    posts = pl.DataFrame(
        [
            {"area_id": one.id, **{f"{role}_posts": latest.get((one.id, role), 0.0) for role in roles}}
            for one in force.districts
        ],
        schema={"area_id": pl.String} | {f"{role}_posts": pl.Float64 for role in roles},
    ).with_columns(posts=pl.sum_horizontal([f"{role}_posts" for role in roles]) if roles else pl.lit(0.0))
    seen = visible(held.between(*days).filter(pl.col("area_id").is_not_null()), meanings_of(force))
    hours = ((days[1] - days[0]).days + 1) * 24
    rows = (
        areas_listed(held)
        .join(posts, on="area_id", how="left")
        .join(
            seen.select(pl.col("area_id").cast(pl.String), "all_officer_hours", "visible_officer_hours"),
            on="area_id",
            how="left",
        )
        .join(residents_of(workspace, "district"), on="area_id", how="left")
        .with_columns(pl.selectors.numeric().fill_null(0))
        .with_columns(
            posts_share=_share("posts"),
            presence_share=_share("all_officer_hours"),
            mean_officers_present=pl.col("all_officer_hours") / hours,
        )
        .sort("area_id")
    )
    far = rows.with_columns(apart=pl.col("presence_share") - pl.col("posts_share")).sort(
        pl.col("apart").abs()
    )
    one = far.row(-1, named=True)
    answer = (
        f"{one['name']} has {one['posts_share']:.0%} of the posts and {one['presence_share']:.0%} of the time officers "
        "were known to be in a district"
    )
    return measured(
        held,
        "establishment",
        "Establishment and presence",
        "Full-time equivalent posts of the force folder by district, and officer-hours known to be spent there by any "
        "unit, whatever district it belongs to.",
        answer + ".",
        rows,
        days,
        {
            "posts": float(rows["posts"].sum()),
            "officer_hours": float(rows["all_officer_hours"].sum()),
            "roles": {role.id: role.name for role in force.roles if role.id in roles},
        },
    )


def reach(
    workspace: Workspace,
    *,
    minutes: float = 15.0,
    from_on: date | None = None,
    to_on: date | None = None,
) -> Measured:
    """Return the share of residents and of demand within some minutes of a free unit, by hour of the week.

    Parameters
    ----------
    workspace, from_on, to_on
        As for `visibility`.
    minutes
        The journey that reaches [min].
    """
    if not 0 < minutes <= 240:
        raise BadInput(
            Problem(
                "bad_minutes", f"{minutes:g} minutes is no reach.", expected="0 to 240", column="--minutes"
            )
        )
    held = kept(workspace, "lsoa")
    days = days_of(held, from_on, to_on)
    values = load_parameters("cover")
    shapes = outlines(workspace, "lsoa")
    journeys = _journeys(
        shapes.geometries, float(values["reach_kmh"].value), float(values["reach_detour"].value)
    )
    number = {area: place for place, area in enumerate(shapes.area_ids)}
    begin, end = instants(days, held.force.time_zone)
    meanings = meanings_of(held.force)
    n_instants = int((end - begin) / STEP)
    free = ["free"] if meanings else ["unknown"]
    stays = (
        by_meaning(held.visits, meanings)
        .filter(pl.col("meaning").is_in(free), pl.col("area_id").is_not_null())
        .select(
            area=pl.col("area_id").cast(pl.String).replace_strict(number, return_dtype=pl.Int64),
            first=_instant("arrived_at", begin).clip(0, n_instants),
            last=_instant("left_at", begin).clip(0, n_instants),
        )
        .filter(pl.col("first") < pl.col("last"))
    )
    people, has_lsoas = _weights(workspace, shapes.area_ids)
    demand = incidents(workspace, "lsoa", days)
    asked = np.zeros(len(number))
    for area, n in demand.group_by("area_id").len().iter_rows():
        if area in number:
            asked[number[area]] = n
    area, first, last = (stays[name].to_numpy() for name in ("area", "first", "last"))
    shares = [
        reached_share(area, first, last, n_instants, journeys, minutes, weight) for weight in (people, asked)
    ]
    local = pl.datetime_range(begin, end, STEP, closed="left", eager=True).dt.convert_time_zone(
        held.force.time_zone
    )
    rows = (
        pl.DataFrame(
            {
                "local_hour_of_week": (local.dt.weekday().cast(pl.Int64) - 1) * 24 + local.dt.hour(),
                "residents_share": shares[0],
                "demand_share": shares[1],
            }
        )
        .group_by("local_hour_of_week")
        .agg(pl.col("residents_share", "demand_share").mean())
        .sort("local_hour_of_week")
        .with_columns(demand_share=pl.when(pl.lit(demand.height > 0)).then(pl.col("demand_share")))
    )
    mean = float(shares[0].mean())
    low = rows.sort("residents_share", "local_hour_of_week").row(0, named=True)
    answer = (
        f"On average {mean:.0%} of residents were within {minutes:g} minutes of a free unit; fewest, "
        f"{low['residents_share']:.0%}, {hour_words(low['local_hour_of_week'])}"
    )
    warnings = [] if meanings else [UNTOLD]
    if not has_lsoas:
        warnings.append(
            "Residents of LSOAs are not known; those of each district are shared out evenly over its LSOAs."
        )
    return measured(
        held,
        "reach",
        "Reach",
        f"Share of residents, and of the period's incidents, within {minutes:g} minutes of a free unit, every quarter "
        f"of an hour: straight line from the middle of one LSOA to that of another times "
        f"{values['reach_detour'].value:g}, at {values['reach_kmh'].value:g} km/h.",
        answer + ".",
        rows,
        days,
        {"residents_share": mean, "demand_share": float(shares[1].mean()) if demand.height else None},
        warnings,
        {"minutes": minutes},
    )


def hour_words(hour_of_week: int) -> str:
    """Return an hour of the week in words: "Monday 03:00 to 04:00"."""
    day = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[hour_of_week // 24]
    return f"{day} {hour_of_week % 24:02}:00 to {(hour_of_week + 1) % 24:02}:00"


def residents_of(workspace: Workspace, level: str) -> pl.DataFrame:
    """Return the residents of each area of a level, empty where not known: area_id, residents."""
    rows = area_table(workspace).filter(pl.col("level") == level)
    return rows.select("area_id", residents="population").unique("area_id", keep="last")


def incidents(workspace: Workspace, level: str, days: tuple[date, date]) -> pl.DataFrame:
    """Return area_id and received_at of each incident placed in an area of a level; made-up ones only without real."""
    column = {"force": "force", "lsoa": "lsoa_code", "area": "district"}.get(level, level)
    query = (
        f'SELECT "{column}" AS area_id, received_at, is_synthetic FROM incidents '  # noqa: S608 (a column of ours)
        'WHERE "local_on" BETWEEN ? AND ?'
    )
    found = view_of(workspace).lens.sql(query, [days[0], days[1]])
    if found.height and not found["is_synthetic"].all():
        found = found.filter(~pl.col("is_synthetic"))
    if level == "area":
        force = view_of(workspace).force
        of = {one.id: one.area_id for one in force.districts}
        found = found.with_columns(pl.col("area_id").replace_strict(of, default=None, return_dtype=pl.String))
    return found.select(pl.col("area_id").cast(pl.String), "received_at").drop_nulls()


def _weights(workspace: Workspace, area_ids: tuple[str, ...]) -> tuple[Any, bool]:
    """Return residents of LSOAs, and whether they are known; else those of districts shared out evenly."""
    rows = area_table(workspace)
    known = {
        row["area_id"]: row["population"]
        for row in rows.filter(pl.col("level") == "lsoa").iter_rows(named=True)
    }
    if all(known.get(area) is not None for area in area_ids):
        return np.array([float(known[area]) for area in area_ids]), True
    parent = {row["area_id"]: row["parent_id"] for row in rows.iter_rows(named=True)}
    people = {
        row["area_id"]: row["population"]
        for row in rows.filter(pl.col("level") == "district").iter_rows(named=True)
    }
    district = []
    for area in area_ids:
        here: str | None = area
        while here is not None and here not in people:
            here = parent.get(here)
        district.append(here)
    return np.array([people.get(one, 0) / district.count(one) if one else 0.0 for one in district]), False


def _journeys(shapes: tuple[Any, ...], speed_kmh: float, detour: float) -> Any:
    middle = shapely.centroid(list(shapes))
    x, y = shapely.get_x(middle), shapely.get_y(middle)
    size = shapely.area(list(shapes)) * METRES_A_DEGREE**2 * np.cos(np.radians(y))
    return journey_min(x, y, size, speed_kmh, detour)


def _instant(column: str, begin: Any) -> pl.Expr:
    """Return the number of the first instant at or after a time."""
    since = (pl.col(column) - pl.lit(begin)).dt.total_microseconds()
    step = int(STEP.total_seconds() * 1e6)
    return -((-since) // step)


def _share(column: str) -> pl.Expr:
    total = pl.col(column).sum()
    return pl.when(total > 0).then(pl.col(column) / total).otherwise(0.0)


def known_level(level: str) -> str:
    """Return a level of `LEVELS`.

    Raises
    ------
    BadInput
        If it is none of them.
    """
    if level not in LEVELS:
        raise BadInput(
            Problem(
                "no_such_level",
                f'"{level}" is no level.',
                value=level,
                column="--by",
                expected=", ".join(LEVELS),
            )
        )
    return level


def areas_listed(held: Kept) -> pl.DataFrame:
    """Return area_id and name of every area, those without any time included."""
    names = held.names
    return pl.DataFrame(
        {"area_id": list(names), "name": list(names.values())},
        schema={"area_id": pl.String, "name": pl.String},
    )
