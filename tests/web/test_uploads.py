"""Uploads: looked at when they arrive, read by a run, every row accounted for, refused rows mended and sent again."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from constabulary.services.records import import_runs, imports
from constabulary.services.records.holdings import holdings
from constabulary.services.workspace import runs
from constabulary.services.workspace.boundaries import boundary_files
from constabulary.services.workspace.workspaces import Workspace
from constabulary.web.pages.import_new import FORMS

NEW = "/data/imports/new/"
INCIDENTS = b"Inc No;Opened;Close Cd;Grade\n" + b"".join(
    f"22-{n:03};{n:02}/03/2022 {n % 24:02}:15;{'PSW4' if n % 9 == 0 else 'roads'};urgent\n".encode()
    for n in range(1, 29)
)
"""28 incidents, three of them (9, 18, 27) with a code that no list of the force holds."""
MAPPING = b"""table = "incidents"

[columns]
incident_id = "Inc No"
received_at = { from = "Opened", format = "%d/%m/%Y %H:%M" }
category = "Close Cd"
grade = "Grade"
"""


def words(text: str) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", text).split()))


def sent(client: Any, workspace: Workspace, answer: Any) -> str:
    """Let the worker do what an upload asked for, and return what the run's page says."""
    assert answer.status == 302, words(answer.text)
    runs.work(workspace, once=True)
    return words(client.get(answer.headers["Location"]).text)


def test_an_upload_lands_on_its_run_which_accounts_for_every_row_and_tells_why_rows_were_refused(
    changing_client: Any, changing_workspace: Workspace, street_csv: bytes
) -> None:
    later = street_csv.replace(b"2024-01", b"2024-02")
    answer = changing_client.upload(NEW, {"files": ("2024-02-westmarch-street.csv", later)})
    assert answer.headers["Location"] == "/data/runs/1/"
    waiting = words(changing_client.get("/data/runs/1/").text)
    assert "It waits, and no worker is running." in waiting
    assert "constabulary serve --with-worker" in waiting

    said = sent(changing_client, changing_workspace, answer)

    assert "4 rows were read: 2 accepted, 2 refused, 0 already there." in said
    assert re.search(r"2024-02-westmarch-street\.csv 4 2 2 0 Read = accepted \+ refused", said)
    assert "2024-02-westmarch-street.csv, row 4, month" in said
    assert "“January”" in said or '"January"' in said
    assert "Import 000002" in said and "Refused rows of import 000002" in said
    assert "2 rows of earlier editions" not in said
    assert changing_client.get("/data/imports/000002/").status == 200


def test_the_same_file_again_adds_nothing_and_every_row_of_it_is_already_there(
    changing_client: Any, changing_workspace: Workspace, street_csv: bytes
) -> None:
    answer = changing_client.upload(NEW, {"files": ("2024-01-westmarch-street.csv", street_csv)})
    said = sent(changing_client, changing_workspace, answer)
    assert "4 rows were read: 0 accepted, 0 refused, 4 already there." in said
    assert "the file was imported before" in said
    assert len(imports.list_imports(changing_workspace)) == 1


def test_a_check_tells_what_would_come_of_it_and_keeps_nothing(
    changing_client: Any, changing_workspace: Workspace, street_csv: bytes
) -> None:
    later = street_csv.replace(b"2024-01", b"2024-02")
    answer = changing_client.upload(NEW, {"files": ("b.csv", later)}, {"only": "check"})
    said = sent(changing_client, changing_workspace, answer)
    assert "Only checked, nothing kept: 4 rows were read: 2 accepted, 2 refused" in said
    assert len(imports.list_imports(changing_workspace)) == 1


def test_an_uploaded_file_keeps_its_own_name_wherever_it_is_listed(
    changing_client: Any, changing_workspace: Workspace, street_csv: bytes
) -> None:
    later = street_csv.replace(b"2024-01", b"2024-02")
    sent(changing_client, changing_workspace, changing_client.upload(NEW, {"files": ("feb.csv", later)}))
    record = imports.show_import(changing_workspace, "000002")
    assert [file.name for file in record.files] == ["feb.csv"]
    assert {notice.file for notice in record.notices} == {"feb.csv"}
    result = runs.get_run(changing_workspace, 1).result
    assert [file["file"] for file in result["files"]] == ["feb.csv"]
    assert {problem["example"]["file"] for problem in result["problems"]} == {"feb.csv"}


def test_an_upload_that_is_no_such_file_is_refused_at_the_field_in_the_summary_and_in_the_title(
    changing_client: Any, changing_workspace: Workspace
) -> None:
    answer = changing_client.upload(NEW, {"files": ("cats.csv", b"name,age\nTom,3\n")})
    assert answer.status == 200
    assert "<title>Error: Import records" in answer.text
    assert 'class="govuk-error-summary"' in answer.text
    assert 'href="#files"' in answer.text
    assert "Error:</span> cats.csv" in answer.text
    assert not list((changing_workspace.path / "uploads").iterdir()), "personal data must not stay"
    assert runs.list_runs(changing_workspace) == ()


