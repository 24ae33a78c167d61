"""Who waits while something else runs: sessions that read and write tables as an application would, again and again.

No probe changes anything, and none holds a lock while it waits for another: what it waits for is the lock of one
table, and other locks it asks for without waiting. So no deadlock can come of it, and whoever needs the table waits
for a probe no longer than for any query of a millisecond.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from threading import Event, Thread
from time import perf_counter, sleep
from typing import TYPE_CHECKING, Literal, LiteralString, NamedTuple

from dbtools.model.expression import Name
from dbtools.pg.connect import connect
from dbtools.pg.row_lock import RowLock

if TYPE_CHECKING:
    import psycopg

    from dbtools.pg.connect import Connection

Kind = Literal["reads", "writes", "rows"]
PAUSE = 0.01  # seconds between two looks
PATIENCE = 1.0  # seconds to get through once nothing is in the way
READ = "SELECT 1 FROM ONLY {} LIMIT 1"
READ_VIEW = "SELECT 1 FROM {} LIMIT 0"  # its query may take long, or call what changes something
# What an INSERT, UPDATE or DELETE takes, but no trigger runs.
WRITE = "BEGIN; LOCK TABLE ONLY {} IN ROW EXCLUSIVE MODE; ROLLBACK"
IN_LINE: dict[Kind, LiteralString] = {
    "reads": "BEGIN; SET LOCAL lock_timeout = 0; LOCK TABLE ONLY {} IN ACCESS SHARE MODE; ROLLBACK",
    "writes": "BEGIN; SET LOCAL lock_timeout = 0; LOCK TABLE ONLY {} IN ROW EXCLUSIVE MODE; ROLLBACK",
}
RELATION = """
SELECT c.oid FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relname = %s AND c.relkind <> 'f'
"""
CALLED = """
SELECT n.nspname, c.relname FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.oid = %s
"""


class Wait(NamedTuple):
    """Somebody waited, in seconds of ``time.perf_counter``. ``rows``: who wanted to write a row that was changed."""

    table: Name
    kind: Kind
    start: float
    end: float


class Target(NamedTuple):
    """A relation to watch. ``written``: whether it is a table, and no view; ``rows``: whether its rows change."""

    name: Name
    written: bool = True
    rows: bool = False


class Part(NamedTuple):
    """The part that one probe plays: what it does to which relation of the server."""

    target: Target
    kind: Kind
    oid: int


class Probe:
    """One session that reads, or writes, one table. ``blind``: why it cannot."""

    def __init__(self, connection: Connection, part: Part, pid: int) -> None:
        self.target, self.kind, self._oid = part
        self.blind = ""
        self.waiting_since: float | None = None
        self.passed = 0.0  # when it last began to look and got through
        self._connection = connection
        self._called = self.target.name  # by now
        self._waits: list[Wait] = []
        self._rows = RowLock(connection, pid) if self.target.rows and self.kind == "writes" else None
        self._stopped = Event()
        self._thread = Thread(target=self._run, daemon=True)
        connection.execute("SET lock_timeout = '1ms'; SET statement_timeout = 0")

    def start(self) -> None:
        """Look from now on."""
        self._thread.start()

    def end(self) -> None:
        """Look no more."""
        self._stopped.set()

    def ended(self, patience: float) -> bool:
        """Whether it looks no more, within *patience*."""
        self._thread.join(patience)
        return not self._thread.is_alive()

    def call_off(self) -> None:
        """Wait no longer."""
        self._connection.cancel()

    @property
    def waits(self) -> tuple[Wait, ...]:
        """Those that are over."""
        spans = self._rows.spans if self._rows else ()
        return (*self._waits, *(Wait(self.target.name, "rows", *span) for span in spans))

    @property
    def looks(self) -> bool:
        """Whether there is something left to watch."""
        return self._thread.is_alive() and not self._stopped.is_set()

    def _run(self) -> None:
        import psycopg

        try:
            while not self._stopped.is_set():
                started = perf_counter()
                self._look(started)
                self._stopped.wait(max(PAUSE, perf_counter() - started))
        except psycopg.Error:  # the connection is gone
            self._stopped.set()
        self._end()
        if self._rows is not None:
            self._rows.end(perf_counter())

    def _look(self, started: float) -> None:
        if not self._passes():
            self.waiting_since = started
            while not self._in_line() and not self._stopped.wait(PAUSE):
                pass
            self._end()
        self.passed = started
        if self._rows is not None:
            self._rows.look(self._called)

    def _end(self) -> None:
        if self.waiting_since is not None:
            self._waits.append(Wait(self.target.name, self.kind, self.waiting_since, perf_counter()))
        self.waiting_since = None

    def _passes(self) -> bool:
        if self.kind == "writes":
            return self._try(WRITE)
        return self._try(READ if self.target.written else READ_VIEW)

    def _in_line(self) -> bool:
        """Wait until it is its turn; for a view, which cannot be locked alone, and for an index ask again later."""
        if self.target.written:
            self._try(IN_LINE[self.kind])
        return self._passes()

    def _try(self, statement: LiteralString) -> bool:
        """Whether it got the locks it wanted; what fails for another reason had them, or there is no table."""
        import psycopg
        from psycopg import sql

        try:
            self._connection.execute(sql.SQL(statement).format(sql.Identifier(*self._called)))
        except psycopg.Error as error:
            if self._connection.closed:
                raise
            self._connection.execute("ROLLBACK")
            if isinstance(error, psycopg.errors.LockNotAvailable):
                return False
            self._refused(error)
        return True

    def _refused(self, error: psycopg.Error) -> None:
        import psycopg

        match error:
            case psycopg.errors.UndefinedTable() | psycopg.errors.InvalidSchemaName():
                found = self._connection.execute(CALLED, (self._oid,)).fetchone()
                if found is None:
                    self._stopped.set()
                else:
                    self._called = Name(*found)
            case psycopg.errors.InsufficientPrivilege():
                self.blind = error.diag.message_primary or ""
                self._stopped.set()


class Probes:
    """A reader for each relation, and a writer for each table."""

    def __init__(self, probes: Iterable[Probe]) -> None:
        self.all = tuple(probes)

    @property
    def waits(self) -> list[Wait]:
        """Every wait that is over, in the order in which they began."""
        return sorted((wait for probe in self.all for wait in probe.waits), key=lambda wait: wait.start)

    @property
    def blind(self) -> dict[str, str]:
        """Who could not look, and why."""
        return {f"{probe.kind} of {probe.target.name}": probe.blind for probe in self.all if probe.blind}

    def waiting(self, table: Name, since: float) -> frozenset[Kind]:
        """Who waits for *table*, once everybody who is not waiting got through with a look begun after *since*."""
        probes = [probe for probe in self.all if probe.target.name == table]
        deadline = perf_counter() + PATIENCE
        while perf_counter() < deadline and any(
            probe.looks and probe.waiting_since is None and probe.passed < since for probe in probes
        ):
            sleep(PAUSE / 10)
        return frozenset(probe.kind for probe in probes if probe.waiting_since is not None)

    def settle(self) -> None:
        """Let everybody through who can."""
        deadline = perf_counter() + PATIENCE
        while perf_counter() < deadline and any(probe.waiting_since is not None for probe in self.all):
            sleep(PAUSE / 10)

    def start(self) -> None:
        """Watch from now on: when this returns, everybody has looked once."""
        for probe in self.all:
            probe.start()
        for name in {probe.target.name for probe in self.all}:
            self.waiting(name, since=perf_counter())

    def stop(self) -> None:
        """Watch no longer; who waits still has a moment to get through."""
        for probe in self.all:
            probe.end()
        deadline = perf_counter() + PATIENCE
        for probe in self.all:
            if not probe.ended(max(0.0, deadline - perf_counter())):
                probe.call_off()
                probe.ended(PATIENCE)


@contextmanager
def probing(url: str, targets: Iterable[Target], pid: int) -> Iterator[Probes]:
    """Watch *targets* in the database at *url* until the block ends; *pid* is the session that changes rows there."""
    with ExitStack() as stack:
        made = []
        for target in targets:
            for kind in ("reads", "writes") if target.written else ("reads",):
                connection = stack.enter_context(closing(connect(url)))
                relation = _relation(connection, target.name)
                if relation is not None:
                    made.append(Probe(connection, Part(target, kind, relation), pid))
        probes = Probes(made)
        stack.callback(probes.stop)
        probes.start()
        yield probes


def _relation(connection: Connection, name: Name) -> int | None:
    """Its oid; None for what is not here, or on another server."""
    row = connection.execute(RELATION, tuple(name)).fetchone()
    return int(row[0]) if row else None
