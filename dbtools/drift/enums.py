"""Enums by their labels: the set of them, and their order."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.drift.clash import MISSING, Clash, remedy
from dbtools.drift.source import Pair, Source
from dbtools.model import operation as op
from dbtools.model.finding import Severity
from dbtools.model.objects import Enum
from dbtools.model.schema import Schema


def enum_clashes(pair: Pair) -> Iterator[Clash | None]:
    """One item for each enum: a clash, or None where both say the same."""
    if "enum" not in pair.aspects or "type" not in pair.aspects:
        return  # unions of TypeScript have no names: they are compared where columns have them
    left = dict(pair.other.schema.enums)
    for name, enum in pair.truth.schema.enums.items():
        found = pair.other.enum(name)
        left.pop(found.name if found else name, None)
        if found is None:
            yield from _unused(pair, enum, pair.truth)
        elif set(enum.labels) != set(found.labels):
            yield _values(pair, enum, found)
        elif enum.labels != found.labels and "enum order" in pair.aspects:
            yield _order(pair, enum, found)
        else:
            yield None
    for enum in left.values():
        yield from _unused(pair, enum, pair.other)


def _values(pair: Pair, truth: Enum, other: Enum) -> Clash:
    added = [label for label in other.labels if label not in truth.labels]
    lost = [label for label in truth.labels if label not in other.labels]
    harm = f"{', '.join((*lost, *added))} cannot be written to both: 22P02"
    if pair.model is not None:
        database, model = pair.database_first(lost, added)
        parts = [f"writing {', '.join(model)} fails with 22P02"] if model else []
        if database:
            names, client = ", ".join(database), pair.model.client
            checks = pair.model.checks("enum")
            parts.append(f"reading {names} fails in {client}" if checks else f"{client} does not reckon with {names}")
        harm = ", ".join(parts)

    def change(had: Enum | None, wanted: Enum) -> list[op.Operation]:
        labels = had.labels if had else ()
        return [op.AddEnumValue(truth.name, label) for label in wanted.labels if label not in labels]

    # PostgreSQL adds labels and never drops one.
    grows = not added if pair.other.is_database else not lost
    edit = remedy(pair, truth, other, change) if grows else f"give it the same labels in {pair.other.label}"
    return _clash("enum-values", Severity.ERROR, truth, other, harm)._replace(remedy=edit)


def _order(pair: Pair, truth: Enum, other: Enum) -> Clash:
    clash = _clash("enum-order", Severity.INFO, truth, other, "it decides only how ORDER BY, < and max() sort")
    return clash._replace(remedy=f"list the labels of {pair.other.label} in the order of {pair.truth.label}")


def _clash(rule: str, severity: Severity, truth: Enum, other: Enum, harm: str) -> Clash:
    return Clash(rule, severity, truth.name, "", ", ".join(truth.labels), ", ".join(other.labels), "enum", harm=harm)


def _unused(pair: Pair, enum: Enum, has: Source) -> Iterator[Clash]:
    """A note on an enum that one source lacks, unless a column has it: then that column's type is the difference."""
    lacks = pair.other if has is pair.truth else pair.truth
    if enum.name.namespace not in lacks.schema.namespaces or not lacks.schema.complete or _is_used(enum, has.schema):
        return
    labels = ", ".join(enum.labels)
    said = (labels, MISSING) if has is pair.truth else (MISSING, labels)
    yield Clash("enum-values", Severity.INFO, enum.name, "", *said, "enum", harm="no column has this type")


def _is_used(enum: Enum, schema: Schema) -> bool:
    return any(column.type.name == enum.name for table in schema.tables.values() for column in table.columns)