def test_every_kind_of_file_that_can_be_imported_has_its_form(changing_client: Any) -> None:
    assert set(FORMS) == set(import_runs.KINDS)
    page = changing_client.get(f"{NEW}?kind=pings").text
    for kind, (title, _) in FORMS.items():
        assert re.search(rf'href="[^"]*kind={kind}"[^>]*>{title}<', page), kind


def test_positions_are_imported_by_a_mapping_file(
    changing_client: Any, changing_workspace: Workspace
) -> None:
    rows = b"".join(b"RV1,2024-03-04T10:00:%02dZ,-1.5,52.5\n" % second for second in range(0, 50, 10))
    files = {"files": ("fleet.csv", b"unit_id,at,longitude,latitude\n" + rows + b"RV1,never,-1.5,52.5\n")}
    said = sent(changing_client, changing_workspace, changing_client.upload(f"{NEW}?kind=pings", files))
    assert "6 rows were read: 5 accepted, 1 refused, 0 already there." in said


def test_nothing_chosen_and_a_day_that_is_not_are_said_at_their_fields(changing_client: Any) -> None:
    day = {"edition_on-day": "31", "edition_on-month": "2", "edition_on-year": "2024"}
    for kind in ("police-uk", "calls"):
        answer = changing_client.post(f"{NEW}?kind={kind}", day)
        assert "Select at least one file" in answer.text
        assert "must be a real date" in answer.text
        assert 'href="#edition_on-day"' in answer.text
        assert 'id="edition_on-day"' in answer.text


def test_a_file_cut_short_fails_the_run_in_the_summary_and_the_title_and_imports_nothing(
    changing_client: Any, changing_workspace: Workspace, street_csv: bytes
) -> None:
    import gzip

    packed = gzip.compress(street_csv.replace(b"2024-01", b"2024-02") * 400, mtime=0)
    answer = changing_client.upload(NEW, {"files": ("feb.csv.gz", packed[: len(packed) - 30])})
    said = sent(changing_client, changing_workspace, answer)
    shown = changing_client.get("/data/runs/1/").text
    assert "<title>Error: Run 1" in shown
    assert 'class="govuk-error-summary"' in shown
    assert "feb.csv.gz: the packed file is cut short or damaged" in said
    assert "/uploads/" not in shown
    assert len(imports.list_imports(changing_workspace)) == 1


def test_incidents_are_imported_by_a_mapping_file(
    changing_client: Any, changing_workspace: Workspace
) -> None:
    files = {"files": ("log.csv", INCIDENTS), "mapping": ("ours.toml", MAPPING)}
    said = sent(changing_client, changing_workspace, changing_client.upload(f"{NEW}?kind=incidents", files))
    assert "28 rows were read: 25 accepted, 3 refused, 0 already there." in said
    assert '"PSW4" is not a category' in said or '"PSW4" is not an incident category' in said
    assert "In mapping.toml, under [values.category], add the line" in said


def test_without_a_mapping_the_page_says_so_and_proposes_one_that_imports_without_a_second_upload(
    changing_client: Any, changing_workspace: Workspace
) -> None:
    page = f"{NEW}?kind=incidents"
    refused = changing_client.upload(page, {"files": ("log.csv", INCIDENTS)})
    assert "Suggest a mapping" in refused.text
    assert 'href="#mapping"' in refused.text

    kept = re.search(r'name="kept" value="([0-9a-f]{32})"', refused.text)[1]

    proposed = changing_client.upload(page, {}, {"suggest": "", "kept": kept})
    assert proposed.status == 200
    assert "Nothing is imported yet." in proposed.text
    assert "Here already: log.csv" in proposed.text
    text = html.unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", proposed.text, re.S)[1])
    assert f'name="kept" value="{kept}"' in proposed.text
    assert '# "PSW4" = ""  # check: 3 rows' in text
    assert "1 line to check" in proposed.text

    download = changing_client.upload(page, {}, {"download": "", "mapping_text": text, "kept": kept})
    assert download.headers["Content-Disposition"] == 'attachment; filename="incidents.toml"'
    assert download.text == text

    mended = text.replace('# "PSW4" = ""', '"PSW4" = "roads"')
    answer = changing_client.upload(page, {}, {"mapping_text": mended.replace("\n", "\r\n"), "kept": kept})
    said = sent(changing_client, changing_workspace, answer)
    assert "28 rows were read: 28 accepted, 0 refused, 0 already there." in said
    assert not list((changing_workspace.path / "uploads").iterdir())


def test_a_mapping_with_a_mistake_is_told_at_its_field_and_mended_there(
    changing_client: Any, changing_workspace: Workspace
) -> None:
    wrong = MAPPING.replace(b'"Close Cd"', b'"Close Code"').replace(
        b"[columns]", b'colour = "red"\n[columns]'
    )
    files = {"files": ("log.csv", INCIDENTS), "mapping": ("ours.toml", wrong)}
    answer = changing_client.upload(f"{NEW}?kind=incidents", files)
    assert "<title>Error: " in answer.text
    assert 'href="#mapping_text"' in answer.text
    assert "colour" in words(answer.text)
    kept = re.search(r'name="kept" value="([0-9a-f]{32})"', answer.text)[1]
    again = {"mapping_text": MAPPING.decode(), "kept": kept}
    said = sent(
        changing_client, changing_workspace, changing_client.upload(f"{NEW}?kind=incidents", {}, again)
    )
    assert "25 accepted" in said


