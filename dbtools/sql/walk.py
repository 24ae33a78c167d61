"""Migrations statement by statement, each with the schema before it and its predicted effects.

``fold`` is for history, which is applied and not judged; ``walk`` for what is new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, reduce

from dbtools.model import operation as op
from dbtools.model.apply import apply
from dbtools.model.effects import Effects
from dbtools.model.expression import Name
from dbtools.model.migration import Migration
from dbtools.model.predict import Session, predict
from dbtools.model.predict.relations import UNDEFINED_TABLE
from dbtools.model.schema import Schema
from dbtools.sql.judge import judged
from dbtools.sql.read import TEMPORARY, Statement, read
from dbtools.sql.split import Place


@dataclass(frozen=True, slots=True)
class Step:
    """One operation of a migration: what it meets, what it does, what it leaves.

    ``born``: the relations that the change itself has made before this operation; nobody uses them yet.
    ``last``: whether it is the last operation of its statement. ``skipped``: ALTER ... IF EXISTS of what does not
    exist, which PostgreSQL passes over.
    """

    migration: Migration
    statement: Statement
    operation: op.Operation
    place: Place
    before: Schema
    after: Schema
    session: Session
    effects: Effects
    born: frozenset[Name]
    last: bool
    skipped: bool = False


@lru_cache(maxsize=4096)
def statements(text: str) -> tuple[Statement, ...]:
    """The statements of a script; read once however many rooms ask."""
    return read(text)


def in_transaction(migration: Migration) -> bool:
    """Whether the whole up script of *migration* runs in one transaction."""
    if migration.transaction == "query":
        return len(statements(migration.up.text)) > 1
    return migration.transaction == "file"


def fold(schema: Schema, scripts: Iterable[str]) -> Schema:
    """The schema after every statement of every script, in order."""
    operations = (operation for text in scripts for each in statements(text) for operation in each.operations)
    return reduce(apply, operations, schema)


def history(scripts: Iterable[str]) -> Schema:
    """What stands after *scripts* have run from nothing, each in a session of its own, so without temporary tables.

    However many rooms ask, each script is applied once: a longer history starts from the longest that is known.
    """
    texts = tuple(scripts)
    known = max((done for done in _STANDING if texts[: len(done)] == done), key=len, default=())
    schema = _without_temporary(fold(_STANDING.get(known, Schema()), texts[len(known) :]))
    if len(_STANDING) >= MOST_STANDING:
        _STANDING.clear()
    _STANDING[texts] = schema
    return schema


MOST_STANDING = 8
_STANDING: dict[tuple[str, ...], Schema] = {}


def _without_temporary(schema: Schema) -> Schema:
    tables = {name: table for name, table in schema.tables.items() if table.persistence != "temporary"}
    uncertain = frozenset(name for name in schema.uncertain if name.namespace != TEMPORARY)
    return replace(schema, tables=tables, uncertain=uncertain)


def walk(
    migrations: Iterable[Migration], schema: Schema, *, version: int, empty: frozenset[Name] = frozenset()
) -> Iterator[Step]:
    """Every operation of *migrations*, run after *schema* was reached; *empty* tables are known to hold no rows."""
    born: frozenset[Name] = frozenset()
    for migration in migrations:
        session = Session(version=version, empty=empty)
        explicit = False
        script = statements(migration.up.text)
        whole = in_transaction(migration)
        for statement in script:
            count = len(statement.operations)
            for index, operation in enumerate(statement.operations):
                session = replace(session, in_transaction=whole or explicit)
                operation, before = judged(operation, schema, session)  # noqa: PLW2901 - the same operation, judged
                after = apply(before, operation)
                effects = predict(operation, before, session)
                skipped = statement.if_exists and effects.fails == UNDEFINED_TABLE
                yield Step(
                    migration, statement, operation, statement.places[index], before, after, session,
                    Effects() if skipped else effects, born, index == count - 1, skipped,
                )  # fmt: skip
                born, session = _grown(operation, before, born, session)
                schema = after
                if isinstance(operation, op.Transaction):
                    explicit = operation.verb in {"begin", "savepoint", "release", "rollback to"}
            if not (whole or explicit):
                session = replace(session, new_labels=frozenset(), new_types=frozenset())
        empty = session.empty


def _grown(
    operation: op.Operation, before: Schema, born: frozenset[Name], session: Session
) -> tuple[frozenset[Name], Session]:
    """What the change has made so far, and the session after *operation*."""
    match operation:
        case op.CreateTable(table) if table.name not in before.tables:
            born |= {table.name}
            made = frozenset() if operation.query else frozenset({table.name})
            session = replace(session, empty=session.empty | made)
        case op.CreateView(view) if view.name not in before.views:
            born |= {view.name}
        case op.RenameTable(name, to) if name in born:
            renamed = Name(name.namespace, to)
            still = session.empty - {name} | ({renamed} if name in session.empty else set())
            born, session = born - {name} | {renamed}, replace(session, empty=still)
        case op.DropTable(name) | op.DropView(name):
            born -= {name}
        case op.Insert(name):
            session = replace(session, empty=session.empty - {name})
        case op.CreateEnum(enum):
            session = replace(session, new_types=session.new_types | {enum.name})
        case op.AddEnumValue(name, label):
            session = replace(session, new_labels=session.new_labels | {(name, label)})
        case op.SetParameter(name, value) if name.lower() == "timezone":
            session = replace(session, timezone=value)
        case op.Transaction("commit" | "rollback"):
            session = replace(session, new_labels=frozenset(), new_types=frozenset())
    return born, session
