"""What changed in the schema, said per object: Change -> Report."""

from __future__ import annotations

from collections import Counter

from dbtools.change import Change
from dbtools.change.lines import lines, renamed
from dbtools.change.renames import renames
from dbtools.model.report import Report, TableSection
from dbtools.model.schema import Schema


def changes(change: Change) -> Report:
    """The operations that lead from the schema before to the schema after, as people would say them."""
    if change.empty:
        return Report("changes", f"{change.label}: nothing that the schema is made of has changed")
    names = renames(change)
    found = [*renamed(names), *lines(names.base, change.head)]
    if not found:
        return Report("changes", "the schema is the same", figures=_figures(change.head))
    counted = Counter((line.kind, line.sign) for line in found)
    summary = ", ".join(
        f"{sign}{count} {_plural(kind, count)}" for (kind, sign), count in sorted(counted.items(), key=_rank)
    )
    rows = tuple((line.sign, line.kind, line.place, line.detail) for line in found)
    section = TableSection("Changes to the schema", ("", "what", "name", "detail"), rows)
    return Report("changes", summary, sections=(section,), figures=_figures(change.head) | {"changes": len(found)})


def _figures(schema: Schema) -> dict[str, int | float]:
    tables = schema.tables.values()
    return {
        "tables": len(tables),
        "columns": sum(len(table.columns) for table in tables),
        "indexes": sum(len(table.indexes) for table in tables),
        "foreign keys": sum(len(table.foreign_keys) for table in tables),
        "enums": len(schema.enums),
    }


KINDS = ("table", "view", "enum", "domain", "column", "constraint", "index")


def _rank(item: tuple[tuple[str, str], int]) -> tuple[int, str, str]:
    (kind, sign), _ = item
    return (KINDS.index(kind) if kind in KINDS else len(KINDS), kind, sign)


def _plural(kind: str, count: int) -> str:
    return (
        kind
        if count == 1
        else f"{kind}es"
        if kind.endswith("x")
        else f"{kind[:-1]}ies"
        if kind.endswith("cy")
        else f"{kind}s"
    )
