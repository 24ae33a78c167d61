"""The truth and every other source, held against each other on what both can express.

Equal in meaning is silent; what cannot be told from text is a note (``not-compared``), as is what a reader could not
read (``not-read``). Tables that something unread may have changed are not compared, and counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dbtools.drift.checks import check_clashes
from dbtools.drift.clash import UNDECIDED, Clash, Compared, findings_of
from dbtools.drift.columns import column_clashes
from dbtools.drift.enums import enum_clashes
from dbtools.drift.indexes import index_clashes
from dbtools.drift.references import reference_clashes
from dbtools.drift.renames import aligned
from dbtools.drift.source import Pair, Source, sources_of
from dbtools.drift.tables import common_tables, missing_columns, missing_tables
from dbtools.model.expression import Name
from dbtools.model.finding import Finding, Severity
from dbtools.model.reader import Reading
from dbtools.model.report import Report, TableSection


@dataclass(frozen=True, slots=True)
class DriftSettings:
    """``truth``: the source that the others are held against, as a kind, a place or ``kind:place``.

    Empty for migrations, else sql, else the first.
    """

    truth: str = ""


def drift(readings: Sequence[Reading], settings: DriftSettings) -> Report:
    """Where *readings* disagree: one finding for each attribute, with what every source says of it."""
    sources = sources_of(readings, settings.truth)
    unread = [note for source in sources for note in _unread(source)]
    if len(sources) < 2:  # noqa: PLR2004 - one source agrees with itself
        summary = f"only {sources[0].reading} is given: nothing to compare it with" if sources else "no source is given"
        return Report("drift", summary, tuple(unread), sections=_sections(sources))
    aligned_pairs = [aligned(pair) for pair in _pairs(sources)]
    compared = [each for pair, renames in aligned_pairs for each in (*renames, *_compared(pair))]
    sources = [sources[0], *(pair.other for pair, _ in aligned_pairs[: len(sources) - 1])]
    found = sorted(findings_of(compared, sources), key=lambda finding: (finding.table, finding.object, finding.rule))
    tables = _common(sources)
    figures = {
        "sources": len(sources),
        "tables": len(tables),
        "columns": sum(len(sources[0].schema.tables[name].columns) for name in tables),
        "comparisons": len(compared),
    }
    return Report(
        "drift",
        _summary(sources, found, figures, settings.truth),
        (*found, *unread),
        sections=_sections(sources),
        figures=figures,
    )


def _pairs(sources: list[Source]) -> Iterator[Pair]:
    """The truth and each other source; what it cannot express is compared among those that can."""
    truth, *others = sources
    for other in others:
        yield Pair(truth, other, truth.reading.expressible & other.reading.expressible)
    beyond = [other for other in others if other.reading.expressible - truth.reading.expressible]
    for other in beyond[1:]:
        shared = beyond[0].reading.expressible & other.reading.expressible
        yield Pair(beyond[0], other, shared - truth.reading.expressible)


def _compared(pair: Pair) -> Iterator[Compared]:
    return (Compared(pair, clash) for clash in _clashes(pair))


def _clashes(pair: Pair) -> Iterator[Clash | None]:
    """One item for each attribute: a clash, or None where both say the same."""
    yield from missing_tables(pair)
    yield from enum_clashes(pair)
    for name in common_tables(pair):
        yield from missing_columns(pair, name)
        yield from column_clashes(pair, name)
        yield from index_clashes(pair, name)
        yield from reference_clashes(pair, name)
        yield from check_clashes(pair, name)


def _unread(source: Source) -> Iterator[Finding]:
    for item in source.reading.unknown:
        yield Finding(
            "not-read",
            Severity.INFO,
            f"{source.label}: {item.what}",
            item.location,
            hint="what depends on it is not compared",
        )


def _common(sources: list[Source]) -> list[Name]:
    """The tables of the truth that another source has too."""
    truth, *others = sources
    return [name for name in truth.schema.tables if any(name in other.schema.tables for other in others)]


def _uncertain(sources: list[Source]) -> int:
    """How many tables are not compared because one source is not sure of them."""
    names = {name for source in sources for name in source.schema.tables}
    return sum(any(not source.schema.is_certain(name) for source in sources) for name in names)


def _summary(sources: list[Source], found: list[Finding], figures: Mapping[str, int], truth: str) -> str:
    labels = [source.label for source in sources]
    differences = sum(finding.rule != UNDECIDED for finding in found)
    shared = f"{_count(figures['tables'], 'table')}, {_count(figures['columns'], 'column')}"
    parts = [f"{len(sources)} sources agree on {shared}"]
    if differences:
        parts = [f"{_count(differences, 'difference')} between {', '.join(labels[:-1])} and {labels[-1]}"]
    if len(found) > differences:
        parts.append(f"{len(found) - differences} not to be told from the text")
    if uncertain := _uncertain(sources):
        parts.append(f"{_count(uncertain, 'table')} not compared: see what was not read")
    if truth and not sources[0].answers_to(truth):
        parts.append(f"{truth} is not among them, {labels[0]} stands in")
    return "; ".join(parts)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _sections(sources: list[Source]) -> tuple[TableSection, ...]:
    rows = []
    for number, source in enumerate(sources):
        tables = source.schema.tables.values()
        rows.append(
            (
                source.reading.kind if number else f"{source.reading.kind} (truth)",
                source.reading.where,
                str(len(tables)),
                str(sum(len(table.columns) for table in tables)),
                str(len(source.schema.enums)),
                str(len(source.reading.unknown)),
            )
        )
    header = ("source", "where", "tables", "columns", "enums", "not read")
    return (TableSection("Sources", header, tuple(rows)),) if rows else ()
