"""What code does, tried on two databases: on one to find out how it works, on the other to see whether it still does.

Values are made up, so an error that other values might not meet proves nothing: such a statement is tried again with
what the table holds, and is undecided where that fails too and nothing says that every value would.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from dbtools.model.expression import Name
from dbtools.model.identifiers import literal
from dbtools.model.objects import Check, ForeignKey, Table, Unique
from dbtools.model.schema import Schema
from dbtools.pg.attempt import TOO_LONG, Refusal, parameter_types, tried
from dbtools.pg.catalog import catalog
from dbtools.pg.rows import LATER, Row, held_rows, made_rows, values_of
from dbtools.rehearse.rolling.uses import (
    EVERY_COLUMN,
    INSERT,
    LABELS,
    Model,
    Query,
    Sent,
    Use,
    insert_text,
    reading_text,
    statements_of,
)
from dbtools.sql.types import read_type

if TYPE_CHECKING:
    from dbtools.pg.connect import Connection

TEXTUAL = frozenset({"text", "varchar", "bpchar", "char", "citext"})
EARLY = 7  # the number of a row that there probably is
# Values that another row or another constraint decides on; what is too long for its type is so whatever the row.
BY_VALUE, TOO_LARGE, NOT_NULL = ("21", "22", "23", "P0"), frozenset({"22001", "22003"}), "23502"
BY_SERVER = ("08", "40", "53", "54", "57", "58", "XX")
PREPARED = "dbtools_query"


class Attempt(NamedTuple):
    """One thing that a use does. ``texts`` are ways to say it, of which one that works is looked for.

    ``sent``: which columns an INSERT gives a value. ``proof``: of a query, what fails only if no value can help.
    """

    use: Use
    what: str
    texts: tuple[str, ...]
    sent: Sent | None = None
    proof: str = ""

    @property
    def text(self) -> str:
        """How it is said."""
        return self.texts[0]


class Tried(NamedTuple):
    """The attempts that worked, and of the others what was to be done and why it could not be."""

    working: tuple[Attempt, ...]
    others: Mapping[tuple[Use, str], str]


class Failure(NamedTuple):
    """What an attempt met; ``certain``: whatever its values."""

    attempt: Attempt
    refusal: Refusal
    certain: bool


def working(connection: Connection, schema: Schema, uses: Sequence[Use]) -> Tried:
    """How each of *uses* works on the database, whose schema is *schema*."""
    pending = [*_of_models(connection, schema, uses), *_of_queries(connection, schema, uses)]
    templates = [use for use in uses if isinstance(use, Query) and use.text is None]
    others: dict[tuple[Use, str], str] = {
        (use, ""): "it is no SQL before a template has filled it in" for use in templates
    }
    others |= {(each.use, each.what): "no value is known for one of its columns" for each in pending if not each.texts}
    pending = [attempt for attempt in pending if attempt.texts]
    done: list[Attempt] = []
    while pending:
        refusals = tried(connection, [attempt.text for attempt in pending])
        pairs = list(zip(pending, refusals, strict=True))
        done += (attempt for attempt, refusal in pairs if refusal is None)
        others |= {(attempt.use, attempt.what): str(refusal) for attempt, refusal in pairs if refusal is not None}
        pending = [
            attempt._replace(texts=attempt.texts[-1:] if refusal.sqlstate == TOO_LONG else attempt.texts[1:])
            for attempt, refusal in pairs
            if refusal is not None and len(attempt.texts) > 1
        ]
    worked = {(attempt.use, attempt.what) for attempt in done}
    return Tried(tuple(done), {each: reason for each, reason in others.items() if each not in worked})


def failing(connection: Connection, attempts: Sequence[Attempt], schema: Schema) -> list[Failure]:
    """Which of *attempts*, which work on a database with *schema*, fail on this one."""
    refusals = tried(connection, [attempt.text for attempt in attempts])
    met = [(attempt, refusal) for attempt, refusal in zip(attempts, refusals, strict=True) if refusal is not None]
    sure = [Failure(attempt, refusal, certain=True) for attempt, refusal in met if _is_certain(attempt, refusal)]
    doubtful = [(attempt, refusal) for attempt, refusal in met if not _is_certain(attempt, refusal)]
    return [*sure, *_again(connection, doubtful, schema)] if doubtful else sure


def _is_certain(attempt: Attempt, refusal: Refusal) -> bool:
    """Whether the same would be said of other values."""
    if refusal.sqlstate.startswith(BY_SERVER):
        return False
    by_value = refusal.sqlstate.startswith(BY_VALUE) and refusal.sqlstate not in {*TOO_LARGE, NOT_NULL}
    return not by_value or attempt.what == LABELS


def _again(connection: Connection, doubtful: list[tuple[Attempt, Refusal]], schema: Schema) -> Iterator[Failure]:
    """With other values, or without any; what works then is no failure."""
    here = catalog(connection)
    names = {attempt.use.table for attempt, _ in doubtful if isinstance(attempt.use, Model)}
    made, held = made_rows(connection, schema, names), held_rows(connection, here, names)
    for attempt, refusal in doubtful:
        others = _others(attempt, _Rows(schema, here, made, held))
        again = tried(connection, others)
        if isinstance(attempt.use, Query):
            proven = again[0] is not None and not again[0].sqlstate.startswith(BY_SERVER)
            yield Failure(attempt, refusal, certain=proven)
        elif None not in again:
            said = [refusal, *(each for each in again if each is not None)]
            certain = attempt.sent is None or bool(others)
            yield Failure(attempt, refusal, certain and _concerns_no_value(attempt, said, here))


class _Rows(NamedTuple):
    """The schema with which the attempts work and the one here; rows made for the first, and rows that are held."""

    old: Schema
    new: Schema
    made: Mapping[Name, Row]
    held: Mapping[Name, Row]


def _others(attempt: Attempt, rows: _Rows) -> tuple[str, ...]:
    """The same with other values: those of a row that is there, under keys of its own or in its place."""
    if isinstance(attempt.use, Query):
        return (attempt.proof,)
    name, sent = attempt.use.table, attempt.sent
    old, new = rows.old.tables.get(name), rows.new.tables.get(name)
    if sent is None or old is None or new is None or name not in rows.held or name not in rows.made:
        return ()
    made, held = rows.made[name], rows.held[name]
    row = {column: held[column] if _same_kind(column, old, new) else made.get(column) for column in held}
    own = {column: made[column] for columns in (*old.keys, *new.keys) for column in columns if column in made}
    texts = insert_text(attempt.use, sent, {**row, **own}), insert_text(attempt.use, sent, row, _keys(new))
    return tuple(text for text in texts if text is not None)


def _same_kind(name: str, old: Table, new: Table) -> bool:
    """Whether code that knew the old column may well send what the new one holds."""
    before, after = old.column(name), new.column(name)
    return before is None or after is None or before.type == after.type or before.type.base in TEXTUAL


def _concerns_no_value(attempt: Attempt, said: list[Refusal], schema: Schema) -> bool:
    """Whether what refuses it looks at what the INSERT leaves out, or at no value at all."""
    refusal = said[0]
    if refusal.sqlstate.startswith("P0"):
        return all(each.sqlstate == refusal.sqlstate for each in said)
    if attempt.sent is None or not refusal.constraint:
        return attempt.sent is not None
    table = schema.tables.get(attempt.use.table) if isinstance(attempt.use, Model) else None
    constraint = table.constraint(refusal.constraint) if table is not None else None
    given = set(attempt.sent.given)
    match constraint:
        case Check():
            return not given.issuperset(constraint.expression.columns)
        case Unique() | ForeignKey():
            return given.isdisjoint(constraint.columns)
    return False


def _of_models(connection: Connection, schema: Schema, uses: Iterable[Use]) -> Iterator[Attempt]:
    models = [use for use in uses if isinstance(use, Model)]
    writing = {model.table for model in models if model.most}
    made, held = made_rows(connection, schema, writing), held_rows(connection, schema, writing)
    for model in models:
        table = schema.tables.get(model.table)
        keys = _keys(table) if table is not None else ()
        for sent in statements_of(model):
            if sent.what not in {INSERT, EVERY_COLUMN}:
                yield Attempt(model, sent.what, (reading_text(model, sent.what, keys),))
                continue
            new = insert_text(model, sent, made.get(model.table, {}))
            again = insert_text(model, sent, held.get(model.table, {}), keys) if keys else None
            yield Attempt(model, sent.what, tuple(text for text in (new, again) if text is not None), sent)


def _keys(table: Table) -> tuple[str, ...]:
    """The columns that tell its rows apart."""
    required = {column.name for column in table.columns if not column.nullable}
    return next((columns for columns in table.keys if required.issuperset(columns)), ())


def _of_queries(connection: Connection, schema: Schema, uses: Iterable[Use]) -> Iterator[Attempt]:
    queries = [(use, use.text) for use in uses if isinstance(use, Query) and use.text is not None]
    types = parameter_types(connection, [text for _, text in queries])
    kinds = tuple(dict.fromkeys(kind for found in types for kind in found or ()))
    read = [read_type(kind) for kind in kinds]
    early, later = (
        dict(zip(kinds, values_of(connection, schema, read, number), strict=True)) for number in (EARLY, LATER)
    )
    for (use, text), found in zip(queries, types, strict=True):
        proof = f"DEALLOCATE ALL; PREPARE {PREPARED} AS {text}\n"
        first, rest = (found or ())[:1], (found or ())[1:]
        values = (
            [early[kind] for kind in found or ()],
            [*(later[kind] for kind in first), *(early[kind] for kind in rest)],
            [later[kind] for kind in found or ()],
        )
        ways = [f"{proof}; {_executed(each)}" for each in values] if found is not None else []
        yield Attempt(use, "", (*dict.fromkeys(ways), proof), proof=proof)


def _executed(values: Collection[str | None]) -> str:
    listed = ", ".join("NULL" if value is None else literal(value) for value in values)
    return f"EXECUTE {PREPARED}({listed})" if values else f"EXECUTE {PREPARED}"
