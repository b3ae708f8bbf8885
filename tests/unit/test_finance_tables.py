"""The tables of money in a force folder: what each rule across cells and rows refuses, with file, row and column."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from constabulary.core.errors import BadForceFolder
from constabulary.core.force import load_force

WESTMARCH = Path(__file__).parents[1] / "forces" / "westmarch"
WHY = ",,assumed,Made up"

BAD = {
    "a year that is none": ("band_d.csv", f"2022/24,1,{WHY}", "period", "not a year"),
    "an amount below zero": ("band_d.csv", f"2030,-1,{WHY}", "band_d_gbp", "below zero"),
    "a base that is not told": (
        "tax_bases.csv",
        f"2030,x,X,,,,,,{WHY}",
        "base",
        "neither base nor dwellings",
    ),
    "a scale that rounds to nothing": (
        "pay_awards.csv",
        f"warden,2030-01-01,0.1,0,{WHY}",
        "step_gbp",
        "rounded",
    ),
    "a group that is none": ("pay_strength.csv", f"nobody,1,1,{WHY}", "group_id", "not among the pay_groups"),
    "reserves of two days": ("reserves.csv", f"x,X,general,P,1,2020-12-31,{WHY}", "as_at_on", "not the day"),
    "a kind of reserve that is none": ("reserves.csv", f"x,X,secret,P,1,2021-12-31,{WHY}", "kind", "secret"),
    "a movement of no reserve": (
        "reserve_movements.csv",
        f"x,2022,1,R,{WHY}",
        "reserve_id",
        "not among the reserves",
    ),
    "spending below zero": ("capital_schemes.csv", f"x,2022,X,-1,5,{WHY}", "spend_gbp", "below zero"),
    "a month that is none": ("actuals.csv", f"wardens,2022-13,1,{WHY}", "calendar_month", "not a month"),
    "a profile that is not whole": (
        "budget_profiles.csv",
        f"lamps,3,0.5,{WHY}",
        "month_share",
        "come to 0.5",
    ),
    "a month beyond the year": ("budget_profiles.csv", f"lamps,13,1,{WHY}", "month", "13 is not a month"),
}


@pytest.mark.parametrize("case", BAD)
def test_is_refused(case: str, tmp_path: Path):
    name, row, column, said = BAD[case]
    folder = tmp_path / "force"
    shutil.copytree(WESTMARCH, folder)
    with (folder / "finance" / name).open("a", encoding="utf-8") as table:
        table.write(f"{row}\n")
    with pytest.raises(BadForceFolder) as caught:
        load_force(folder)
    [problem] = [one for one in caught.value.problems if one.column == column]
    assert problem.file == f"finance/{name}"
    assert said in str(problem)
    assert problem.row
