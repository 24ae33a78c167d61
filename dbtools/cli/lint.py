"""Find what in new migrations breaks, blocks or loses data, without a server.

With PATHs those files are judged in their order, against the schema that the migrations of dbtools.yaml add up to
before them, if there are any; a folder is judged as a history of its own, each migration against the schema before
it; - is stdin. Without PATHs the new migrations of the change are judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dbtools.cli._call import Call
from dbtools.cli._command import report_command
from dbtools.cli._options import change_options

if TYPE_CHECKING:
    from dbtools.change import Scope
    from dbtools.model.report import Report


@report_command
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@change_options
@click.option("--pg-version", type=click.IntRange(15, 18), metavar="N", help="The major version that the team runs.")
@click.option("--select", multiple=True, metavar="RULE", help="Only this rule; may be repeated, ALL means every rule.")
@click.option("--ignore", multiple=True, metavar="RULE", help="Not this rule; may be repeated.")
@click.option(
    "--transaction", type=click.Choice(["file", "query", "statement", "none"]), help="What runs in one transaction."
)
@click.option(
    "--baseline", metavar="FILE", help="Findings not to show again.  [default: lint.baseline of dbtools.yaml]"
)
@click.option("--stats", metavar="FILE", help="The tables' sizes.  [default: sizes.file of dbtools.yaml]")
def command(  # noqa: PLR0913, PLR0917 - one argument per option
    call: Call,
    paths: tuple[str, ...],
    scope: Scope,
    pg_version: int | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    transaction: str | None,
    baseline: str | None,
    stats: str | None,
) -> Report:
    from dbtools.cli._project import judged, lint_settings
    from dbtools.lint import lint

    settings = lint_settings(call, version=pg_version, choice=(select, ignore), baseline=baseline, stats=stats)
    return lint(judged(call, paths, scope, transaction or ""), settings)
