"""A Report as SARIF 2.1.0, for code scanning: one run, a result per finding, the rules with their pages.

Paths are relative to %SRCROOT%, columns count characters, a region ends before its last column. A fingerprint is the
same for the same problem after lines have moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from dbtools import __version__
from dbtools.model.finding import Finding, Severity
from dbtools.model.report import Report
from dbtools.reports import Paper, RulePage
from dbtools.reports.wording import as_json, by_weight, plain, repository_path, said, seen, told_apart, unfinished

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
ROOT = "%SRCROOT%"


def render(report: Report, paper: Paper | None = None) -> str:
    """One log with one run; a report that could not finish is an execution that was not successful."""
    paper = paper or Paper()
    findings = by_weight(report.every_finding())
    rules = sorted({finding.rule for finding in findings})
    numbers = {rule: number for number, rule in enumerate(rules)}
    run = {
        "tool": {"driver": _driver(_rule(rule, paper.page(rule)) for rule in rules)},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository."}}},
        "invocations": [_invocation(report)],
        "results": [
            _result(finding, mark, numbers[finding.rule], paper.folder) for finding, mark in told_apart(findings)
        ],
    }
    return as_json({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _driver(rules: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {"name": "dbtools", "version": __version__, "semanticVersion": __version__, "rules": list(rules)}


def _rule(name: str, page: RulePage | None) -> dict[str, Any]:
    if page is None:
        return {"id": name}
    described = {"id": name, "shortDescription": {"text": page.summary}}
    if page.severity is not None:
        described["defaultConfiguration"] = {"enabled": page.on, "level": LEVELS[page.severity]}
    if page.markdown:
        described["help"] = {"text": page.why or page.summary, "markdown": page.markdown}
    if page.why:
        described["fullDescription"] = {"text": page.why}
    if page.link:
        described["helpUri"] = page.link
    return described


def _invocation(report: Report) -> dict[str, Any]:
    notes = [
        {"level": "error", "message": {"text": plain(f"{part.command}: {said(part)}")}} for part in unfinished(report)
    ]
    return {"executionSuccessful": not report.failed, "toolExecutionNotifications": notes}


def _result(finding: Finding, fingerprint: str, rule: int, folder: str) -> dict[str, Any]:
    text = "\n".join(filter(None, (finding.message, finding.hint, seen(finding))))
    found: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": LEVELS[finding.severity],
        "message": {"text": plain(text)},
        "locations": list(_locations(finding, folder)),
        "partialFingerprints": {"dbtools/v1": fingerprint},
        "properties": {"evidence": str(finding.evidence)},
    }
    if finding.damage is not None:
        found["properties"]["damage"] = str(finding.damage)
    return found


def _locations(finding: Finding, folder: str) -> Iterator[dict[str, Any]]:
    """Where it stands; nothing for what stands in no file."""
    path = repository_path(finding.location.path, folder)
    if not path:
        return
    _, line, column = finding.location
    region: dict[str, Any] = {"startLine": line, "startColumn": column}
    if finding.excerpt is not None:
        region |= {"endLine": finding.excerpt.end.line, "endColumn": finding.excerpt.end.column}
    yield {"physicalLocation": {"artifactLocation": _artifact(path), "region": region}}


def _artifact(path: str) -> dict[str, str]:
    """A path of the repository, or a file outside of it; everything that a URI keeps for itself is escaped."""
    escaped = quote(path, errors="replace")
    return {"uri": f"file://{escaped}"} if escaped.startswith("/") else {"uri": escaped, "uriBaseId": ROOT}
