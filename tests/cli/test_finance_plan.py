"""The commands of the financial plan: their answers on every force, the plan from the how-to, refusals and statuses."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from constabulary.cli import main

ROOT = Path(__file__).parents[2]
WESTMARCH = ROOT / "tests" / "forces" / "westmarch"
HOW_TO = ROOT / "docs" / "how-to"
FORCES = ("cambridgeshire", str(WESTMARCH))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["finance", *arguments])


def asked(*arguments: str) -> dict[str, Any]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    assert found["schema"] == 1
    return found


def blocks(page: str) -> dict[str, str]:
    """The files that a how-to shows, by name."""
    text = (HOW_TO / page).read_text(encoding="utf-8")
    return dict(re.findall(r"```(?:csv|toml) (\S+)\n(.*?)```", text, re.DOTALL))


@pytest.fixture
def own_force(tmp_path: Path) -> Path:
    """A force folder whose plan is the one of the how-to."""
    folder = tmp_path / "own"
    shutil.copytree(WESTMARCH, folder)
    shutil.rmtree(folder / "finance" / "plan")
    for name, text in blocks("make-a-financial-plan.md").items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("force", FORCES)
def test_the_plan_keeps_the_command_contract(force: str) -> None:
    found = asked("plan", "--force", force)
    n = len(found["years"])
    for name in ("net_budget_requirement_gbp", "gap_gbp", "band_d_gbp"):
        assert len(found[name]) == n
    for line in found["lines"]:
        assert {"id", "title", "values", "printed", "working"} <= line.keys()
        assert len(line["values"]) == len(line["working"]) == n
        assert line["printed"] is None or len(line["printed"]) == n
        for value, working in zip(line["values"], line["working"], strict=True):
            assert sum(step["change"] for step in working["steps"]) == pytest.approx(value, abs=0.005)
    financing = next(line["values"] for line in found["lines"] if line["kind"] == "financing")
    for gap, money, need in zip(
        found["gap_gbp"], financing, found["net_budget_requirement_gbp"], strict=True
    ):
        assert gap == pytest.approx(money - need, abs=0.005)
    assert sum(found["evidence"]["share"].values()) == pytest.approx(1)


def test_the_shipped_plan_returns_the_printed_columns() -> None:
    found = asked("plan", "--force", "cambridgeshire")
    assert found["years"] == ["2012/13", "2013/14", "2014/15", "2015/16", "2016/17"]
    lines = {line["id"]: line for line in found["lines"]}
    assert len([line for line in found["lines"] if line["ref"]]) == 54
    pay = lines["local_officer_pay"]
    assert pay["values"] == pay["printed"] == [51093000.0, 45580000.0, 45932000.0, 46671000.0, 47376000.0]
    assert found["band_d_gbp"] == [174.51, 177.93, 181.49, 185.12, 188.82]
    assert found["reproduction"]["n_returned"] >= 158


@pytest.mark.parametrize("force", FORCES)
def test_every_question_is_answered_for_every_force(force: str) -> None:
    of = ("--force", force)
    assert asked("solve", "band-d", *of)["years"]
    officers = asked("solve", "officers", "--rise", "5", "--officer-cost", "12000", *of)
    assert officers["n_officers"] == officers["intakes"][-1]["n_so_far"]
    for year in asked("solve", "savings", "--reserve", "50000", *of)["years"]:
        assert year["reserve_gbp"] >= year["floor_gbp"]
    assert asked("solve", "savings", *of)["reserve_basis"]
    assert {"band_d_1_pound", "pay_1_percent"} <= {rule["id"] for rule in asked("reckoner", *of)["rules"]}
    swings = [one["swing_gbp"] for one in asked("sensitivity", *of)["swings"]]
    assert swings == sorted(swings, reverse=True) and swings[0] > 0
    fan = asked("fan", "--draws", "200", *of)
    assert all(year["gap_gbp"] == sorted(year["gap_gbp"]) for year in fan["years"])
    assert fan == asked("fan", "--draws", "200", *of)
    assert asked("backtest", *of)["figures"]
    assert asked("changes", force, *of)["lines"] == []


@pytest.mark.parametrize(
    "command",
    [
        "plan",
        "solve band-d",
        "solve officers --rise 4",
        "solve savings",
        "reckoner",
        "sensitivity",
        "fan",
        "backtest",
    ],
)
def test_every_answer_can_be_read_as_text(command: str) -> None:
    result = run(*command.split(), "--force", str(WESTMARCH))
    assert result.exit_code == 0, result.output
    assert result.stdout.strip()


def test_the_plan_of_the_how_to_balances_in_its_base_year_and_answers_every_question(own_force: Path) -> None:
    of = ("--force", str(own_force))
    found = asked("plan", *of)
    assert found["years"] == ["2026/27", "2027/28", "2028/29", "2029/30"]
    assert found["gap_gbp"][0] == pytest.approx(0, abs=1)
    assert found["gap_gbp"][1] < 0
    assert [text.split(chr(34))[1] for text in found["findings"]] == ["grant", "new_homes"]
    # The award of September 2026 has its other five twelfths in 2027/28, beside seven twelfths of the next.
    pay = next(line for line in found["lines"] if line["id"] == "officer_pay")
    factor = 1.03 * (1 + 0.025 * 7 / 12) / (1 + 0.03 * 7 / 12) * 1.006
    assert pay["values"][1] == pytest.approx(61_250_000 * factor + 310_000, abs=0.02)
    assert asked("solve", "band-d", *of)["years"]
    assert asked("reckoner", *of)["rules"]
    assert asked("sensitivity", *of)["swings"]
    assert asked("fan", "--draws", "100", *of)["years"]
    assert run("backtest", *of).exit_code == 9
    assert CliRunner().invoke(main, ["force", "check", str(own_force)]).exit_code == 0


def test_the_plan_runs_in_a_workspace_made_from_ones_own_folder(own_force: Path, tmp_path: Path) -> None:
    made = CliRunner().invoke(main, ["new", str(tmp_path / "mine"), "--force", str(own_force)])
    assert made.exit_code == 0, made.output
    found = asked("plan", "--workspace", str(tmp_path / "mine"))
    assert found["plan"] == "mtfp"
    assert found["stamp"] == asked("plan", "--force", str(own_force))["stamp"]


def test_the_scenario_of_the_how_to_moves_the_plan_and_its_bridge_adds_up(tmp_path: Path) -> None:
    ((name, text),) = ((n, t) for n, t in blocks("ask-a-financial-plan.md").items() if n.endswith(".toml"))
    (tmp_path / name).write_text(text, encoding="utf-8")
    found = asked("scenario", str(tmp_path / name), "--force", "cambridgeshire")
    (one,) = found["scenarios"]
    for at, difference in enumerate(one["difference_gbp"]):
        assert sum(step["effect_gbp"][at] for step in one["bridge"]) == pytest.approx(difference, abs=0.005)
    assert (
        one["gap_gbp"]
        == asked("plan", "--scenario", str(tmp_path / name), "--force", "cambridgeshire")["gap_gbp"]
    )
    # Every question can be asked in the scenario.
    within = ("--scenario", str(tmp_path / name), "--force", "cambridgeshire")
    solved = asked("solve", "band-d", *within)["years"]
    assert [year["gap_gbp"] for year in solved] == one["gap_gbp"][2:]
    assert asked("sensitivity", *within)["gap_gbp"] == one["gap_gbp"][-1]
    assert asked("fan", "--draws", "50", *within)["planned_gbp"] == one["gap_gbp"][2:]
    assert asked("solve", "savings", *within)["years"][0]["gap_gbp"] == one["gap_gbp"][2]
    assert asked("reckoner", *within)["stamp"] != asked("reckoner", "--force", "cambridgeshire")["stamp"]
    # Ten officers at 45,920 from September: seven twelfths of 459,200 in the first year.
    officers = next(step for step in one["bridge"] if step["title"] == "Ten more officers")
    assert officers["effect_gbp"][2] == pytest.approx(-459_200 * 7 / 12, abs=0.01)
    assert one["referendum"][1]["check"]["is_excessive"] is False
    text_answer = run("scenario", str(tmp_path / name), "--force", "cambridgeshire")
    assert "Pay at 2%, ten more officers" in text_answer.stdout


def test_the_spreads_of_the_how_to_are_taken(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    shutil.copytree(ROOT / "src" / "constabulary" / "forces" / "cambridgeshire", folder)
    for name, text in blocks("ask-a-financial-plan.md").items():
        if name.endswith(".csv"):
            (folder / name).write_text(text, encoding="utf-8")
    swings = asked("sensitivity", "--force", str(folder))["swings"]
    pay = next(one for one in swings if one["spread"]["driver_id"] == "officer_pay")
    assert (pay["spread"]["low"], pay["spread"]["high"]) == (-0.005, 0.02)


def test_changes_since_a_saved_plan_are_told_line_by_line(own_force: Path, tmp_path: Path) -> None:
    saved = tmp_path / "january.json"
    saved.write_text(run("plan", "--json", "--force", str(own_force)).stdout, encoding="utf-8")
    assert asked("changes", str(saved), "--force", str(own_force))["lines"] == []
    drivers = own_force / "finance" / "plan" / "drivers.csv"
    drivers.write_text(drivers.read_text(encoding="utf-8").replace("620000", "520000"), encoding="utf-8")
    found = asked("changes", str(saved), "--force", str(own_force))
    assert {line["line_id"] for line in found["lines"] if not line["is_made"]} == {"officer_pay"}
    assert found["gap_after_gbp"][1] - found["gap_before_gbp"][1] == pytest.approx(50_000, abs=0.01)
    assert "officer" in run("changes", str(saved), "--force", str(own_force)).stdout.lower()


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (
            "lines.csv",
            "premises,Spending,Premises,running_cost",
            "premises,Spending,Premises,buildings",
            "no kind",
        ),
        ("lines.csv", "income,-2600000", "income,2600000", "below zero"),
        ("lines.csv", "officer_award progression uplift", "officer_aword", '"officer_aword" is not among'),
        ("lines.csv", "financing -requirement", "financing", "made of 2 lines"),
        ("drivers.csv", "saving,2028-04-01,900000", "saving,2028-04-01,-900000", "above zero"),
        ("drivers.csv", "index,2027-04-01,0.021", "index,2027-04-01,2.1", "1% is 0.01"),
        ("plan.csv", "2029/30,assumed", "2025/26,assumed", "does not follow"),
        ("plan.csv", "2026/27,2029/30", "2026-27,2029/30", "is not a year"),
    ],
)
def test_a_plan_that_breaks_a_rule_is_refused_with_what_to_do(
    own_force: Path, file: str, old: str, new: str, told: str
) -> None:
    path = own_force / "finance" / "plan" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    result = run("plan", "--force", str(own_force))
    assert result.exit_code in {3, 4}
    assert told in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("command", ["precept", "reserves", "capital", "monitor"])
def test_what_rests_on_a_plan_that_breaks_a_rule_says_what_the_plan_says(
    tmp_path: Path, command: str
) -> None:
    folder = tmp_path / "own"
    shutil.copytree(WESTMARCH, folder)
    lines = folder / "finance" / "plan" / "lines.csv"
    lines.write_text(
        lines.read_text(encoding="utf-8").replace("income,-9000", "income,9000"), encoding="utf-8"
    )
    plan = run("plan", "--force", str(folder))
    assert plan.exit_code == 3
    assert "below zero" in plan.stderr
    result = run(command, "--force", str(folder))
    assert (result.exit_code, result.stdout, result.stderr) == (3, "", plan.stderr)
    # What is absent is not broken: each goes without the plan where there is none.
    shutil.rmtree(folder / "finance" / "plan")
    assert run(command, "--force", str(folder)).exit_code == (9 if command == "monitor" else 0)


def test_a_line_that_follows_the_capital_account_moves_with_the_programme(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    shutil.copytree(WESTMARCH, folder)
    before = asked("plan", "--force", str(folder))
    loan = next(line for line in before["lines"] if line["id"] == "loan")
    # 3% on 80,000 at the beginning of 2022; 30,000 borrowed and 4,000 repaid in it leave 106,000.
    assert loan["values"][:2] == [2400.0, 3180.0]
    years = folder / "finance" / "capital_years.csv"
    header, first = years.read_text(encoding="utf-8").splitlines()
    years.write_text(
        f"{header}\n{first}\n{first.replace('2022,30000,4000', '2023,16850,6850')}\n", encoding="utf-8"
    )
    after = asked("plan", "--force", str(folder))
    moved = [b - a for a, b in zip(before["gap_gbp"], after["gap_gbp"], strict=True)]
    # 10,000 more in 2023 in place of paying 6,850 back costs 3% of 16,850 from 2024 on.
    assert moved[:2] == [0, 0]
    assert moved[2] == pytest.approx(-0.03 * 16_850, abs=0.01)


def test_a_tax_base_left_empty_is_the_sum_of_what_billing_authorities_notified(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    shutil.copytree(WESTMARCH, folder)
    lines = folder / "finance" / "plan" / "lines.csv"
    lines.write_text(
        lines.read_text(encoding="utf-8").replace("tax_base,5200", "tax_base,"), encoding="utf-8"
    )
    homes = next(
        line for line in asked("plan", "--force", str(folder))["lines"] if line["kind"] == "tax_base"
    )
    # 1,200; 2,600 less 150 for support, of which 98% is collected: 2,401; 800.5.
    assert homes["values"][0] == 4401.5


def test_a_line_that_follows_an_account_nobody_told_is_refused(own_force: Path) -> None:
    lines = own_force / "finance" / "plan" / "lines.csv"
    lines.write_text(
        lines.read_text(encoding="utf-8").replace(",borrowing,", ",capital.interest,"), encoding="utf-8"
    )
    result = run("plan", "--force", str(own_force))
    assert result.exit_code == 3
    assert "capital_position.csv" in result.stderr


def test_savings_at_risk_are_in_the_reckoner() -> None:
    rules = {rule["id"]: rule["effect_gbp"] for rule in asked("reckoner", "--force", str(WESTMARCH))["rules"]}
    # 8,000 a year from October 2024: a quarter of it in the first year; fodder prices raise what it would have been.
    assert rules["savings_fail"][:3] == [0, -2000.0, -8040.0]


def test_a_plan_without_forecast_years_is_shown_and_its_questions_are_refused(own_force: Path) -> None:
    years = own_force / "finance" / "plan" / "plan.csv"
    years.write_text(
        years.read_text(encoding="utf-8").replace("2029/30,assumed", "2026/27,assumed"), encoding="utf-8"
    )
    assert asked("plan", "--force", str(own_force))["years"] == ["2026/27"]
    for command in (
        "solve band-d",
        "solve officers --rise 5",
        "solve savings",
        "reckoner",
        "sensitivity",
        "fan",
    ):
        result = run(*command.split(), "--force", str(own_force))
        assert result.exit_code == 9, command
        assert "last_period" in result.stderr


def test_a_plan_drafted_from_the_printed_table_returns_it(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    shutil.copytree(ROOT / "src" / "constabulary" / "forces" / "cambridgeshire", folder)
    shutil.rmtree(folder / "finance" / "plan")
    to = folder / "finance" / "plan"
    options = ("--base", "2013/14", "--last", "2016/17", "--to", str(to), "--force", str(folder))
    made = asked("draft", "mtfp_2013_14", *options)
    assert made["left_out"] == []
    found = asked("plan", "--force", str(folder))
    shipped = asked("plan", "--force", "cambridgeshire")
    assert found["gap_gbp"] == pytest.approx(shipped["gap_gbp"], abs=1)
    assert found["band_d_gbp"] == shipped["band_d_gbp"]
    departed = {(one["line_id"], one["year"]) for one in found["reproduction"]["departures"]}
    assert {("7", "2015/16"), ("53", "2015/16")} <= departed
    lines = {line["id"]: line for line in found["lines"]}
    assert lines["1"]["title"] == "Police Officer Pay"
    assert lines["1"]["values"][1:] == lines["1"]["printed"][1:]
    assert found["evidence"]["share"]["unexplained"] < 0.02
    # What is there is never written over.
    assert run("draft", "mtfp_2013_14", *options).exit_code == 3


@pytest.mark.parametrize(
    ("table", "base", "told"),
    [
        ("spending", "2021", "names no gap"),
        ("spendings", "2021", "no printed table"),
        ("spending", "2019", "no column"),
    ],
)
def test_a_draft_from_what_is_not_there_is_refused(tmp_path: Path, table: str, base: str, told: str) -> None:
    result = run(
        "draft", table, "--base", base, "--last", "2022", "--to", str(tmp_path), "--force", str(WESTMARCH)
    )
    assert result.exit_code == 3
    assert told in result.stderr
    assert not list(tmp_path.iterdir())


def test_a_force_without_a_plan_is_told_how_to_make_one(own_force: Path) -> None:
    shutil.rmtree(own_force / "finance" / "plan")
    for command in ("plan", "reckoner", "fan", "sensitivity", "backtest"):
        result = run(command, "--force", str(own_force))
        assert result.exit_code == 3
        assert "make-a-financial-plan.md" in result.stderr


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("title = ", "cannot be read as TOML"),
        ('[drivers.nobody]\n"2014/15" = 0.1', 'no driver "nobody"'),
        ('[drivers.officer_pay]\n"2013/14" = 0.1', "no forecast year"),
        ('[lines.nobody]\n"2014/15" = 1', 'no line "nobody"'),
        ('[[add]]\nline = "gap"\nfrom_on = 2014-04-01\nvalue = 1', "no driver moves it"),
        ("[colour]\nred = 1", '"colour" is no key'),
        ('[add]\nline = "premises"\nfrom_on = 2014-04-01\nvalue = 1', "two brackets"),
        ("drivers = 3", "a value a year"),
        ('add = ["premises"]', "the id of a line"),
        ('[[add]]\nline = "premises"\nfrom_on = 2024-04-01\nvalue = 1', "outside the years"),
    ],
)
def test_a_scenario_that_does_not_fit_is_refused(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "s.toml").write_text(text, encoding="utf-8")
    for command in ("scenario", "plan"):
        option = ["--scenario"] if command == "plan" else []
        result = run(command, *option, str(tmp_path / "s.toml"), "--force", "cambridgeshire")
        assert result.exit_code == 3
        assert told in result.stderr


def test_what_is_not_there_is_told() -> None:
    assert run("scenario", "nowhere.toml", "--force", "cambridgeshire").exit_code == 3
    assert run("plan", "--line", "nobody", "--force", "cambridgeshire").exit_code == 3
    assert run("sensitivity", "--year", "2030/31", "--force", "cambridgeshire").exit_code == 3
    assert run("changes", str(WESTMARCH), "--force", "cambridgeshire").exit_code == 9
    assert run("solve", "officers", "--rise", "0", "--force", "cambridgeshire").exit_code == 3
    assert run("solve", "savings", "--floor-share", "5", "--force", "cambridgeshire").exit_code == 3


def test_a_file_that_is_no_plan_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('{"years": 3}', encoding="utf-8")
    result = run("changes", str(tmp_path / "x.json"), "--force", "cambridgeshire")
    assert result.exit_code == 3
    assert "finance plan --json" in result.stderr


def test_the_working_of_a_line_is_printed_step_by_step() -> None:
    result = run("plan", "--line", "local_officer_pay", "--force", "cambridgeshire")
    assert "Cause not published [unexplained]" in result.stdout
    assert "174,000.00" in result.stdout


def test_a_number_that_would_never_be_worked_out_is_refused() -> None:
    result = run("solve", "officers", "--rise", "1e99999999", "--force", "cambridgeshire")
    assert result.exit_code == 2
    assert "is not a number" in result.stderr
