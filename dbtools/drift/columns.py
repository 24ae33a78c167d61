"""Columns that both sources have: type, nullability, generation, and what an insert that leaves them out gets."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.drift.clash import Clash, Harm
from dbtools.drift.defaults import left_out_clash
from dbtools.drift.inserts import insert_clash
from dbtools.drift.meaning import Verdict
from dbtools.drift.said import Said
from dbtools.drift.source import Pair
from dbtools.drift.types import type_clashes
from dbtools.drift.typescript import typescript_clashes
from dbtools.model import operation as op
from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.model.objects import Column


def column_clashes(pair: Pair, name: Name) -> Iterator[Clash | None]:
    """One item for each attribute of each common column that both can express: a clash, or None where they agree."""
    other = pair.other.schema.tables[name]
    for column in pair.truth.schema.tables[name].columns:
        theirs = other.column(column.name)
        if theirs is not None:
            yield from _clashes(Said(pair, name, column, theirs))


def _clashes(said: Said) -> Iterator[Clash | None]:
    if said.can_tell("type"):
        yield from type_clashes(said)
    if said.can_tell("ts type"):
        yield from typescript_clashes(said)
    if said.can_tell("nullability") and ("list nullability" in said.pair.aspects or not said.is_list):
        yield _nullability(said)
    if said.can_tell("generated"):
        yield _generated(said)
    if said.can_tell("insert"):
        yield insert_clash(said)
    # The value of a generated column is no default, whatever a language that has no word for it makes of it.
    elif said.truth.generated is None and said.other.generated is None and said.can_tell("default"):
        yield left_out_clash(said)


def _nullability(said: Said) -> Clash | None:
    if said.pair.truth.is_nullable(said.truth) == said.pair.other.is_nullable(said.other):
        return None

    def change(column: Column) -> op.Operation:
        return op.SetNullable(said.table, column.name, column.nullable)

    return said.clash("nullability", "nullability", _nullable, _nullability_harm(said), change)


def _nullability_harm(said: Said) -> Harm:
    if said.model is None:
        text = "a row without a value is taken by one and refused by the other with 23502"
    elif said.in_database.nullable and said.model.checks("nullability"):
        text = f"{said.model.client} fails on reading a row where it is null"
    elif said.in_database.nullable:
        text = f"{said.model.client} hands over null where {said.model.label} promises a value"
        if said.is_list:  # generators write lists so, after Prisma, which has no list that may be null
            return Harm(Severity.INFO, text)
    else:
        text = f"writing null through {said.model.client} fails with 23502"
    return Harm(Severity.ERROR, text)


def _generated(said: Said) -> Clash | None:
    truth, other = said.truth.generated, said.other.generated
    verdict = said.pair.meanings.conditions(said.table, truth and truth.expression, other and other.expression)
    if verdict is Verdict.UNDECIDED:
        return said.undecided("generated", _generation)
    if verdict is Verdict.SAME and (truth is None or other is None or truth.stored == other.stored):
        return None

    def change(column: Column) -> op.Operation:
        return op.SetGenerated(said.table, column.name, column.generated)

    text = "the two compute it differently" if truth and other else "one computes it and refuses to have it written"
    return said.clash("generated", "generated", _generation, Harm(Severity.ERROR, text), change)


def _nullable(column: Column) -> str:
    return "nullable" if column.nullable else "NOT NULL"


def _generation(column: Column) -> str:
    if column.generated is None:
        return "not generated"
    kept = "STORED" if column.generated.stored else "VIRTUAL"
    return f"GENERATED ALWAYS AS ({column.generated.expression}) {kept}"
