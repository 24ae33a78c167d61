"""What a statement does to the relations that stood before it, measured: ``Effects`` as ``predict`` foretells them.

Two snapshots of the catalog enclose the statement. A lock counts when the
statement added it to those that the transaction held already; a table counts as scanned when it was
read sequentially, even an empty one; an index counts as built when it lives in a file that no index
had before. A plain index's own locks, temporary tables and the system's own tables are left out.
``Effects.loses`` stays empty: what is gone shows by ``losses.count_values`` before and after.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from dbtools.errors import DatabaseError
from dbtools.model.effects import Effects, LockMode, strongest
from dbtools.model.expression import Name
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
    standby has to receive. ``locks_seen``: whether ``effects.locks`` says anything.
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
    relations: Mapping[int, _Relation]
    locks: frozenset[tuple[int, LockMode]]
    wal: int


def observe(connection: Connection, statement: str, *, transactional: bool = True) -> Observation:
    """Run one *statement* and measure its effects.

    Transactional: inside the transaction that the caller opened or, without autocommit, that this
    opens; the caller ends it. After an error that transaction is aborted and must be rolled back, to
    a savepoint or as a whole; the effects are then the SQLSTATE alone. Not transactional, for what
    refuses a transaction block (CONCURRENTLY, VACUUM): in autocommit, where no locks are seen.

    Raises ValueError when the connection is not in that state, and DatabaseError when the server
    went away or the statement wants to talk (COPY FROM STDIN); the connection is then closed.
    """
    _require(connection, transactional=transactional)
    before = _snapshot(connection)
    started = time.perf_counter()
    with _notices(connection) as notices:
        error, rows = _run(connection, statement)
    milliseconds = (time.perf_counter() - started) * 1000
    if error is not None:
        return Observation(
            Effects(fails=error.sqlstate),
            milliseconds,
            notices=tuple(notices),
            error=error.diag.message_primary,
            position=int(error.diag.statement_position) if error.diag.statement_position else None,
            locks_seen=False,
        )
    after = _snapshot(connection)
    return Observation(
        _effects(before, after, locks_seen=transactional),
        milliseconds,
        rows=rows,
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


def _snapshot(connection: Connection) -> _Snapshot:
    held = connection.execute(query("locks")).fetchall()
    locks = frozenset((oid, MODES[mode]) for oid, mode, _ in held if mode in MODES)
    relations = {row[0]: _Relation(*row) for row in connection.execute(query("watched"))}
    return _Snapshot(relations, locks, held[0][2] if held else 0)


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


def _run(connection: Connection, statement: str) -> tuple[psycopg.Error | None, int | None]:
    import psycopg

    try:
        cursor = connection.execute(statement.encode())
    except psycopg.Error as error:
        if error.sqlstate is not None and not connection.closed:
            return error, None
        connection.close()
        raise DatabaseError(
            f"the statement could not be run to its end: {str(error).splitlines()[0]}",
            hint="run it by itself with psql; COPY FROM STDIN is not supported here",
        ) from None
    return None, cursor.rowcount if cursor.rowcount >= 0 else None


def _effects(before: _Snapshot, after: _Snapshot, *, locks_seen: bool) -> Effects:
    old = before.relations
    files = {relation.file for relation in old.values()}
    moved = [new for new in after.relations.values() if new.file and new.file not in files]
    return Effects(
        locks=_locks(before, after) if locks_seen else {},
        rewrites=frozenset(old[new.oid].name for new in moved if new.kind in HEAPS and new.oid in old),
        scans=frozenset(_scanned(before, after)),
        builds=frozenset(new.name for new in moved if new.kind == "i" and new.table in old),
    )


def _locks(before: _Snapshot, after: _Snapshot) -> dict[Name, LockMode]:
    taken = ((before.relations.get(oid), mode) for oid, mode in after.locks - before.locks)
    return strongest({relation.name: mode} for relation, mode in taken if relation and relation.kind != "i")


def _scanned(before: _Snapshot, after: _Snapshot) -> dict[Name, int]:
    pairs = ((old, after.relations.get(oid)) for oid, old in before.relations.items() if old.kind in HEAPS)
    return {old.name: new.rows - old.rows for old, new in pairs if new and new.scans > old.scans}
