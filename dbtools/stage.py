"""A database in a known state: a history run, rows in its tables; on a throw-away server kept by content.

The state's name is a hash of everything that makes it (the scripts, how they run, the server's version, the
number of rows), so a second run over the same history copies it instead of running it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from dbtools import __version__
from dbtools.model.expression import Name
from dbtools.model.finding import Location
from dbtools.model.migration import Migration
from dbtools.pg.catalog import catalog
from dbtools.pg.connect import connect, database_of
from dbtools.pg.fill import Rows, count_rows, fill
from dbtools.pg.run import Sent, run
from dbtools.pg.server import Server
from dbtools.sql.walk import in_transaction, statements

KEPT = "dbtools_kept_"
MOST_KEPT = 6
Say = Callable[[int, int, str], None]


class Frozen(NamedTuple):
    """A database at ``url`` that stays as it is, for ``copy`` to make others like it, each dropped when its block ends.

    Who wants no more copies may have the database itself.
    """

    url: str
    copy: Callable[[], AbstractContextManager[str]]


@dataclass(frozen=True, slots=True)
class Stage:
    """A database at ``url`` with ``rows`` per table; ``broken`` says where the history could not go on, and why."""

    server: Server
    url: str
    rows: dict[Name, int]
    broken: tuple[Location, str] | None = None

    @contextmanager
    def frozen(self) -> Iterator[Frozen]:
        """This database as it is now. Nobody may be connected to it while the block begins."""
        with self.server.database(template=database_of(self.url)) as still:
            yield Frozen(still, lambda: self.server.database(template=database_of(still)))


@contextmanager
def staged(server: Server, history: Sequence[Migration], rows: Rows, say: Say) -> Iterator[Stage]:
    """A database in which *history* has run and every table holds *rows*, dropped when the block ends."""
    kept = _key(server, history, rows)
    if server.throwaway and server.has_database(kept):
        with server.database(template=kept) as url:
            yield Stage(server, url, _counted(url))
        return
    with server.database() as url:
        broken = _run(url, history, say)
        counts = {} if broken else _filled(url, rows)
        if server.throwaway and not broken:
            _keep(server, url, kept)
        yield Stage(server, url, counts, broken)


def sent(text: str) -> tuple[Sent, ...]:
    """The statements of a script, ready to run."""
    return tuple(
        Sent(each.text, each.place.line, each.place.column, each.needs_autocommit)
        for each in statements(text)
        if each.text
    )


def _run(url: str, history: Sequence[Migration], say: Say) -> tuple[Location, str] | None:
    with connect(url) as connection:
        for done, migration in enumerate(history, start=1):
            say(done, len(history), f"running {migration.name}")
            refused = run(connection, sent(migration.up.text), whole=in_transaction(migration))
            if refused is not None:
                where = Location(migration.up.path, refused.statement.line, refused.statement.column)
                return where, f"{refused.sqlstate} {refused.message}"
    return None


def _filled(url: str, rows: Rows) -> dict[Name, int]:
    with connect(url) as connection:
        return fill(connection, catalog(connection), rows)


def _counted(url: str) -> dict[Name, int]:
    with connect(url) as connection:
        return count_rows(connection, catalog(connection).tables)


def _keep(server: Server, url: str, kept: str) -> None:
    """Make a copy under the name by which the next run finds it, and let the oldest go."""
    name = database_of(url)
    unfinished = f"{name}_copy"
    server.clone(name, unfinished)
    server.rename(unfinished, kept)
    old = [each for each in server.databases() if each.startswith(KEPT)]
    for each in old[:-MOST_KEPT]:
        server.drop(each)


def _key(server: Server, history: Sequence[Migration], rows: Rows) -> str:
    parts = [__version__, str(server.version), repr(rows), *sorted(server.shimmed)]
    for migration in history:
        parts += (migration.up.path, migration.transaction, migration.up.text)
    return KEPT + sha256("\0".join(parts).encode()).hexdigest()[:24]
