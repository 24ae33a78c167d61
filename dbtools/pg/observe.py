"""What a statement does to the relations that stood before it, measured: ``Effects`` as ``predict`` foretells them.

Two snapshots of the catalog enclose the statement. A lock counts when the
statement added it to those that the transaction held already; a table counts as scanned when it was
read sequentially, even an empty one; an index counts as built when it lives in a file that no index
had before. A plain index's own locks, temporary tables and the system's own tables are left out.
``Effects.loses`` stays empty: what is gone shows by ``losses.count_values`` before and after.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

from dbtools.errors import DatabaseError
from dbtools.model.effects import Effects, LockMode, strongest
from dbtools.model.expression import Name
from dbtools.pg.guard import UNGUARDED, Answer, Guard
from dbtools.pg.queries import query

if TYPE_CHECKING:
    import psycopg

    from dbtools.pg.connect import Connection

MODES = {"".join(word.capitalize() for word in mode.name.split("_")) + "Lock": mode for mode in LockMode}
HEAPS = ("r", "m")


@dataclass(frozen=True, slots=True)
class Observation:
    """One statement that was run.

    ``rows``: how many it says it touched, None where it does not say. ``error`` and ``position``:
    what the server answered, and at which character of the statement (1-based). ``scanned``: the
    rows read sequentially, per table. ``wal``: the bytes of write-ahead log that the server wrote meanwhile, which a
    standby has to receive. ``locks_seen``: whether ``effects.locks`` says anything. ``timed_out``: it was stopped, and
    the connection may be closed.
    """

    effects: Effects
    milliseconds: float
    rows: int | None = None
    notices: tuple[str, ...] = ()
    error: str | None = None
    position: int | None = None
    scanned: Mapping[Name, int] = field(default_factory=dict)
    locks_seen: bool = True
    wal: int = 0
    timed_out: bool = False


class _Relation(NamedTuple):
    """One row of ``watched.sql``."""

    oid: int
    namespace: str
    local: str
    kind: str
    file: int
    table: int
    scans: int
    rows: int

    @property
    def name(self) -> Name:
        return Name(self.namespace, self.local)


class _Snapshot(NamedTuple):
    """``touched``: the relations that may differ from an earlier snapshot of the same transaction."""

    relations: Mapping[int, _Relation]
    locks: frozenset[tuple[int, LockMode]]
    wal: int
    transaction: str
    touched: Iterable[int]


# The last snapshot of each connection: in the same transaction only what is locked by then can have changed.
_LAST: WeakKeyDictionary[Connection, _Snapshot] = WeakKeyDictionary()


def observe(
    connection: Connection, statement: str, *, transactional: bool = True, guard: Guard = UNGUARDED
) -> Observation:
    """Run one *statement* and measure its effects.

    Transactional: inside the transaction that the caller opened or, without autocommit, that this
    opens; the caller ends it. After an error that transaction is aborted and must be rolled back, to
    a savepoint or as a whole; the effects are then the SQLSTATE alone. Not transactional, for what
    refuses a transaction block (CONCURRENTLY, VACUUM): in autocommit, where no locks are seen.

    Raises ValueError when the connection is not in that state, and DatabaseError when the server
    went away or the statement wants to talk (COPY FROM STDIN); the connection is then closed.
    """
    _require(connection, transactional=transactional)
    before = _snapshot(connection, _LAST.get(connection) if transactional else None)
    _LAST[connection] = before
    started = time.perf_counter()
    with _notices(connection) as notices:
        answer = _run(connection, statement, guard)
    milliseconds = (time.perf_counter() - started) * 1000
    if answer.error is not None:
        position = answer.error.diag.statement_position
        return Observation(
            Effects(fails=answer.error.sqlstate),
            milliseconds,
            notices=tuple(notices),
            error=answer.message,
            position=int(position) if position else None,
            locks_seen=False,
            timed_out=answer.timed_out,
        )
    # A schema that is renamed gives other names to what nobody locks.
    after = _snapshot(connection, before if transactional and "schema" not in statement.lower() else None)
    _LAST[connection] = after
    return Observation(
        _effects(before, after, locks_seen=transactional),
        milliseconds,
        rows=answer.rows,
        notices=tuple(notices),
        scanned=_scanned(before, after),
        locks_seen=transactional,
        wal=after.wal - before.wal,
    )


def _require(connection: Connection, *, transactional: bool) -> None:
    from psycopg.pq import TransactionStatus

    status = connection.info.transaction_status
    is_open = status is TransactionStatus.INTRANS
    is_idle = status is TransactionStatus.IDLE
    if transactional and not (is_open or (is_idle and not connection.autocommit)):
        raise ValueError("a transactional statement is observed inside a transaction that has not failed")
    if not transactional and not (is_idle and connection.autocommit):
        raise ValueError("a statement that refuses transactions is observed in autocommit, outside of one")


def forget(connection: Connection) -> None:
    """Look at everything again before the next statement: part of a transaction was undone."""
    _LAST.pop(connection, None)


def _snapshot(connection: Connection, last: _Snapshot | None) -> _Snapshot:
    held = connection.execute(query("touched")).fetchall()
    locks = frozenset((row[0], MODES[row[1]]) for row in held if row[1] in MODES)
    _, _, wal, transaction, *_ = held[0]
    if last is not None and last.transaction == transaction:
        relations, touched = _brought_up(last.relations, held), frozenset(row[0] for row in held)
        return _Snapshot(relations, locks, wal, transaction, touched)
    relations = {row[0]: _Relation(*row) for row in connection.execute(query("watched"))}
    return _Snapshot(relations, locks, wal, transaction, relations.keys())


def _brought_up(relations: Mapping[int, _Relation], held: Iterable[Sequence[Any]]) -> dict[int, _Relation]:
    """*relations* with what is locked as it is now."""
    now = dict(relations)
    for relation, _, _, _, *found in held:
        if found[0] is None:
            now.pop(relation, None)
        else:
            now[relation] = _Relation(*found)
    return now


@contextmanager
def _notices(connection: Connection) -> Iterator[list[str]]:
    heard: list[str] = []

    def hear(diagnostic: psycopg.errors.Diagnostic) -> None:
        heard.append(diagnostic.message_primary or "")

    connection.add_notice_handler(hear)
    try:
        yield heard
    finally:
        connection.remove_notice_handler(hear)


def _run(connection: Connection, statement: str, guard: Guard) -> Answer:
    answer = guard.send(connection, statement)
    if answer.error is None or answer.timed_out or (answer.error.sqlstate is not None and not connection.closed):
        return answer
    connection.close()
    raise DatabaseError(
        f"the statement could not be run to its end: {answer.message}",
        hint="run it by itself with psql; COPY FROM STDIN is not supported here",
    )


def _effects(before: _Snapshot, after: _Snapshot, *, locks_seen: bool) -> Effects:
    old = before.relations
    moved = _moved(before, after)
    return Effects(
        locks=_locks(before, after) if locks_seen else {},
        rewrites=frozenset(old[new.oid].name for new in moved if new.kind in HEAPS and new.oid in old),
        scans=frozenset(_scanned(before, after)),
        builds=frozenset(new.name for new in moved if new.kind == "i" and new.table in old),
    )


def _moved(before: _Snapshot, after: _Snapshot) -> list[_Relation]:
    """What lives in a file that nothing had before."""
    old = before.relations
    seen = (after.relations[oid] for oid in after.touched if oid in after.relations)
    others = [new for new in seen if new.file and (new.oid not in old or old[new.oid].file != new.file)]
    files = {relation.file for relation in old.values()} if others else set()
    return [new for new in others if new.file not in files]


def _locks(before: _Snapshot, after: _Snapshot) -> dict[Name, LockMode]:
    taken = ((before.relations.get(oid), mode) for oid, mode in after.locks - before.locks)
    return strongest({relation.name: mode} for relation, mode in taken if relation and relation.kind != "i")


def _scanned(before: _Snapshot, after: _Snapshot) -> dict[Name, int]:
    pairs = ((before.relations.get(oid), after.relations.get(oid)) for oid in after.touched)
    return {
        old.name: new.rows - old.rows
        for old, new in pairs
        if old and new and old.kind in HEAPS and new.scans > old.scans
    }
