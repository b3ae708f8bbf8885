"""The registers open for one workspace after another, from several processes at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from constabulary import registers

OPEN = """
import sys
from pathlib import Path
from constabulary import registers
registers.open(Path(sys.argv[1]))
from django.db import connection
with connection.cursor() as cursor:
    print(cursor.execute("PRAGMA journal_mode").fetchone()[0], len(connection.introspection.table_names()) > 2)
"""

OPEN_THEN_SERVE = """
import sys
from pathlib import Path
from constabulary import registers
registers.open(Path(sys.argv[1]))
from constabulary.web import start
from django.conf import settings
start.set_up(Path(sys.argv[1]))
from django.template.loader import get_template
print(settings.ROOT_URLCONF, get_template("layout.html").template.name)
"""


def test_processes_that_open_new_registers_at_once_all_find_the_tables(tmp_path: Path) -> None:
    running = [
        subprocess.Popen([sys.executable, "-c", OPEN, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert [program.communicate(timeout=600)[0].strip() for program in running] == ["wal True"] * 3


def test_a_process_that_opened_the_registers_for_work_can_go_on_to_serve_pages(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", OPEN_THEN_SERVE, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == ("constabulary.web.urls layout.html", "")


def test_opening_another_workspace_leaves_the_first(tmp_path: Path) -> None:
    from django.db import connection

    for name in ("one", "two", "one"):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        registers.open(folder)
        connection.ensure_connection()
        assert Path(connection.settings_dict["NAME"]) == folder.resolve() / "registers.sqlite3"
    connection.close()
