"""A Report for programs, as ``report.schema.json`` describes it.

Every field is always there, null or empty where it says nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from dbtools.model.finding import Excerpt, Finding, Location
from dbtools.model.plan import Plan
from dbtools.model.report import Report, Section, TableSection
from dbtools.reports import Paper
from dbtools.reports.wording import as_json

VERSION = 1


def render(report: Report, _paper: Paper | None = None) -> str:
    """One JSON object with its keys in a fixed order."""
    return as_json({"version": VERSION, **_report(report)})


def _report(report: Report) -> dict[str, Any]:
    return {
        "command": report.command,
        "status": report.status,
        "title": report.title or None,
        "summary": report.summary,
        "figures": _figures(report.figures),
        "findings": [_finding(finding) for finding in report.findings],
        "sections": [_section(section) for section in report.sections],
        "files": [{"path": file.path, "deleted": file.content is None} for file in report.files],
        "parts": [_report(part) for part in report.parts],
    }


def _figures(figures: Mapping[str, int | float]) -> dict[str, int | float | None]:
    return {noun: number if math.isfinite(number) else None for noun, number in figures.items()}


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "evidence": str(finding.evidence),
        "message": finding.message,
        "hint": finding.hint or None,
        "plan": _plan(finding.plan),
        "location": _place(finding.location),
        "table": finding.table or None,
        "object": finding.object or None,
        "locks": {table: str(mode) for table, mode in finding.locks.items()},
        "values": dict(finding.values),
        "places": {source: _place(place) for source, place in finding.places.items()},
        "fingerprint": finding.fingerprint,
        "damage": None if finding.damage is None else str(finding.damage),
        "excerpt": None if finding.excerpt is None else _excerpt(finding.excerpt),
    }


def _place(location: Location) -> dict[str, Any]:
    return dict(location._asdict())


def _excerpt(excerpt: Excerpt) -> dict[str, Any]:
    begin, end = excerpt.mark
    return {
        "statement": excerpt.statement._asdict(),
        "end": excerpt.end._asdict(),
        "mark": {"begin": begin._asdict(), "end": end._asdict()},
        "lines": [line._asdict() for line in excerpt.lines],
    }


def _plan(plan: Plan | None) -> list[dict[str, Any]] | None:
    if plan is None:
        return None
    return [
        {"sql": [f"{text};" for text in step.sql], "transaction": step.transaction, "after": step.after or None}
        for step in plan.steps
    ]


def _section(section: Section) -> dict[str, Any]:
    if isinstance(section, TableSection):
        return {
            "kind": "table",
            "title": section.title,
            "header": list(section.header),
            "rows": [list(row) for row in section.rows],
            "summary": section.summary,
        }
    return {
        "kind": "text", "title": section.title, "text": section.text, "language": section.language,
        "summary": section.summary,
    }  # fmt: skip
