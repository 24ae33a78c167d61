"""A Report as GitLab's code quality report: one object per finding, in the shape that its manual documents.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format: a fingerprint that comes twice is shown
once, so that of a repeated statement says which of them it is.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from dbtools.model.finding import Finding, Severity
from dbtools.model.report import Report
from dbtools.reports import Paper
from dbtools.reports.wording import as_json, by_weight, plain, repository_path, said, told_apart, unfinished

SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.INFO: "info"}


def render(report: Report, paper: Paper | None = None) -> str:
    """One JSON list, the gravest first; what could not be finished is an issue as well."""
    folder = paper.folder if paper is not None else ""
    broken = [_unfinished(part) for part in unfinished(report)]
    found = [_issue(finding, mark, folder) for finding, mark in told_apart(by_weight(report.every_finding()))]
    return as_json([*broken, *found])


def _issue(finding: Finding, fingerprint: str, folder: str) -> dict[str, Any]:
    path, line, _ = finding.location
    last = finding.excerpt.end.line if finding.excerpt is not None else line
    return {
        "description": " ".join(plain(finding.message).split()),
        "check_name": finding.rule,
        "fingerprint": fingerprint,
        "severity": SEVERITIES[finding.severity],
        "location": {"path": repository_path(path, folder) or path or ".", "lines": {"begin": line, "end": last}},
    }


def _unfinished(part: Report) -> dict[str, Any]:
    """GitLab wants a file for everything; the repository's root is none, so nothing is shown at a wrong place."""
    return {
        "description": " ".join(plain(f"dbtools {part.command}: {said(part)}").split()),
        "check_name": "unfinished",
        "fingerprint": sha256(f"unfinished\0{part.command}".encode()).hexdigest()[:16],
        "severity": "blocker",
        "location": {"path": ".", "lines": {"begin": 1, "end": 1}},
    }
