"""Write the rows of every table as types: Kysely in TypeScript, TypedDicts in Python.

The files stand in dbtools.yaml, or are named with --out: a .ts file is for Kysely, a .py file for Python. A type is
that of the value which node-postgres or psycopg hands over, as measured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dbtools.cli._call import Call
from dbtools.cli._command import writing_command

if TYPE_CHECKING:
    from dbtools.model.report import Report


@writing_command
@click.option("--source", metavar="KIND:PATH", help="What to write down.  [default: the truth of dbtools.yaml]")
@click.option("--out", metavar="FILE", multiple=True, help="A file to write, in place of those in dbtools.yaml.")
def command(call: Call, source: str | None, out: tuple[str, ...]) -> Report:
    from dataclasses import replace

    from dbtools.change import Scope, gather
    from dbtools.cli._one_source import one_source
    from dbtools.cli._types import targets_for
    from dbtools.types import types

    targets, writing = targets_for(call, out)
    change = gather(one_source(call, source), Scope(everything=True))
    report = types(change.head, targets, writing)
    return replace(report, findings=(*change.problems, *report.findings))
