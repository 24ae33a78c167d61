"""Every room over one change, joined into one report: what `dbtools review` prints.

A finding at a place where the server did what was foretold becomes rehearsed: it is no prediction any more. Code that
the server refused after a statement is told where that was foretold of the statement, as one cause with its evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from dbtools.change import Change
from dbtools.errors import DbtoolsError
from dbtools.model.finding import Damage, Evidence, Finding, Location, Point
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
    return Report("review", change.label, parts=_joined(parts))


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


def _joined(parts: list[Report]) -> tuple[Report, ...]:
    """What was foretold of code that breaks together with what was seen of it, each statement's once."""
    shown = {place: finding for part in parts for finding in part.findings if (place := _broken_at(finding))}
    told = [finding for part in parts for finding in part.findings if _foretells(finding)]
    pairs: dict[int, Finding | None] = {}
    for place, finding in shown.items():
        same = [each for each in told if _statement(each) == place]
        if same:
            nearest = max(same, key=lambda each: (each.object == finding.object, each.severity, each.damage or 0))
            pairs[id(nearest)], pairs[id(finding)] = _both(nearest, finding), None
    kept = [[pairs.get(id(finding), finding) for finding in part.findings] for part in parts]
    return tuple(
        replace(part, findings=tuple(finding for finding in findings if finding is not None))
        for part, findings in zip(parts, kept, strict=True)
    )


def _statement(finding: Finding) -> tuple[str, Point] | None:
    return None if finding.excerpt is None else (finding.location.path, finding.excerpt.statement)


def _broken_at(finding: Finding) -> tuple[str, Point] | None:
    """The statement after which a server refused what code does."""
    was_seen = finding.evidence is Evidence.REHEARSED and "seen" not in finding.values
    return _statement(finding) if was_seen and finding.damage is Damage.BREAKS_READERS else None


def _foretells(finding: Finding) -> bool:
    """Whether it says of a statement that it takes away what code may need, or makes it fail."""
    is_grave = finding.damage is not None and finding.damage >= Damage.BREAKS_READERS
    return is_grave and (finding.evidence is not Evidence.REHEARSED or "seen" in finding.values)


def _both(foretold: Finding, shown: Finding) -> Finding:
    return replace(
        foretold,
        severity=max(foretold.severity, shown.severity),
        evidence=Evidence.REHEARSED,
        hint=foretold.hint if foretold.severity >= shown.severity else shown.hint,
        values={**foretold.values, "rolling deploy": shown.message, **shown.values},
        places={**foretold.places, **shown.places},
    )
