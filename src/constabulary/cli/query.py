"""The command that lets an analyst ask the records in SQL, reading only."""

from __future__ import annotations

from pathlib import Path

import click

from constabulary.cli.options import answer, as_json, in_workspace, note, wrote
from constabulary.services.workspace.workspaces import Workspace


@click.command("query")
@click.argument("sql")
@click.option("--limit", type=click.IntRange(min=1), help="The most rows to answer with.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the answer to FILE.csv or FILE.parquet.",
)
@click.option(
    "--import", "import_id", help="Ask the rows of this import alone, superseded or withdrawn ones too."
)
@as_json
@in_workspace
def query(
    workspace: Workspace, sql: str, limit: int | None, out: Path | None, import_id: str | None, is_json: bool
) -> None:
    """Answer one SELECT over the records: calls, incidents, crimes, outcomes, stops, import_files, districts.

    The answer is CSV. The query reads the records and nothing else on the machine; columns classed personal are not
    there. Where synthetic records are asked and the query does not say so, a note does, and in a file a column
    is_synthetic.

    Example: constabulary query "SELECT crime_type, count(*) AS n FROM crimes GROUP BY ALL ORDER BY n DESC"
    """
    from constabulary.render.tables import csv_text
    from constabulary.services.demand import working

    made_up = working.made_up_among(workspace, sql, import_id)
    if made_up:
        click.echo(
            f"Note: synthetic records are among {' and '.join(made_up)}; is_synthetic tells them apart.",
            err=True,
        )
    if out is not None:
        n_rows = working.export_query(workspace, sql, out, import_id)
        note(workspace, "EXPORT_RECORDS", "export rows", "query")
        wrote(out, n_rows, is_json)
        return
    found = working.query(workspace, sql, limit, import_id)
    if is_json:
        answer(
            {
                "schema": 1,
                "synthetic": list(made_up),
                "columns": found.columns,
                "rows": working.plain_rows(found),
            }
        )
    else:
        click.echo(csv_text(found), nl=False)
