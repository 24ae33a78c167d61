"""From differences between two sources each to one finding per attribute, with what every source says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from dbtools.drift.clash import UNDECIDED, Clash
from dbtools.drift.pairs import Compared, family, words
from dbtools.drift.source import Source
from dbtools.model.expression import Name
from dbtools.model.finding import Finding, Location
from dbtools.model.objects import ColumnRef
from dbtools.model.report import TableSection

Key = tuple[str, Name, str]
Otherwise = Mapping[tuple[str, Key], dict[str, str]]
OF_ONE_COLUMN = frozenset({"type", "default"})


class Joined(NamedTuple):
    """The findings, and the expressions that a server would have to tell apart."""

    findings: tuple[Finding, ...]
    undecided: tuple[Finding, ...]


def joined(compared: list[Compared], sources: list[Source]) -> Joined:
    """One finding for each attribute on which *sources* differ, whatever their number."""
    grouped: dict[Key, list[Compared]] = {}
    for each in compared:
        if each.clash is not None:
            grouped.setdefault(_key(each.clash), []).append(each)
    _fold_unions(grouped)
    otherwise = _otherwise(compared)
    found = sorted((_finding(each, sources, otherwise) for each in grouped.values()), key=_order)
    decided = tuple(each for each in found if each.rule != UNDECIDED)
    return Joined(decided, tuple(each for each in found if each.rule == UNDECIDED))


def not_compared(undecided: tuple[Finding, ...], *, asked: bool) -> tuple[Finding, ...]:
    """One note for all that cannot be told from text; *asked*: whether a server was."""
    if not undecided:
        return ()
    hint = "spell it the same way everywhere"
    hint = f"the server could not tell either: {hint}" if asked else f"--scratch asks a throw-away server; or {hint}"
    first = replace(undecided[0], hint=hint)
    if len(undecided) == 1:
        return (first,)
    names = ", ".join(_named(each) for each in undecided[:3])
    more = f" and {len(undecided) - 3} more" if len(undecided) > 3 else ""  # noqa: PLR2004 - as many as are named
    message = f"{len(undecided)} expressions not compared, since their text does not tell: {names}{more}"
    return (replace(first, message=message, table="", object="", values={}, places={}, anchor=""),)


def undecided_section(undecided: tuple[Finding, ...]) -> tuple[TableSection, ...]:
    """What is in the note, each with what the sources say."""
    if len(undecided) < 2:  # noqa: PLR2004 - one says it itself
        return ()
    rows = tuple(
        (_named(each), label, value, str(each.places[label]))
        for each in undecided
        for label, value in each.values.items()
    )
    return (TableSection("Not compared", ("what", "source", "says", "where"), rows),)


def _named(finding: Finding) -> str:
    dot = "." if finding.object and not finding.object.startswith("(") else ""
    return f"{finding.table}{dot}{finding.object}"


def _key(clash: Clash) -> Key:
    return clash.rule, clash.table, clash.object


def _otherwise(compared: list[Compared]) -> Otherwise:
    """What each source says of a column where it differs from the truth, whatever the finding is called."""
    found: dict[tuple[str, Key], dict[str, str]] = {}
    for pair, clash in compared:
        if clash is not None and family(clash) in OF_ONE_COLUMN:
            key = (family(clash), clash.table, clash.object)
            found.setdefault((pair.truth.label, key), {})[pair.other.label] = clash.found
    return found


def _order(finding: Finding) -> tuple[str, str, str]:
    return finding.table, finding.object, finding.rule


def _fold_unions(grouped: dict[Key, list[Compared]]) -> None:
    """Where sources differ in the labels of an enum, unions of its columns have a part in that finding."""
    for key, group in list(grouped.items()):
        enum = group[0].clash.enum if group[0].clash is not None else None
        named = grouped.get(("enum-values", enum, "")) if enum is not None else None
        if named is not None:
            have = {each.pair.other.label for each in named}
            fresh = [each for each in group if each.pair.other.label not in have]
            named += fresh[:1]
            del grouped[key]


def _finding(compared: list[Compared], sources: list[Source], otherwise: Otherwise) -> Finding:
    clashes = [each.clash for each in compared if each.clash is not None]
    worst = max(clashes, key=lambda clash: clash.severity)
    first, reference = clashes[0], compared[0].pair.truth
    differing = {each.pair.other.label: each.clash.found for each in compared if each.clash is not None}
    said = [each for each in sources if each.label in differing or _has_part(each, reference, first)]
    there = otherwise.get((reference.label, (family(first), first.table, first.object)), {}) | differing
    values = {source.label: there.get(source.label, first.expected) for source in said}
    column = first.columns[0] if first.columns else ""
    odd = next(source for source in sources if source.label == _odd(reference, compared[0].pair.other, values).label)
    severity = worst.severity
    return Finding(
        first.rule,
        severity,
        _message(first, values, odd, _distinct([clash.harm for clash in clashes if clash.severity is severity])),
        _place(odd, first, column),
        hint=_distinct([clash.remedy for clash in clashes]),
        table=str(first.table),
        object=first.object,
        values=values,
        places={source.label: _place(source, first, column) for source in said},
        anchor=" | ".join(sorted(set(values.values()))),
    )


def _place(source: Source, clash: Clash, column: str) -> Location:
    """Where *source* says it."""
    enum = source.enum(clash.table) if clash.aspect == "enum" and not column else None
    return source.reading.origin(ColumnRef(enum.name)) if enum is not None else source.place(clash.table, column)


def _distinct(texts: list[str]) -> str:
    return "; ".join(dict.fromkeys(text for text in texts if text))


def _odd(reference: Source, other: Source, values: Mapping[str, str]) -> Source:
    """The one to look at: *other*, unless all that differ from *reference* agree, and there are several."""
    rest = [value for label, value in values.items() if label != reference.label]
    agreed = len(rest) > 1 and len(set(rest)) == 1
    return reference if agreed else other


def _has_part(source: Source, reference: Source, clash: Clash) -> bool:
    """Whether *source*, which does not differ from *reference*, says what that says."""
    if source.label == reference.label:
        return True
    if clash.aspect and clash.aspect not in words(source):
        return False
    if clash.aspect == "insert" and "generated" not in words(source) and _is_generated(reference, clash):
        return False
    if clash.aspect == "enum" and clash.enum is None:
        return source.enum(clash.table) is not None
    there, table = reference.schema.tables.get(clash.table), source.schema.tables.get(clash.table)
    if there is None or table is None:
        return there is None and table is None and source.can_lack(clash.table)
    known = source.schema.is_certain(clash.table) and source.has_read(clash.aspect, clash.table, clash.columns)
    return known and all(table.column(name) or not there.column(name) for name in clash.columns)


def _is_generated(source: Source, clash: Clash) -> bool:
    table = source.schema.tables.get(clash.table)
    column = table.column(clash.object) if table else None
    return column is not None and column.generated is not None


def _message(clash: Clash, values: Mapping[str, str], odd: Source, harm: str) -> str:
    dot = "." if clash.object and not clash.object.startswith("(") else ""
    grouped: dict[str, list[str]] = {}
    for label, value in values.items():
        grouped.setdefault(value, []).append(label)
    parts = [f"{value} in {_listed(labels)}" for value, labels in grouped.items()]
    alone = len(values) > len(grouped) and grouped[values[odd.label]] == [odd.label]
    text = f"{clash.table}{dot}{clash.object} is {', '.join(parts)}{f' ({odd.label} is alone)' if alone else ''}"
    return f"{text}; {harm}" if harm else text


def _listed(labels: list[str]) -> str:
    *front, last = labels
    return f"{', '.join(front)} and {last}" if front else last
