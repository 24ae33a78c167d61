"""A statement that has to wait for a session in its way: whether it gives up, and what stands in line meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from time import perf_counter
from typing import TYPE_CHECKING, LiteralString, NamedTuple

from dbtools.model.expression import Name
from dbtools.pg.connect import connect
from dbtools.pg.run import Sent, send

if TYPE_CHECKING:
    from dbtools.pg.connect import Connection

READ: LiteralString = "BEGIN; SELECT 1 FROM ONLY {} LIMIT 1"
WRITE: LiteralString = "BEGIN; LOCK TABLE ONLY {} IN ROW EXCLUSIVE MODE"
GLANCE = 0.005  # seconds between two looks
ENOUGH = 10.0  # seconds in which a statement comes to the lock it has to wait for, if it does


class Behind(NamedTuple):
    """A statement waited from ``start`` to ``end``, in seconds of ``time.perf_counter``.

    ``error``: the SQLSTATE with which it gave up by itself, None where it waited on until it was called off.
    """

    start: float
    end: float
    error: str | None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A session that has a table open. ``watch`` is called once somebody waits for it.

    ``seconds``: how long it stays after that where nobody gives up; ``endless``: without lock_timeout.
    """

    holder: Connection
    watch: Callable[[], object]
    seconds: float = 0.0
    endless: bool = False


def lock_timeout(connection: Connection) -> tuple[float, str]:
    """How long the session waits for a lock: in seconds, 0 for as long as it takes, and as the server writes it."""
    row = connection.execute(
        "SELECT setting::float8 / 1000, current_setting(name) FROM pg_catalog.pg_settings WHERE name = 'lock_timeout'"
    ).fetchone()
    return row or (0.0, "0")


@contextmanager
def in_the_way(url: str, table: Name, *, written: bool) -> Iterator[Connection | None]:
    """A session that has read, or written, *table* and leaves its transaction open until the block ends.

    None where it cannot have the table.
    """
    from psycopg import sql

    with connect(url) as connection:
        connection.execute("SET lock_timeout = '500ms'; SET statement_timeout = 0")
        text = sql.SQL(WRITE if written else READ).format(sql.Identifier(*table)).as_string(connection)
        yield None if send(connection, text) else connection


def wait_behind(connection: Connection, statement: Sent, obstacle: Obstacle) -> Behind | None:
    """Let *statement* wait for *obstacle*, then call it off, so that it has done nothing; None if it did not wait.

    One that refuses a transaction block, and did not wait, has run.
    """
    with _undone(connection, statement):
        if obstacle.endless and not statement.alone:
            connection.execute("SET LOCAL lock_timeout = 0")
        errors: list[str | None] = []
        thread = Thread(target=lambda: errors.append(_sqlstate(connection, statement)), daemon=True)
        start = perf_counter()
        thread.start()
        try:
            waits = _waits(connection, obstacle.holder, thread)
            if waits:
                obstacle.watch()
                thread.join(max(0.0, start + obstacle.seconds - perf_counter()))
            by_itself = not thread.is_alive()
            end = perf_counter()
        finally:
            while thread.is_alive():
                connection.cancel()
                thread.join(GLANCE)
    return Behind(start, end, errors[0] if by_itself else None) if waits else None


@contextmanager
def _undone(connection: Connection, statement: Sent) -> Iterator[None]:
    inside = connection.info.transaction_status.name != "IDLE"
    if inside:
        connection.execute("SAVEPOINT in_line")
    elif not statement.alone:
        connection.execute("BEGIN")
    yield
    if inside:
        connection.execute("ROLLBACK TO SAVEPOINT in_line; RELEASE SAVEPOINT in_line")
    elif not statement.alone:
        connection.execute("ROLLBACK")


def _sqlstate(connection: Connection, statement: Sent) -> str | None:
    import psycopg

    try:
        connection.execute(statement.sql.encode())
    except psycopg.Error as error:
        return error.sqlstate
    return None


def _waits(connection: Connection, holder: Connection, thread: Thread) -> bool:
    """Whether what *thread* runs on *connection* waits for *holder*, once that is known."""
    pids = (holder.info.backend_pid, connection.info.backend_pid)
    deadline = perf_counter() + ENOUGH
    while thread.is_alive() and perf_counter() < deadline:
        row = holder.execute("SELECT %s = ANY (pg_catalog.pg_blocking_pids(%s))", pids).fetchone()
        if row and row[0]:
            return True
        thread.join(GLANCE)
    return False
