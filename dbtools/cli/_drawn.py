"""What the pages of the schema are drawn from, and which stand there already."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from dbtools.change import Change, Scope, gather
from dbtools.cli._one_source import one_source
from dbtools.cli._project import RUN, existing_pages, pages_of
from dbtools.config import FILE_NAME, Config
from dbtools.errors import UsageError
from dbtools.model.finding import Finding, Severity
from dbtools.model.report import Report

if TYPE_CHECKING:
    from dbtools.cli._call import Call
    from dbtools.erd import Pages


def drawn(call: Call, source: str | None) -> Change:
    """The schema that the pages show, as ``head``."""
    return gather(one_source(call, source), Scope(everything=True))


def changed_since(call: Call, source: str | None, base: str) -> Change:
    """What changed in the schema that the pages show; the migrations say besides what was renamed."""
    project = one_source(call, source)
    if project.truth in RUN:
        hint = "name a source that is files: what they said at a revision, git knows"
        raise UsageError(f"{project.truth} says nothing of the past", hint=hint)
    migrations = call.config.sources.get("migrations", ()) if call.config_or_none else ()
    history = {"migrations": migrations} if migrations else {}
    return gather(replace(project, sources=history | dict(project.sources), queries=()), Scope(base=base))


def pages_for(call: Call, only: tuple[str, ...] = ()) -> tuple[Pages, dict[str, str]]:
    """The pages that dbtools.yaml asks for, or else all in one, and the texts that stand there now."""
    from dbtools.erd import Pages

    config = call.config_or_none or Config(call.cwd / FILE_NAME)
    pages = pages_of(config) if call.config_or_none else Pages()
    return replace(pages, only=only), existing_pages(config)


def with_problems(report: Report, change: Change) -> Report:
    """*report* with what is wrong with its source; it failed, and has no files, where that cannot be read at all."""
    findings = (*change.problems, *_unread(change), *report.findings)
    if not change.readings:
        return Report("erd", status="failed", summary="there is nothing to draw", findings=change.problems)
    return replace(report, findings=findings)


def _unread(change: Change) -> Iterator[Finding]:
    for reading in change.readings:
        for item in reading.unknown:
            about = f"{item.aspect} of {item.ref}: " if item.ref is not None and item.aspect else ""
            message, hint = f"{reading}: {about}{item.what}", "what depends on it is missing from the pages"
            yield Finding("not-read", Severity.INFO, message, item.location, hint=hint)