@pytest.mark.parametrize("kept", ["../../registers", "0" * 32, "x"])
def test_a_token_that_keeps_no_files_is_as_none(changing_client: Any, kept: str) -> None:
    answer = changing_client.upload(
        f"{NEW}?kind=incidents", {}, {"kept": kept, "mapping_text": MAPPING.decode()}
    )
    assert "Select at least one file" in answer.text


def test_outlines_are_imported_and_what_they_lack_is_said(
    changing_client: Any, changing_workspace: Workspace
) -> None:
    ring = [[-1.5, 52.5], [-1.4, 52.5], [-1.4, 52.6], [-1.5, 52.5]]
    areas = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"code": "N1", "name": "Northam"},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        ],
    }
    page = f"{NEW}?kind=boundaries"
    file = {"files": ("beats.geojson", json.dumps(areas).encode())}
    said = sent(changing_client, changing_workspace, changing_client.upload(page, file, {"level": "lsoa"}))
    assert "the file does not tell which census its areas are of" in said
    said = sent(
        changing_client, changing_workspace, changing_client.upload(page, file, {"level": "neighbourhood"})
    )
    assert "1 outline imported." in said
    assert [one.level for one in boundary_files(changing_workspace)] == ["neighbourhood"]
    assert imports.list_imports(changing_workspace)[-1].files[0].name == "beats.geojson"


def mend(text: str, mends: dict[str, str]) -> bytes:
    """Return refused rows with wrong values put right, as a spreadsheet would."""
    rows = [[mends.get(value, value) for value in row] for row in csv.reader(io.StringIO(text), strict=True)]
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def test_refused_rows_are_taken_away_mended_and_sent_again_and_join_their_edition(
    changing_client: Any, changing_workspace: Workspace
) -> None:
    taken = changing_client.get("/data/imports/000001/refused-crimes.csv").text
    mended = mend(taken, {"January": "2024-01", "Spitting": "Drugs", "95": "52.5"})
    said = sent(
        changing_client, changing_workspace, changing_client.upload(NEW, {"files": ("mended.csv", mended)})
    )
    assert "2 rows were read: 2 accepted, 0 refused, 0 already there." in said
    record = imports.show_import(changing_workspace, "000002")
    assert (record.edition_of, record.n_superseded) == ("000001", 0)
    assert holdings(changing_workspace).n_rows == 4
    trail = words(changing_client.get("/data/audit/").text)
    assert "export refused rows import 000001 crimes" in trail


def test_mended_rows_of_ones_own_records_are_recognised_by_any_form_and_read_as_the_rows_they_mend(
    changing_client: Any, changing_workspace: Workspace
) -> None:
    files = {"files": ("log.csv", INCIDENTS), "mapping": ("ours.toml", MAPPING)}
    sent(changing_client, changing_workspace, changing_client.upload(f"{NEW}?kind=incidents", files))
    page = changing_client.get("/data/imports/000002/refused/").text
    assert f"{NEW}?kind=incidents" in page
    taken = changing_client.get("/data/imports/000002/refused-incidents.csv").text
    mended = mend(taken, {"PSW4": "roads"})
    said = sent(
        changing_client, changing_workspace, changing_client.upload(NEW, {"files": ("mended.csv", mended)})
    )
    assert "3 rows were read: 3 accepted, 0 refused" in said
    record = imports.show_import(changing_workspace, "000003")
    assert (record.kind, record.edition_of) == ("incidents", "000002")


def test_mended_rows_of_an_import_that_is_not_here_are_refused_at_the_field(
    changing_client: Any, changing_workspace: Workspace
) -> None:
    taken = changing_client.get("/data/imports/000001/refused-crimes.csv").text
    answer = changing_client.upload(
        NEW, {"files": ("mended.csv", taken.replace("000001", "000077").encode())}
    )
    assert "<title>Error: " in answer.text
    assert "000077" in answer.text


def test_names_of_files_given_on_the_command_line_stay_as_they_were_typed(
    changing_workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, street_csv: bytes
) -> None:
    from click.testing import CliRunner

    from constabulary.cli.main import main

    (tmp_path / "feb").mkdir()
    (tmp_path / "feb" / "street.csv").write_bytes(street_csv.replace(b"2024-01", b"2024-02"))
    monkeypatch.chdir(tmp_path)
    workspace = ["--workspace", str(changing_workspace.path)]
    done = CliRunner().invoke(main, [*workspace, "import", "police-uk", "feb", "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["files"][0]["file"] == "feb/street.csv"
    listed = json.loads(CliRunner().invoke(main, [*workspace, "import", "list", "--json"]).stdout)
    assert listed["imports"][-1]["file_names"] == ["feb/street.csv"]
    assert "feb/street.csv" in CliRunner().invoke(main, [*workspace, "import", "list"]).stdout
