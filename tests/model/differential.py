"""Statements run on a real server and foretold by ``predict``: where the two differ."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, NamedTuple

from dbtools.model import operation as op
from dbtools.model.effects import Effects, strongest
from dbtools.model.migration import Migration, Script
from dbtools.model.predict import Session
from dbtools.model.predict.relations import branch
from dbtools.model.schema import Schema
from dbtools.pg.observe import Observation, observe
from dbtools.sql.walk import Step, fold, walk

if TYPE_CHECKING:
    from dbtools.pg.connect import Connection

# What a query's plan decides, as predict's docstring says.
PLANNED = (op.Insert, op.Update, op.Delete, op.Select)
SEQUENCES = (op.AlterSequence, op.DropSequence, op.Rename, op.SetNamespace)
# What the rows decide: a duplicate, a row without its key, one that a check refuses.
DATA = {"23502", "23503", "23505", "23514", "23P01", "22P02", "22001", "22003"}
RESET = "DROP SCHEMA IF EXISTS sc CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE SCHEMA sc;"


class Difference(NamedTuple):
    """One field of the effects of one statement, foretold and seen."""

    statement: str
    field: str
    foretold: object
    seen: object


class Trial(NamedTuple):
    """What came of a script: its differences, and why predict was uncertain, statement by statement."""

    differences: tuple[Difference, ...]
    uncertain: tuple[str, ...]
    compared: int


def prepared(connection: Connection, setup: str) -> Schema:
    """A server on which *setup* has run, and the schema after it. Publications are no part of a namespace."""
    for (name,) in connection.execute("SELECT pubname FROM pg_publication").fetchall():
        connection.execute(f'DROP PUBLICATION "{name}"'.encode())
    connection.execute(RESET.encode())
    connection.execute(setup.encode())
    return fold(Schema(), (RESET, setup))


def tried(connection: Connection, script: str, schema: Schema, version: int) -> Trial:
    """*script* in one transaction, which is rolled back; it ends where the server refuses a statement."""
    differences: list[Difference] = []
    uncertain: list[str] = []
    held: dict = {}
    compared = 0
    connection.execute("BEGIN")
    try:
        for steps in by_statement(script, schema, version):
            foretold = reduce(or_, (step.effects for step in steps))
            seen = observe(connection, steps[0].statement.text)
            compared += 1
            if foretold.uncertain:
                uncertain.append(f"{steps[0].statement.text}: {foretold.uncertain}")
            else:
                differences += compared_with(steps, foretold, seen, Before(schema, held))
            if seen.error:
                break
            held = strongest((held, seen.effects.locks))
    finally:
        connection.execute("ROLLBACK")
    return Trial(tuple(differences), tuple(uncertain), compared)


def by_statement(script: str, schema: Schema, version: int) -> Iterator[list[Step]]:
    """The steps of *script*, those of one statement together."""
    grouped: dict[int, list[Step]] = {}
    for step in walk([Migration("m", Script("m.sql", script))], schema, Session(version=version)):
        grouped.setdefault(id(step.statement), []).append(step)
    yield from grouped.values()


def _looks_up(step: Step) -> bool:
    return isinstance(
        step.operation, op.AddColumn | op.AddConstraint | op.ValidateConstraint | op.SetType | op.AttachPartition
    )


def _targets(steps: list[Step]) -> set:
    """What foreign keys point at, with its partitions."""
    before, after = steps[0].before, steps[-1].after
    keys = {key.target for schema in (before, after) for table in schema.tables.values() for key in table.foreign_keys}
    return {table.name for target in keys for table in branch(target, before)}


class Before(NamedTuple):
    """The schema before the transaction, and the locks that it holds already."""

    schema: Schema
    held: dict


def compared_with(steps: list[Step], foretold: Effects, seen: Observation, start: Before) -> Iterator[Difference]:
    """Where *foretold* is not what was *seen*; locks that are held, or on what this transaction made, are aside."""
    held = start.held
    text, before = steps[0].statement.text, steps[0].before
    planned = any(isinstance(step.operation, PLANNED) for step in steps)
    if foretold.fails != seen.effects.fails and not (foretold.fails is None and seen.effects.fails in DATA):
        yield Difference(text, "fails", foretold.fails, f"{seen.effects.fails} {seen.error}")
    if foretold.fails or seen.error:
        return
    known = {*before.tables, *before.views}
    if any(isinstance(step.operation, SEQUENCES) for step in steps):
        known |= {*before.sequences}
    stood = known & {*start.schema.tables, *start.schema.views, *start.schema.sequences}
    taken, expected = (
        {name: mode for name, mode in effects.locks.items() if name in stood and mode > held.get(name, 0)}
        for effects in (seen.effects, foretold)
    )
    changed = {name for name in taken.keys() | expected.keys() if taken.get(name, 0) != expected.get(name, 0)}
    if planned:  # at most: rows decide which partitions and keys are visited
        changed = {name for name in changed if taken.get(name, 0) > expected.get(name, 0)}
    if changed:
        yield Difference(
            text, "locks", *({str(n): str(side.get(n)) for n in sorted(changed)} for side in (expected, taken))
        )
    for field in ("rewrites", "builds", "scans"):
        one, two = getattr(foretold, field), getattr(seen.effects, field)
        if field == "scans":
            two &= known
        if field == "scans" and any(map(_looks_up, steps)):
            two |= one & _targets(steps)  # whether the other side is read by its index is for the plan
        if one != two and not (planned and field == "scans"):
            yield Difference(text, field, sorted(map(str, one - two)), sorted(map(str, two - one)))
