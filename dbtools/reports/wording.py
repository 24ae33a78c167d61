"""The words that every format for people shares: counts, verdicts, the order of findings, safe text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from math import isfinite
from typing import NamedTuple

from dbtools.model.finding import Evidence, Excerpt, Finding, Location, Severity
from dbtools.model.report import Report

_CONTROLS = (*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0))
_DIRECTIONS = (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F)
_SAFE = {**dict.fromkeys((*_CONTROLS, *_DIRECTIONS), "\N{REPLACEMENT CHARACTER}"), 0x0D: None}

_STEERING = re.compile(f"[{''.join(map(chr, (*range(0x7F, 0xA0), *_DIRECTIONS)))}]")


def plain(text: str) -> str:
    """*text* without characters that steer a terminal or turn the reading direction.

    Names and messages come from files that anyone may have written.
    """
    return text.translate(_SAFE)


def as_json(value: object) -> str:
    """*value* as JSON; what would steer a terminal that shows it is escaped."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    return _STEERING.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def advice(hint: str) -> tuple[str, str]:
    """A hint as prose and the SQL below it; either may be empty. A comment that opens the SQL is its prose."""
    first, _, rest = hint.strip().partition("\n")
    if rest and first.startswith("-- "):
        return first.removeprefix("-- "), rest
    if rest and not first.endswith(":"):
        return "", hint.strip()
    return first, rest


class Cause(NamedTuple):
    """Findings of one statement, the gravest first; what is no statement stands alone."""

    findings: tuple[Finding, ...]

    @property
    def location(self) -> Location:
        """Where all of them stand, or else where their statement begins."""
        first = self.findings[0]
        if first.excerpt is None or all(finding.location == first.location for finding in self.findings):
            return first.location
        return Location(first.location.path, *first.excerpt.statement)

    @property
    def excerpts(self) -> tuple[Excerpt, ...]:
        """What the file says there."""
        return tuple(finding.excerpt for finding in self.findings if finding.excerpt is not None)


def by_weight(findings: Iterable[Finding]) -> list[Finding]:
    """The gravest first: by severity, by the kind of harm, then in the order of the files."""
    return sorted(
        findings,
        key=lambda finding: (-finding.severity, -(finding.damage or 0), finding.location, finding.rule, finding.object),
    )


def by_cause(findings: Iterable[Finding]) -> list[Cause]:
    """The findings by statement, in the order of the gravest of each."""
    causes: dict[object, list[Finding]] = {}
    for number, finding in enumerate(by_weight(findings)):
        place = (finding.location.path, finding.excerpt.statement) if finding.excerpt is not None else number
        causes.setdefault(place, []).append(finding)
    return [Cause(tuple(found)) for found in causes.values()]


def told_apart(findings: Iterable[Finding]) -> Iterator[tuple[Finding, str]]:
    """Each finding with a fingerprint that no other one of the report has: a repeated statement is counted."""
    times: dict[str, int] = {}
    for finding in findings:
        mark = finding.fingerprint
        times[mark] = times.get(mark, 0) + 1
        yield finding, mark if times[mark] == 1 else f"{mark}:{times[mark]}"


def repository_path(path: str, folder: str) -> str:
    """*path*, which is relative to *folder* of the repository, from its root; "" where it names no file, as stdin."""
    if not path or path.startswith("<"):
        return ""
    slashed = path.replace("\\", "/").removeprefix("./")
    return slashed if slashed.startswith("/") or not folder else f"{folder}/{slashed}"


def unfinished(report: Report) -> Iterator[Report]:
    """The reports, this one or its parts, that could not do their work."""
    if report.status == "failed":
        yield report
    for part in report.parts:
        yield from unfinished(part)


def tally(findings: Iterable[Finding]) -> str:
    """``2 errors, 1 warning``; "" when there are none."""
    severities = [finding.severity for finding in findings]
    words = {Severity.ERROR: "errors", Severity.WARNING: "warnings", Severity.INFO: "notes"}
    return ", ".join(
        counted(severities.count(severity), word) for severity, word in words.items() if severity in severities
    )


def verdict(report: Report) -> str:
    """How it went, in a few words: the worst thing that can be said."""
    found = tally(report.every_finding())
    if report.failed:
        return f"could not finish, {found} so far" if found else "could not finish"
    if report.status == "skipped":
        return "skipped"
    return found or "nothing to report"


def said(report: Report) -> str:
    """The summary, or the verdict in its place; a report that was skipped says so first."""
    if report.status == "skipped":
        return f"skipped: {report.summary}" if report.summary else "skipped"
    return report.summary or verdict(report)


def seen(finding: Finding, *, placed: bool = True) -> str:
    """What the finding rests on beyond the text: ``rehearsed · locks User ACCESS EXCLUSIVE · rows: 12``.

    Not *placed*: without what each of its places says.
    """
    evidence = [] if finding.evidence is Evidence.STATIC else [str(finding.evidence)]
    watched = "seen" in finding.values  # which names the locks that a server took
    locks = [] if watched else [f"locks {table} {mode}" for table, mode in finding.locks.items()]
    values = [each for each in finding.values.items() if placed or each[0] not in finding.places]
    return " · ".join([*evidence, *locks, *(_measured(finding, *each) for each in values)])


def _measured(finding: Finding, name: str, value: str) -> str:
    place = finding.places.get(name)
    return f"{name}: {value}" + (f" ({place})" if place else "")


def figures(report: Report) -> str:
    """``12 tables · 1 statement · 3.2 seconds``: the numbers that the summary does not say already."""
    numbers = ((noun.replace("_", " "), number) for noun, number in report.figures.items() if isfinite(number))
    phrases = (counted(number, noun) for noun, number in numbers)
    return " · ".join(phrase for phrase in phrases if not _says(report.summary, phrase))


def _says(summary: str, phrase: str) -> bool:
    return re.search(rf"(?<![\w,]){re.escape(phrase)}\b", summary) is not None


def counted(number: float, noun: str) -> str:
    """A number with its noun, which is given in the plural."""
    written = f"{number:,}" if isinstance(number, int) else f"{number:,.1f}"
    return f"{written} {_singular(noun) if number == 1 else noun}"


def _singular(noun: str) -> str:
    head, space, rest = noun.partition(" ")
    for plural, singular in (("ies", "y"), ("xes", "x"), ("sses", "ss"), ("ss", "ss"), ("s", "")):
        if head.endswith(plural):
            return head.removesuffix(plural) + singular + space + rest
    return noun
