"""Draw the schema as Markdown pages with Mermaid diagrams, one per domain.

The domains and the folder of the pages stand in dbtools.yaml. What you write between keep markers survives.
With --changed, what came since a revision is drawn for those who review it, and no file is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dbtools.cli._call import Call
from dbtools.cli._command import writing_command
from dbtools.errors import UsageError

if TYPE_CHECKING:
    from dbtools.model.report import Report


@writing_command
@click.option("--source", metavar="KIND:PATH", help="What to draw.  [default: the truth of dbtools.yaml]")
@click.option("--changed", "base", metavar="BASE", help="Draw only what changed since this revision; write no file.")
def command(call: Call, source: str | None, base: str | None) -> Report:
    from dataclasses import replace

    from dbtools.change import Scope, gather
    from dbtools.cli._project import drawn_of, existing_pages, pages_of
    from dbtools.erd import changed, erd

    pages = pages_of(call.config)
    if base is not None:
        if click.get_current_context().params["check"]:
            hint = "leave one out: --changed writes no files that could be out of date"
            raise UsageError("--check and --changed exclude each other", hint=hint)
        change = gather(drawn_of(call.config, source, history=True), Scope(base=base))
        report = changed(change, pages)
    else:
        change = gather(drawn_of(call.config, source), Scope(everything=True))
        report = erd(change.head, pages, existing_pages(call.config))
    return replace(report, findings=(*change.problems, *report.findings))
