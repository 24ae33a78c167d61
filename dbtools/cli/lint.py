"""Find what in new migrations breaks, blocks or loses data, without a server.

With PATHs those files are judged in their order, against the schema that the migrations of dbtools.yaml add up to
before them, if there are any; a folder is judged as a history of its own, each migration against the schema before
it; - is stdin. Files of one folder run in the order of their runner, and as it runs them: docs/migrations.md. Without
PATHs the new migrations of the change are judged. --schema names the schema that they meet, in place of the one that
dbtools.yaml leads to.

With --fix the new migrations, or the files given, are rewritten: the safe form of each statement in its place, in as
many files as it takes, up and down, as far as can be written before code must be deployed.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from dbtools.cli._call import Call
from dbtools.cli._command import writing_command
from dbtools.cli._options import change_options

if TYPE_CHECKING:
    from dbtools.change import Scope
    from dbtools.model.report import Report


@writing_command
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@change_options
@click.option("--pg-version", type=click.IntRange(15, 18), metavar="N", help="The major version that the team runs.")
@click.option("--select", multiple=True, metavar="RULE", help="Only this rule; may be repeated, ALL means every rule.")
@click.option("--ignore", multiple=True, metavar="RULE", help="Not this rule; may be repeated.")
@click.option("--fix", is_flag=True, help="Write the safe plan in the place of what is found.")
@click.option(
    "--schema", metavar="FILE|DIR|URL", help="The schema before: SQL, a dump, a folder of either, or a live database."
)
@click.option(
    "--transaction",
    type=click.Choice(["batch", "file", "query", "statement", "none"]),
    help="What runs in one transaction, whatever the files and their runner say.",
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
    schema: str | None,
    transaction: str | None,
    baseline: str | None,
    stats: str | None,
    *,
    fix: bool,
) -> Report:
    from dbtools.cli._judged import Terms, judged
    from dbtools.cli._project import lint_settings
    from dbtools.cli._rewriting import beside, refuse
    from dbtools.lint import lint

    settings = lint_settings(call, version=pg_version, choice=(select, ignore), baseline=baseline, stats=stats)
    terms = Terms(transaction or "", schema or "")
    if not fix:
        return lint(judged(call, paths, scope, terms), settings)
    refuse(paths, scope)
    from dbtools.lint.fix import fix as fixed

    return fixed(judged(call, paths, scope, terms), settings, partial(beside, call.root))
