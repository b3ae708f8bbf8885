"""Constables' pay against the Home Office series beside the project: entry after probation, middle and top points."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

from constabulary.services.finance.pay import pay_scales
from constabulary.services.finance.resources import force_for

POINTS = {"new": 1, "mid": 6, "top": 7}


def test_the_points_of_2017_to_2020_are_those_of_the_published_series(shared_data: Path):
    scale = pay_scales(force_for(None, "cambridgeshire"))["constable"]
    path = shared_data / "workforce_finance" / "police_constable_pay_2005_2022.csv"
    with path.open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if "2017-09-01" <= row["date"] <= "2020-09-01"]
    assert len(rows) == 12
    for row in rows:
        on = date.fromisoformat(row["date"])
        assert scale.points_on(on)[POINTS[row["service"]]] == Decimal(row["pay"]), row
