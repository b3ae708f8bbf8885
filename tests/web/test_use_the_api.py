"""The examples of the manual's page about the API run, against a site, as they are printed."""

from __future__ import annotations

import csv
import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "use-the-api.md").read_text(encoding="utf-8")
PRINTED = "http://127.0.0.1:8000"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_curl_commands_answer_json(full_site: str) -> None:
    (block,) = blocks("bash")
    for line in block.splitlines():
        said = subprocess.run(
            shlex.split(line.replace(PRINTED, full_site)), capture_output=True, check=True, timeout=120
        )
        assert json.loads(said.stdout)["schema"] == 1, line


def test_the_python_examples_run(full_site: str, full_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    over_the_site, without_it, _ = blocks("python")
    exec(over_the_site.replace(PRINTED, full_site), {})
    told = capsys.readouterr().out
    assert "Highmoor" in told and "rate_per_1000" in told
    exec(without_it.replace('"workspace"', repr(str(full_path))), {})
    assert capsys.readouterr().out.strip() == told.splitlines()[0]


def test_the_example_that_keeps_rows_as_csv_keeps_what_the_site_answers(
    full_site: str, full_client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    exec(blocks("python")[2].replace(PRINTED, full_site), {})
    with (tmp_path / "districts.csv").open(encoding="utf-8", newline="") as file:
        kept = [(row["name"], int(row["count"]), float(row["rate_per_1000"])) for row in csv.DictReader(file)]
    rows = json.loads(full_client.get("/api/demand/areas_incidents").text)["rows"]
    assert kept == [
        (row["name"], row["count"], row["rate_per_1000"]) for row in rows if row["level"] == "district"
    ]
    assert {"Highmoor", "Saltreach"} <= {name for name, _, _ in kept}


def test_the_refusal_that_is_printed_is_what_is_said(full_site: str) -> None:
    from urllib.error import HTTPError
    from urllib.request import urlopen

    with pytest.raises(HTTPError, match="400") as refused:
        urlopen(f"{full_site}/api/money/precept?yaer=2014/15", timeout=60)
    (printed,) = blocks("json")
    assert json.load(refused.value) == json.loads(printed)
