"""Measures of cover by area: visibility, and establishment beside presence."""

from __future__ import annotations

from datetime import date

import polars as pl

from constabulary.core.errors import BadInput, Problem
from constabulary.cover.visibility import visible
from constabulary.services.cover.kept import Kept, kept
from constabulary.services.cover.measure import Measured, days_of, meanings_of, measured, untold
from constabulary.services.workspace.geography import area_table
from constabulary.services.workspace.lens import view_of
from constabulary.store.workspace import Workspace

LEVELS = ("force", "area", "district", "neighbourhood", "lsoa")


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
        # As its chart: by residents where they are known, else by hours.
        .sort(
            *("per_1000", "visible_officer_hours", "area_id"),
            descending=[True, True, False],
            nulls_last=True,
        )
    )
    total = float(rows["visible_officer_hours"].sum())
    whole = float(rows["all_officer_hours"].sum())
    best = rows.drop_nulls("per_1000").sort("per_1000", descending=True)
    if not whole:
        answer = "No unit was known to be in any of these areas"
    else:
        answer = f"Officers were visible for {total:,.0f} hours, {total / whole:.0%} of their time"
    if total and best.height > 1:
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
        untold(held),
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
    present = float(rows["all_officer_hours"].sum())
    answer = (
        f"{one['name']} has {one['posts_share']:.0%} of the posts and {one['presence_share']:.0%} of the time officers "
        "were known to be in a district"
        if present
        else "No unit was known to be in any district"
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
            "officer_hours": present,
            "roles": {role.id: role.name for role in force.roles if role.id in roles},
        },
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
