"""One attribute on which two sources differ, and its way into a finding that names every source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple, TypeVar

from dbtools.drift.source import Pair, Source
from dbtools.model.expression import Name
from dbtools.model.finding import Finding, Severity
from dbtools.model.operation import Operation
from dbtools.sql.render import render

T = TypeVar("T")
UNDECIDED = "not-compared"
MISSING = "missing"


class Harm(NamedTuple):
    """What a difference does at run time, and how much that matters."""

    severity: Severity
    text: str


class Clash(NamedTuple):
    """``expected`` is what the truth says of ``table`` and ``object``, ``found`` what the other source says.

    ``column`` is where to look in the source, ``aspect`` what a third source must be able to say to have a part in it,
    ``harm`` what happens at run time, ``remedy`` the edit.
    """

    rule: str
    severity: Severity
    table: Name
    object: str
    expected: str
    found: str
    aspect: str = ""
    column: str = ""
    harm: str = ""
    remedy: str = ""


class Compared(NamedTuple):
    """What one comparison gave: a clash, or that both say the same (None)."""

    pair: Pair
    clash: Clash | None


def remedy(
    pair: Pair, expected: T | None, found: T | None, change: Callable[[T | None, T], Iterable[Operation]]
) -> str:
    """The edit that ends the difference; *change* leads a database from what it has to what it should have.

    Nothing that loses rows is proposed as SQL: what one of the two lacks is to be added there.
    """
    if pair.other.is_database:
        if expected is None:
            return f"add it to {pair.truth.label}, or drop it from {pair.other.label} if nothing needs it"
        return f"bring {pair.other.label} in line: {_script(change(found, expected))}"
    if found is None:
        return f"add it to {pair.other.label}"
    return f"change it in {pair.other.label}, or write a migration: {_script(change(expected, found))}"


def _script(operations: Iterable[Operation]) -> str:
    return "; ".join(map(render, operations))


def findings_of(compared: Iterable[Compared], sources: list[Source]) -> Iterator[Finding]:
    """One finding for each attribute on which sources differ, whatever their number."""
    grouped: dict[tuple[str, Name, str], list[Compared]] = {}
    for each in compared:
        if each.clash is not None:
            key = (each.clash.rule, each.clash.table, each.clash.object)
            grouped.setdefault(key, []).append(each)
    for clashes in grouped.values():
        yield _finding(clashes, sources)


def _finding(compared: list[Compared], sources: list[Source]) -> Finding:
    clashes = [each.clash for each in compared if each.clash is not None]
    worst = max(clashes, key=lambda clash: clash.severity)
    reference = compared[0].pair.truth
    differing = {each.pair.other.label: each.clash.found for each in compared if each.clash is not None}
    said = [source for source in sources if source.label in differing or _has_part(source, reference, worst)]
    values = {source.label: differing.get(source.label, worst.expected) for source in said}
    odd = _odd(reference, compared[0].pair.other, values)
    return Finding(
        worst.rule,
        worst.severity,
        _message(worst, values, odd),
        odd.place(worst.table, worst.column),
        hint=worst.remedy,
        table=str(worst.table),
        object=worst.object,
        values=values,
    )


def _odd(reference: Source, other: Source, values: Mapping[str, str]) -> Source:
    """The one to look at: *other*, unless all that differ from *reference* agree, and there are several."""
    rest = [value for label, value in values.items() if label != reference.label]
    agreed = len(rest) > 1 and len(set(rest)) == 1
    return reference if agreed else other


def _has_part(source: Source, reference: Source, clash: Clash) -> bool:
    """Whether *source*, which does not differ from *reference*, says what that says."""
    if source is reference:
        return True
    if clash.aspect and clash.aspect not in source.reading.expressible:
        return False
    there = reference.schema.tables.get(clash.table)
    if there is None:
        return True
    table = source.schema.tables.get(clash.table)
    if table is None or not source.schema.is_certain(clash.table):
        return False
    return there.column(clash.column) is None or table.column(clash.column) is not None


def _message(clash: Clash, values: Mapping[str, str], odd: Source) -> str:
    dot = "." if clash.object and not clash.object.startswith("(") else ""
    grouped: dict[str, list[str]] = {}
    for label, value in values.items():
        grouped.setdefault(value, []).append(label)
    parts = [f"{value} in {_listed(labels)}" for value, labels in grouped.items()]
    alone = len(values) > len(grouped) and grouped[values[odd.label]] == [odd.label]
    text = f"{clash.table}{dot}{clash.object} is {', '.join(parts)}{f' ({odd.label} is alone)' if alone else ''}"
    return f"{text}; {clash.harm}" if clash.harm else text


def _listed(labels: list[str]) -> str:
    *front, last = labels
    return f"{', '.join(front)} and {last}" if front else last
