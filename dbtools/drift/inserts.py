"""What an insert has to do with a column, for a language that says that and no default: Kysely.

``Generated<T>`` does not say what the database fills in, only that it does; a column that is computed is left out of
an insert as well, so a type that lets it be given is no difference: all generators of types write it so.
"""

from __future__ import annotations

from typing import NamedTuple

from dbtools.drift.clash import Clash, Harm
from dbtools.drift.said import Said
from dbtools.drift.source import Source
from dbtools.model import operation as op
from dbtools.model.finding import Severity
from dbtools.model.objects import Column
from dbtools.model.reader import Insert


class _Judged(NamedTuple):
    rule: str
    harm: Harm


def insert_clash(said: Said) -> Clash | None:
    """Where one asks of an insert what the other does not, or lets it leave out what the other needs."""
    pair = said.pair
    truth, other = _need(pair.truth, said, said.truth), _need(pair.other, said, said.other)
    written = [source.insert(said.table, said.truth.name) is not None for source in (pair.truth, pair.other)]
    if truth == other:
        return None
    if all(written):
        text = "one gives what the other leaves out"
        return _clash(said, _Judged("default", Harm(Severity.WARNING, text)))
    types, database = (pair.truth, pair.other) if written[0] else (pair.other, pair.truth)
    row, column = (said.truth, said.other) if written[0] else (said.other, said.truth)
    said_by, need = (truth, other) if written[0] else (other, truth)
    judged = _judged(said_by, need, column, types.client)
    if judged is None or (said_by == "optional" and row.nullable and not column.nullable):
        return None  # null where none may be is another difference, and found as such
    if said_by == "refused" and not {"identity", "generated"} <= database.reading.expressible:
        return None  # Prisma, which has no words for what refuses a value
    return _clash(said, judged)


def _need(source: Source, said: Said, column: Column) -> Insert:
    """What it says, or else what a database with this column asks of an insert."""
    written = source.insert(said.table, said.truth.name)
    if written is not None:
        return written
    if column.generated is not None or column.identity == "always":
        return "refused"
    domain = source.schema.domains.get(column.type.name)
    filled = column.default or column.identity or (domain is not None and domain.default)
    return "optional" if source.is_nullable(column) or filled else "required"


def _judged(written: Insert, need: Insert, column: Column, client: str) -> _Judged | None:
    """What comes of what a type says where the database needs something else; None where nothing does."""
    filled = bool(column.default or column.identity)
    match written, need:
        case "optional", "required":
            text = f"inserts through {client} fail with 23502: NOT NULL without a database default"
            return _Judged("default", Harm(Severity.ERROR, text))
        case "required", "optional" if filled:
            text = f"the database would fill it in, {client} does not let an insert leave it out"
            return _Judged("default", Harm(Severity.WARNING, text))
        case "required", "refused":
            text = f"inserts through {client} fail with 428C9: they give a value where none may be given"
            return _Judged("default", Harm(Severity.ERROR, text))
        case "refused", _ if column.identity:
            text = f"the database takes explicit values, {client} does not let an insert give one"
            return _Judged("identity", Harm(Severity.WARNING, text))
        case "refused", "required":
            text = f"inserts through {client} cannot give the value that the database asks for (23502)"
            return _Judged("generated", Harm(Severity.ERROR, text))
        case "refused", "optional" if not filled:
            text = f"{client} takes it for computed and never writes it: it stays NULL"
            return _Judged("generated", Harm(Severity.ERROR, text))
    return None


def _clash(said: Said, judged: _Judged) -> Clash:
    pair = said.pair

    def shown(column: Column) -> str:
        source = pair.truth if column is said.truth else pair.other
        written = source.insert(said.table, said.truth.name)
        return f"{written} on insert" if written else _given(column)

    def change(column: Column) -> op.Operation:
        return op.SetDefault(said.table, column.name, column.default)

    clash = said.clash(judged.rule, "insert", shown, judged.harm, change)
    types = pair.truth if pair.truth.insert(said.table, said.truth.name) is not None else pair.other
    return clash._replace(remedy=f"say in {types.label} what the database does, or generate its types anew")


def _given(column: Column) -> str:
    if column.generated is not None:
        return f"GENERATED ALWAYS AS ({column.generated.expression})"
    if column.identity:
        return column.identity if column.identity == "serial" else f"GENERATED {column.identity.upper()} AS IDENTITY"
    if column.default is not None:
        return f"DEFAULT {column.default}"
    return "no database default" if column.nullable else "NOT NULL without a database default"
