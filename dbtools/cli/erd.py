"""Draw the schema as Markdown pages with Mermaid diagrams, one per domain.

The domains and the folder of the pages stand in dbtools.yaml. What you write between keep markers survives.
With --changed, what came since a revision is drawn for those who review it, and no file is written.
With --format svg, png or dot it draws one picture instead, of the whole schema or of a --domain, to stdout or --output;
html is one page with everything in it, to search and look around in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dbtools.cli._call import Call
from dbtools.cli._command import Drawn, drawing_command
from dbtools.errors import UsageError

if TYPE_CHECKING:
    from dbtools.model.report import Report

DRAWN = ("svg", "png", "dot", "html")


@drawing_command(*DRAWN)
@click.option("--source", metavar="KIND:PATH", help="What to draw.  [default: the truth of dbtools.yaml]")
@click.option("--changed", "base", metavar="BASE", help="Draw only what changed since this revision; write no file.")
@click.option("--domain", "domains", metavar="NAME", multiple=True, help="Draw this domain only.")
@click.option(
    "--suggest-domains", "suggests", is_flag=True, help="Propose domains for tables that have none; draw none."
)
def command(
    call: Call, source: str | None, base: str | None, domains: tuple[str, ...], *, suggests: bool
) -> Report | Drawn:
    from dbtools.cli._drawn import drawn, pages_for, with_problems
    from dbtools.erd import erd, suggest

    asked = {"--changed": base is not None, "--suggest-domains": suggests, "--domain": bool(domains)}
    if len(given := [option for option, is_given in asked.items() if is_given]) > 1:
        raise UsageError(f"{' and '.join(given)} exclude each other", hint=f"give one of them, say {given[0]}")
    if call.form in DRAWN and (suggests or base is not None):
        raise UsageError(f"{given[0]} is not drawn as {call.form}", hint=f"leave out --format {call.form}")
    if call.form in DRAWN:
        return _drawn(call, source, domains)
    if base is not None:
        return _changed(call, source, base)
    pages, existing = pages_for(call, domains)
    change = drawn(call, source)
    return with_problems(suggest(change.head, pages) if suggests else erd(change.head, pages, existing), change)


def _drawn(call: Call, source: str | None, domains: tuple[str, ...]) -> Drawn:
    from dbtools.cli._drawn import drawn, pages_for, with_problems
    from dbtools.erd.html import html
    from dbtools.erd.picture import picture
    from dbtools.model.report import Report

    pages, _ = pages_for(call, domains)
    change = drawn(call, source)
    if not change.readings:
        return Drawn(with_problems(Report("erd"), change), "")
    report, content = html(change.head, pages) if call.form == "html" else picture(change.head, pages, call.form)
    return Drawn(with_problems(report, change), content)


def _changed(call: Call, source: str | None, base: str) -> Report:
    from dataclasses import replace

    from dbtools.cli._drawn import changed_since, pages_for
    from dbtools.erd import changed

    if click.get_current_context().params["check"]:
        hint = "leave one out: --changed writes no files that could be out of date"
        raise UsageError("--check and --changed exclude each other", hint=hint)
    change = changed_since(call, source, base)
    pages, _ = pages_for(call)
    report = changed(change, pages)
    return replace(report, findings=(*change.problems, *report.findings))
