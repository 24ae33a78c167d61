"""Every room over one change, joined into one report: what `dbtools review` prints.

A finding at a place where the server did what was foretold becomes rehearsed: it is no prediction any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from dbtools.change import Change
from dbtools.errors import DbtoolsError
from dbtools.model.finding import Evidence, Finding, Location
from dbtools.model.report import Report

Room = Callable[[Change], Report | None]


def review(change: Change, rooms: Mapping[str, Room]) -> Report:
    """The reports of all *rooms*, in their order; one that cannot do its work does not stop the others.

    A room that has nothing to do with the change gives None, and is no part of the report.
    """
    if change.empty:
        return Report("review", f"{change.label}: nothing that the schema is made of has changed")
    asked = (_part(name, room, change) for name, room in rooms.items())
    parts = [part for part in asked if part is not None]
    seen = {location: text for part in parts for location, text in part.seen.items()}
    parts = [
        replace(part, findings=tuple(_with_evidence(finding, seen) for finding in part.findings))
        for part in _told_once(parts)
    ]
    return Report("review", change.label, parts=tuple(parts))


def _part(name: str, room: Room, change: Change) -> Report | None:
    try:
        return room(change)
    except DbtoolsError as error:
        return Report(name, f"not done: {error} ({error.hint})", status="failed")


def _told_once(parts: Sequence[Report]) -> list[Report]:
    """What one room foretold and another one saw becomes one finding: where it was foretold, as it was seen."""
    saw = {finding.fingerprint: finding for part in parts for finding in part.findings if _is_rehearsed(finding)}
    foretold = {each.fingerprint for part in parts for each in part.findings if not _is_rehearsed(each)}
    twice = saw.keys() & foretold
    return [replace(part, findings=tuple(_once(part.findings, saw, twice))) for part in parts]


def _once(findings: Iterable[Finding], saw: Mapping[str, Finding], twice: AbstractSet[str]) -> Iterator[Finding]:
    for finding in findings:
        if finding.fingerprint not in twice:
            yield finding
        elif not _is_rehearsed(finding):
            seen = saw[finding.fingerprint]
            severity = max(finding.severity, seen.severity)
            values = {**finding.values, "seen": seen.message}
            yield replace(finding, severity=severity, evidence=Evidence.REHEARSED, values=values)


def _is_rehearsed(finding: Finding) -> bool:
    return finding.evidence is Evidence.REHEARSED


def _with_evidence(finding: Finding, seen: Mapping[Location, str]) -> Finding:
    text = seen.get(finding.location)
    if text is None or finding.evidence is Evidence.REHEARSED:
        return finding
    return replace(finding, evidence=Evidence.REHEARSED, values={**finding.values, "seen": text})
