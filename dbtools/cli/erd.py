"""Draw the schema as Markdown pages with Mermaid diagrams, one per domain.

The domains and the folder of the pages stand in dbtools.yaml. What you write between keep markers survives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dbtools.cli._call import Call
from dbtools.cli._command import writing_command

if TYPE_CHECKING:
    from dbtools.model.report import Report


@writing_command
@click.option("--source", metavar="KIND:PATH", help="What to draw.  [default: the truth of dbtools.yaml]")
def command(call: Call, source: str | None) -> Report:
    from dataclasses import replace

    from dbtools.change import Scope, gather
    from dbtools.cli._project import existing_pages, pages_of, project_of, source_of
    from dbtools.erd import erd

    project = project_of(call.config)
    kind, where = source_of(source or project.truth, project)
    drawn = replace(project, sources={kind: (where,)}, truth=kind)
    change = gather(drawn, Scope(everything=True))
    report = erd(change.head, pages_of(call.config), existing_pages(call.config))
    return replace(report, findings=(*change.problems, *report.findings))
