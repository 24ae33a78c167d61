"""Where a migration is killed: every moment at which something of it is committed and something is still to come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from dbtools.model import operation as op
from dbtools.model.expression import Name
from dbtools.model.predict.others import COMMITTING_BLOCK
from dbtools.model.schema import Schema
from dbtools.rehearse.trial import Scene
from dbtools.sql.read import Statement
from dbtools.sql.walk import in_transaction

MOST = 5
# What leaves nothing that a second run could meet.
QUIET = op.Transaction | op.SetParameter | op.LockTable | op.Maintain


class Kill(NamedTuple):
    """After ``statement``, the ``number``th, has run; or while it waits for those who write to ``held``."""

    number: int
    statement: Statement
    held: tuple[Name, ...] = ()

    @property
    def said(self) -> str:
        """When it is."""
        return "killed while it runs" if self.held else "killed after it"


def kills(scene: Scene) -> tuple[Kill, ...]:
    """All of them where they are few, else some that lie apart, the first and the last among them."""
    found = list(_kills(scene))
    if len(found) <= MOST:
        return tuple(found)
    return tuple(found[number * (len(found) - 1) // (MOST - 1)] for number in range(MOST))


def changes(statement: Statement) -> bool:
    """Whether it may leave something behind."""
    return not all(isinstance(operation, QUIET) for operation in statement.operations)


def _kills(scene: Scene) -> Iterator[Kill]:
    every = _statements(scene)
    last = max((number for number, (statement, _) in enumerate(every, start=1) if changes(statement)), default=0)
    inside, after = in_transaction(scene.migration), None
    for number, (statement, schema) in enumerate(every, start=1):
        held = () if inside else _held(statement, schema)
        inside = _inside(statement, scene, inside=inside)
        if after is not None and not held and changes(statement):
            yield after
        if changes(statement):
            after = None
        if held:
            yield Kill(number, statement, held)
        if _commits_on_the_way(statement):
            yield Kill(number, statement)
        elif number < last and (_ends(statement) or (not inside and changes(statement))):
            after = Kill(number, statement)


def _statements(scene: Scene) -> Sequence[tuple[Statement, Schema]]:
    """Every statement with the schema before it, as many as are sent."""
    groups = groupby(scene.steps, key=lambda step: id(step.statement))
    firsts = [next(group) for _, group in groups]
    return [(step.statement, step.before) for step in firsts if step.statement.text]


def _inside(statement: Statement, scene: Scene, *, inside: bool) -> bool:
    """Whether a transaction is open after it, the runner's or the script's own."""
    for operation in statement.operations:
        match operation:
            case op.Transaction("begin"):
                inside = True
            case op.Transaction("commit" | "rollback"):
                inside = scene.migration.transaction == "query"
    return inside


def _ends(statement: Statement) -> bool:
    return any(isinstance(each, op.Transaction) and each.verb == "commit" for each in statement.operations)


def _commits_on_the_way(statement: Statement) -> bool:
    return any(isinstance(each, op.Other) and each.statement == COMMITTING_BLOCK for each in statement.operations)


def _held(statement: Statement, schema: Schema) -> tuple[Name, ...]:
    """The tables whose writers a statement waits for that PostgreSQL runs in several transactions."""
    return tuple(name for operation in statement.operations for name in _waits(operation, schema))


def _waits(operation: op.Operation, schema: Schema) -> Iterator[Name]:
    match operation:
        case op.CreateIndex(table, concurrently=True) | op.DetachPartition(table, concurrently=True):
            found = schema.tables.get(table)
        case op.DropIndex(name, concurrently=True):
            found = schema.index_owner(name)
        case op.Reindex("index", name, concurrently=True):
            found = schema.index_owner(name)
        case op.Reindex("table", name, concurrently=True):
            found = schema.tables.get(name)
        case _:
            found = None
    if found is not None:
        yield found.name
