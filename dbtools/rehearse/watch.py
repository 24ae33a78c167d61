"""One migration run up, statement by statement, each watched and held against what was predicted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from dbtools.model import operation as op
from dbtools.model.effects import Effects, LockMode, overall, strongest
from dbtools.model.expression import Name
from dbtools.model.identifiers import render_type
from dbtools.model.migration import Migration
from dbtools.pg.guard import UNGUARDED, Guard
from dbtools.pg.losses import changed_values, count_values
from dbtools.pg.observe import Observation, forget, observe
from dbtools.pg.run import send
from dbtools.rehearse.refusals import OURS, missing_extension
from dbtools.sql.read import Statement
from dbtools.sql.walk import Step, in_transaction

if TYPE_CHECKING:
    from dbtools.pg.connect import Connection

# Weaker locks than these block nothing that an application does, and follow from reading.
WATCHED = LockMode.ROW_EXCLUSIVE
# Classes of SQLSTATEs that the rows decide, or what somebody wrote into a function: values, constraints, RAISE.
BY_ROWS = frozenset({"22", "23", "P0"})


@dataclass(frozen=True, slots=True)
class Watched:
    """One statement of a migration: what was foretold, what was seen, what of the rows is lost."""

    migration: Migration
    statement: Statement
    operations: tuple[op.Operation, ...]
    predicted: Effects
    observation: Observation
    losses: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the server refused it."""
        return self.observation.error is not None

    @property
    def confirmed(self) -> bool:
        """Whether the server did what was foretold."""
        return not self.differences and not self.predicted.uncertain


def watch(
    connection: Connection, migration: Migration, steps: Iterable[Step], guard: Guard = UNGUARDED
) -> Iterator[Watched]:
    """Run the up script of *migration*; *steps* foretell it. After a failure the rest is run all the same, then undone.

    A transaction that is open at the end, the runner's or the script's own, is left open for the caller to end. What
    comes after a statement that had to be stopped is not run.
    """
    whole = in_transaction(migration)
    held: dict[Name, LockMode] = {}
    if whole:
        connection.execute("BEGIN")
    for _, group in groupby(steps, key=lambda step: id(step.statement)):
        of_statement = list(group)
        watched = watched_statement(connection, of_statement, guard)
        yield replace(watched, differences=tuple(_differences(watched, held)))
        if watched.observation.timed_out:
            return
        if _is_idle(connection):
            held = {}
        elif not watched.failed:
            held = _renamed(strongest((held, watched.observation.effects.locks)), watched.operations)


def _renamed(held: dict[Name, LockMode], operations: tuple[op.Operation, ...]) -> dict[Name, LockMode]:
    """Locks stay on a table whatever it is called."""
    for operation in operations:
        if isinstance(operation, op.RenameTable) and operation.name in held:
            held = {**held, Name(operation.name.namespace, operation.to): held[operation.name]}
    return held


def watched_statement(connection: Connection, steps: list[Step], guard: Guard = UNGUARDED) -> Watched:
    """Run the statement that *steps* foretell, inside the transaction that is open or in one of its own."""
    statement, operations = steps[0].statement, tuple(step.operation for step in steps)
    predicted = overall(step.effects for step in steps)
    inside = not _is_idle(connection)  # of the runner's transaction, or of the script's own
    if inside:
        connection.execute("SAVEPOINT statement")
    losses = tuple(loss for step in steps for loss in _losses(connection, step))
    if inside or statement.needs_autocommit or isinstance(operations[0], op.Transaction):
        observation = _observed(connection, statement, operations, guard, inside=inside)
    else:
        connection.execute("BEGIN")
        observation = observe(connection, statement.text, guard=guard)
        if not connection.closed:
            connection.execute("ROLLBACK" if observation.error else "COMMIT")
    if inside and observation.error is not None and not connection.closed:
        connection.execute("ROLLBACK TO SAVEPOINT statement")
    observation = replace(observation, effects=_on_what_existed(observation.effects, steps[0]))
    predicted = _on_what_existed(predicted, steps[0])
    return Watched(steps[0].migration, statement, operations, predicted, observation, losses)


