"""Whether rows that another session has changed can be written: asked without waiting, and without a trace."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from dbtools.model.expression import Name

if TYPE_CHECKING:
    from dbtools.pg.connect import Connection

# A row that another transaction has changed is seen as it was, with that transaction, or one within it, as its xmax.
CHANGED = """
SELECT backend_xid::text, row.ctid::text
FROM pg_stat_activity, LATERAL (SELECT ctid FROM ONLY {} WHERE age(xmax) <= age(backend_xid) LIMIT 1) AS row
WHERE pid = {} AND backend_xid IS NOT NULL
"""
ASK = "BEGIN; SELECT FROM ONLY {} WHERE ctid = {}::tid FOR NO KEY UPDATE NOWAIT; ROLLBACK"


class RowLock:
    """Looks again and again whether the session *pid* keeps others from a row; ``spans``: from when until when it did.

    The lock on a row ends with its transaction, so each transaction of that session has a span of its own.
    """

    def __init__(self, connection: Connection, pid: int) -> None:
        self.spans: list[tuple[float, float]] = []
        self._connection, self._pid = connection, pid
        self._held: tuple[str, float] | None = None  # by which transaction, and since when

    def look(self, table: Name) -> None:
        """Look now."""
        import psycopg

        started = perf_counter()
        try:
            holder = self._holder(table)
        except psycopg.Error:  # the lock of the whole table, or no table: whoever watches that will tell
            if self._connection.closed:
                raise
            self._connection.execute("ROLLBACK")
            return
        if self._held is not None and self._held[0] != holder:
            self.end(started)
        if self._held is None and holder is not None:
            self._held = holder, started

    def end(self, moment: float) -> None:
        """Nobody is kept from a row any more."""
        if self._held is not None:
            self.spans.append((self._held[1], moment))
        self._held = None

    def _holder(self, table: Name) -> str | None:
        """The transaction that keeps others from a row of *table*."""
        import psycopg
        from psycopg import sql

        name = sql.Identifier(*table)
        found = self._connection.execute(sql.SQL(CHANGED).format(name, self._pid)).fetchone()
        if found is None:
            return None
        transaction, row = found
        try:
            self._connection.execute(sql.SQL(ASK).format(name, row))
        except psycopg.errors.LockNotAvailable:
            self._connection.execute("ROLLBACK")
            return str(transaction)
        return None
