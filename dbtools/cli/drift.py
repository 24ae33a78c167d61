"""Compare what migrations, model definitions, SQL files and the live database say.

Each SOURCE is KIND:PATH with the kinds prisma, drizzle, kysely, sqlalchemy, django, migrations, sql and live
(live:VARIABLE names the environment variable that holds the URL); one kind may be given several times.
sqlalchemy+import:MODULE[:ATTRIBUTE] imports the models instead of reading them. Without any, the sources of
dbtools.yaml are compared.
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
@click.option(
    "--truth",
    metavar="SOURCE",
    help="The source that the others are held against.  [default: migrations, else sql, else the first]",
)
@click.option("--scratch", is_flag=True, help="Let a throw-away server decide what the text of expressions does not.")
@click.option(
    "--baseline", metavar="FILE", help="Differences not to show again.  [default: drift.baseline of dbtools.yaml]"
)
def command(call: Call, sources: tuple[str, ...], truth: str | None, *, scratch: bool, baseline: str | None) -> Report:
    from dbtools.cli._drift import Asked, report

    return report(call, Asked(sources, truth or "", scratch, baseline))
