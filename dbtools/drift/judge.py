"""The truth and every other source, held against each other on what both can express.

Equal in meaning is silent; what cannot be told from text is a note (``not-compared``) until a server is asked, as is
what a reader could not read (``not-read``). Tables that something unread may have changed are not compared, but
counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dbtools.baseline import Baseline, split
from dbtools.drift.joined import joined, not_compared, undecided_section
from dbtools.drift.meaning import Meanings
from dbtools.drift.pairs import compare, words
from dbtools.drift.source import Source, sources_of
from dbtools.model.expression import Name
from dbtools.model.finding import Finding, Location, Severity
from dbtools.model.question import Ask
from dbtools.model.reader import Reading
from dbtools.model.report import Report, TableSection
from dbtools.model.schema import Schema
from dbtools.model.wording import counted

FEW = 3  # tables: two sources with as many each and none in common do not speak of the same database


@dataclass(frozen=True, slots=True)
class DriftSettings:
    """``truth``: the source that the others are held against, as a kind, a place or ``kind:place``.

    Empty for migrations, else sql, else the first. ``ask``: a server that says what two expressions mean.
    ``baseline``: the differences that are known already.
    """

    truth: str = ""
    ask: Ask | None = None
    baseline: Baseline = field(default_factory=Baseline)


def drift(readings: Sequence[Reading], settings: DriftSettings) -> Report:
    """Where *readings* disagree: one finding for each attribute, with what every source says of it."""
    sources = sources_of(readings, settings.truth)
    unread = [note for source in sources for note in _unread(source)]
    if len(sources) < 2:  # noqa: PLR2004 - one source agrees with itself
        summary = f"only {sources[0].reading} is given: nothing to compare it with" if sources else "no source is given"
        return Report("drift", summary, tuple(unread), sections=_sections(sources))
    meanings = Meanings()
    named, compared = compare(sources, meanings)
    if settings.ask is not None and meanings.asked:
        named, compared = compare(sources, Meanings(settings.ask(_every_table(named), meanings.asked)))
    strangers = _strangers(named)
    compared = [each for each in compared if not {each.pair.truth.label, each.pair.other.label} & set(strangers)]
    every, undecided = joined(compared, named)
    found, known = split((*strangers.values(), *every), settings.baseline)
    tables = _common(named)
    figures = {
        "sources": len(sources),
        "tables": len(tables),
        "columns": sum(len(named[0].schema.tables[name].columns) for name in tables),
        "comparisons": len(compared),
        **({"in the baseline": len(known)} if known else {}),
    }
    notes = not_compared(undecided, asked=settings.ask is not None)
    summary = _summary(named, len(found), len(undecided), figures)
    if settings.truth and not sources[0].answers_to(settings.truth):
        summary += f"; {settings.truth} is not among them, {sources[0].label} stands in"
    return Report(
        "drift",
        summary,
        (*found, *notes, *unread),
        sections=(*undecided_section(undecided), *_sections(sources)),
        figures=figures,
    )


def _strangers(sources: list[Source]) -> Mapping[str, Finding]:
    """The sources that have not one table in common with the truth: they speak of something else."""
    truth, *others = sources
    found = {}
    for other in others:
        few = min(len(truth.schema.tables), len(other.schema.tables)) < FEW
        if not few and truth.schema.tables.keys().isdisjoint(other.schema.tables):
            names = [", ".join(map(str, sorted(each.schema.tables)[:FEW])) for each in (truth, other)]
            found[other.label] = Finding(
                "nothing-in-common",
                Severity.ERROR,
                f"{other.label} and {truth.label} have no table in common: {names[1]}, ... against {names[0]}, ...",
                Location(other.reading.where),
                hint=f"check that {other.reading.where} describes the same database, and the same namespace of it",
            )
    return found


def _every_table(sources: list[Source]) -> Schema:
    """One schema with what a server needs to know of all *sources* to read their expressions."""
    told = [source.schema for source in sources if "type" in words(source)]
    merged = told[0] if told else Schema()
    for schema in told[1:]:
        merged = replace(
            merged,
            tables={**schema.tables, **merged.tables},
            enums={**schema.enums, **merged.enums},
            domains={**schema.domains, **merged.domains},
            functions={**schema.functions, **merged.functions},
            extensions=merged.extensions.having(*schema.extensions),
        )
    return merged


def _unread(source: Source) -> Iterator[Finding]:
    for item in source.reading.unknown:
        about = f"{item.aspect} of {item.ref}: " if item.ref is not None and item.aspect else ""
        yield Finding(
            "not-read",
            Severity.INFO,
            f"{source.label}: {about}{item.what}",
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


def _summary(sources: list[Source], differences: int, undecided: int, figures: Mapping[str, int]) -> str:
    labels = [source.label for source in sources]
    shared = f"{counted(figures['tables'], 'table')}, {counted(figures['columns'], 'column')}"
    parts = [f"{len(sources)} sources agree on {shared}"]
    if figures.get("in the baseline"):
        parts = [f"{len(sources)} sources differ on {shared} in nothing that was not known"]
    if differences:
        parts = [f"{counted(differences, 'difference')} between {', '.join(labels[:-1])} and {labels[-1]}"]
    if undecided:
        parts.append(f"{undecided} not to be told from the text")
    if uncertain := _uncertain(sources):
        parts.append(f"{counted(uncertain, 'table')} not compared: see what was not read")
    return "; ".join(parts)


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
