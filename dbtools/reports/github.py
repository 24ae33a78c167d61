"""A Report as workflow commands, which GitHub shows as annotations at the lines of a pull request.

GitHub shows ten of each severity per step: the gravest come first, what is left out is counted in one notice. A clean
report is one line, which is no command.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from dbtools.model.finding import Finding, Severity
from dbtools.model.report import Report
from dbtools.reports import Paper
from dbtools.reports.wording import by_weight, plain, repository_path, said, seen, tally, unfinished, verdict

MOST = 10
COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_LONGEST = 4_000
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def render(report: Report, paper: Paper | None = None) -> str:
    """One line per finding that GitHub would show, one for the rest, one for the verdict."""
    folder = paper.folder if paper is not None else ""
    findings = by_weight(report.every_finding())
    broken = [_command("error", [("title", f"dbtools {part.command}")], said(part)) for part in unfinished(report)]
    shown, rest = _shown(findings, len(broken))
    annotations = [_annotation(finding, folder) for finding in shown]
    return "\n".join([*broken, *annotations, *_rest(rest, report.command), _verdict(report, findings)]) + "\n"


def _shown(findings: Sequence[Finding], errors: int) -> tuple[list[Finding], list[Finding]]:
    """Those that GitHub would show after so many *errors*, and the rest, whose notice needs a place of its own."""
    room = {Severity.ERROR: MOST - errors, Severity.WARNING: MOST, Severity.INFO: MOST}
    counts = Counter(finding.severity for finding in findings)
    if any(counts[severity] > room[severity] for severity in room):
        room[Severity.INFO] -= 1
    shown: list[Finding] = []
    rest: list[Finding] = []
    for finding in findings:
        room[finding.severity] -= 1
        (shown if room[finding.severity] >= 0 else rest).append(finding)
    return shown, rest


def _annotation(finding: Finding, folder: str) -> str:
    message = "\n".join(filter(None, (finding.message, finding.hint, seen(finding))))
    return _command(COMMANDS[finding.severity], [*_place(finding, folder), ("title", finding.rule)], message)


def _place(finding: Finding, folder: str) -> Iterator[tuple[str, str]]:
    _, line, column = finding.location
    path = repository_path(finding.location.path, folder)
    if not path:
        return
    yield "file", path
    yield "line", str(line)
    if finding.excerpt is not None:
        yield "endLine", str(finding.excerpt.end.line)
    yield "col", str(column)
    if finding.excerpt is not None and finding.excerpt.end.line == line:  # GitHub wants no columns over several lines
        yield "endColumn", str(finding.excerpt.end.column)


def _rest(rest: Sequence[Finding], command: str) -> Iterator[str]:
    if rest:
        what = f"{tally(rest)} more than GitHub shows for one step: dbtools {command} shows all"
        yield _command("notice", [("title", f"dbtools {command}")], what)


def _verdict(report: Report, findings: Sequence[Finding]) -> str:
    """A line of the log; what looks like a command in it is none."""
    head = f"dbtools {report.command}: {verdict(report) if findings else said(report)}"
    return " ".join(plain(head).split()).replace("##[", "## [")


def _command(name: str, properties: list[tuple[str, str]], message: str) -> str:
    given = ",".join(f"{key}={plain(value).translate(_PROPERTY)}" for key, value in properties)
    text = plain(message)
    clipped = text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"
    return f"::{name} {given}::{clipped.translate(_DATA)}"
