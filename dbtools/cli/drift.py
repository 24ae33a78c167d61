"""Compare what migrations, models, SQL files and the live database say.

Each SOURCE is KIND:PATH with the kinds migrations, prisma, drizzle, kysely, sqlalchemy, sql and live (live:VARIABLE
names the environment variable that holds the URL). sqlalchemy+import:MODULE[:ATTRIBUTE] imports the models instead of
reading them. Without any, the sources of dbtools.yaml are compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dbtools.cli._call import Call
from dbtools.cli._command import report_command

if TYPE_CHECKING:
    from dbtools.model.report import Report


@report_command
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option("--truth", metavar="KIND", help="The source that the others are held against.  [default: migrations]")
def command(call: Call, sources: tuple[str, ...], truth: str | None) -> Report:
    from dbtools.cli._drift import report

    return report(call, sources, truth or "")
