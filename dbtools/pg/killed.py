"""A script that is killed: its connection is ended by another session, as a crash, a deployment or an operator would.

What PostgreSQL does in several transactions of its own (CREATE INDEX CONCURRENTLY and the like) waits for every session
that writes to the table. So it can be caught half done: a third session holds the table until the kill.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, LiteralString

from dbtools.model.expression import Name
from dbtools.pg.connect import connect
from dbtools.pg.guard import UNGUARDED, Guard
from dbtools.pg.run import Refused, Sent, run

if TYPE_CHECKING:
    from dbtools.pg.connect import Connection

PATIENCE = 10.0  # seconds until a statement waits, or is done
NAP = 0.002
# For the end of others' transactions; what waits for a lock on the table itself has not begun.
WAITS = "SELECT EXISTS (SELECT FROM pg_locks WHERE pid = %s AND locktype = 'virtualxid' AND NOT granted)"
KILL = "SELECT pg_terminate_backend(%s)"
GONE = "SELECT NOT EXISTS (SELECT FROM pg_locks WHERE pid = %s)"


def killed(
    url: str, script: Sequence[Sent], *, whole: bool, held: Sequence[Name] = (), guard: Guard = UNGUARDED
) -> Refused | None:
    """Run *script* at *url* and kill it after its last statement, or while that waits for those who write to *held*.

    Nothing is committed that the script has not committed itself. The statement that was refused, if one was.
    """
    with closing(connect(url)) as running, connect(url) as killer:
        if whole:
            running.execute("BEGIN")
        before, last = (script[:-1], script[-1]) if held else (script, None)
        refused = run(running, before, whole=False, guard=guard)
        if refused is None and last is not None:
            refused = _half_done(running, killer, last, held)
        if refused is None:
            _kill(killer, running.info.backend_pid)
    return refused


def _half_done(running: Connection, other: Connection, statement: Sent, held: Sequence[Name]) -> Refused | None:
    """Start *statement*, and return while it waits for *other*, which holds its tables; or once it is done."""
    from psycopg import sql

    pid = running.info.backend_pid
    with other.transaction(force_rollback=True):
        for name in held:
            other.execute(sql.SQL("LOCK TABLE {} IN ROW EXCLUSIVE MODE").format(sql.Identifier(*name)))
        running.pgconn.send_query(statement.sql.encode())
        _until(lambda: not _is_busy(running) or _says(other, WAITS, pid))
        if _is_busy(running):
            _kill(other, pid)
            return None
    return _answer(running, statement)


def _kill(connection: Connection, pid: int) -> None:
    """End a backend, and wait until nothing of it is left; PostgreSQL's own way to wait looks every 0.1 s only."""
    connection.execute(KILL, (pid,))
    _until(lambda: _says(connection, GONE, pid))


def _until(reached: Callable[[], bool]) -> None:
    limit = time.monotonic() + PATIENCE
    while not reached() and time.monotonic() < limit:
        time.sleep(NAP)


def _says(connection: Connection, question: LiteralString, pid: int) -> bool:
    return bool((connection.execute(question, (pid,)).fetchone() or (False,))[0])


def _is_busy(connection: Connection) -> bool:
    connection.pgconn.consume_input()
    return bool(connection.pgconn.is_busy())


def _answer(connection: Connection, statement: Sent) -> Refused | None:
    """What the server says of a statement that nobody held up, if it refuses it."""
    from psycopg.pq import DiagnosticField

    refused = None
    while result := connection.pgconn.get_result():
        state = result.error_field(DiagnosticField.SQLSTATE)
        if state is not None:
            message = result.error_field(DiagnosticField.MESSAGE_PRIMARY) or b""
            refused = Refused(statement, state.decode(), message.decode())
    return refused