def _observed(
    connection: Connection, statement: Statement, operations: tuple[op.Operation, ...], guard: Guard, *, inside: bool
) -> Observation:
    if not isinstance(operations[0], op.Transaction):
        return observe(connection, statement.text, transactional=inside, guard=guard)
    refused = send(connection, statement.text, guard)
    forget(connection)
    if refused is None:
        return Observation(Effects(), 0.0, locks_seen=False)
    if inside and not connection.closed:
        connection.execute("BEGIN; SAVEPOINT statement")
    error, timed_out = refused.message, refused.timed_out
    return Observation(Effects(fails=refused.sqlstate), 0.0, error=error, locks_seen=False, timed_out=timed_out)


def _is_idle(connection: Connection) -> bool:
    return connection.info.transaction_status.name == "IDLE"


def _on_what_existed(effects: Effects, first: Step) -> Effects:
    """Only what stood before the change: on what it made itself nobody waits."""
    known = (first.before.tables.keys() | first.before.views.keys() | first.before.sequences.keys()) - first.born
    return replace(
        effects,
        locks={name: mode for name, mode in effects.locks.items() if name in known},
        rewrites=effects.rewrites & known,
        scans=effects.scans & known,
        builds=effects.builds if effects.scans & known or not effects.scans else frozenset(),
    )


def _losses(connection: Connection, step: Step) -> Iterator[str]:
    """What the rows lose, counted before it is lost."""
    operation = step.operation
    table = step.before.table(getattr(operation, "table", Name("", "")))
    match operation:
        case op.DropTable(name) if name in step.before.tables:
            rows, _ = count_values(connection, name, ())
            if rows:
                yield f"{rows} rows of {name} are lost"
        case op.DropColumn(name, column) if table is not None and table.column(column) is not None:
            _, values = count_values(connection, name, (column,))
            if values[column]:
                yield f"{values[column]} values of {name}.{column} are lost"
        case op.SetType(name, column, kind) if (
            operation.change is not None and operation.change.narrows and operation.old
        ):
            found = changed_values(connection, name, column, (render_type(operation.old), render_type(kind)))
            if found is None:
                yield f"some values of {name}.{column} are no {kind}"
            elif found[1]:
                yield f"{found[1]} of {found[0]} values of {name}.{column} do not fit {kind}"


def _differences(watched: Watched, held: dict[Name, LockMode]) -> Iterator[str]:
    """Where the server did otherwise than foretold; what was not foretold for sure is not held against it."""
    foretold, seen = watched.predicted, watched.observation.effects
    if foretold.uncertain or isinstance(watched.operations[0], op.Transaction | op.Unknown):
        return
    if foretold.fails is None and seen.fails is not None and seen.fails[:2] in BY_ROWS:
        return
    if seen.fails in OURS or missing_extension(watched.observation.error or ""):
        return
    if (foretold.fails or None) != (seen.fails or None):
        yield f"foretold {foretold.fails or 'success'}, the server said {seen.fails or 'success'}"
        return
    if watched.failed:
        return
    if watched.observation.locks_seen:
        expected = {name: mode for name, mode in foretold.locks.items() if mode > max(held.get(name, WATCHED), WATCHED)}
        actual = {name: mode for name, mode in seen.locks.items() if mode > max(held.get(name, WATCHED), WATCHED)}
        for name in sorted(expected.keys() | actual.keys()):
            if expected.get(name) != actual.get(name):
                yield f"foretold {expected.get(name, 'no lock')} on {name}, seen {actual.get(name, 'no lock')}"
    if foretold.rewrites != seen.rewrites:
        yield f"foretold to rewrite {_names(foretold.rewrites)}, seen {_names(seen.rewrites)}"
    if watched.observation.locks_seen and not _planned(watched.operations) and foretold.scans != seen.scans:
        yield f"foretold to read all of {_names(foretold.scans)}, seen {_names(seen.scans)}"


def _planned(operations: tuple[op.Operation, ...]) -> bool:
    """Whether the planner decides what is scanned: queries, and the check of a foreign key."""
    kinds = (op.Insert, op.Update, op.Delete, op.Select, op.CreateView, op.RefreshView)
    keys = (op.AddConstraint, op.AddColumn, op.ValidateConstraint, op.SetType)
    return any(
        isinstance(each, kinds + keys) or (isinstance(each, op.CreateTable) and each.query) for each in operations
    )


def _names(names: Iterable[Name]) -> str:
    return ", ".join(map(str, sorted(names))) or "nothing"
