"""A database in a known state: a history run, rows in its tables; on a throw-away server kept by content.

The state's name is a hash of everything that makes it (the scripts, how they run, the server's version, the
number of rows), so a second run over the same history copies it instead of running it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import NamedTuple

from dbtools import __version__
from dbtools.model.migration import Migration
from dbtools.pg.account import account
from dbtools.pg.catalog import catalog
from dbtools.pg.connect import connect, database_of, to_database
from dbtools.pg.fill import Rows, fill
from dbtools.pg.guard import Guard
from dbtools.pg.roles import Kept, as_before, drop, recall, remember, roles, settle, wake
from dbtools.pg.run import Refused, Sent, run
from dbtools.pg.server import Server
from dbtools.sql.walk import in_transaction, statements

NOTHING = Kept({})
KEPT = "dbtools_kept_"
MOST_KEPT = 6
Say = Callable[[int, int, str], None]


class Frozen(NamedTuple):
    """A database that stays as it is, for ``copy`` to make others like it, each dropped when its block ends.

    Who wants no more copies may have the database ``itself``. Both give its URL as who runs migrations.
    """

    itself: Callable[[], AbstractContextManager[str]]
    copy: Callable[[], AbstractContextManager[str]]


class Broken(NamedTuple):
    """Where a history could not go on."""

    migration: Migration
    refused: Refused


@dataclass(frozen=True, slots=True)
class Stage:
    """A database with rows in its tables; ``broken`` says where the history could not go on.

    ``url`` is for whoever makes databases; everything else happens at ``script_url``, as an account that is no
    superuser, since rows and queries set off what migrations made. ``past``: what the history had to be lent.
    """

    server: Server
    url: str
    guard: Guard
    broken: Broken | None = None
    past: Kept = NOTHING

    @property
    def script_url(self) -> str:
        """The database as who runs migrations."""
        return _as_account(self.guard, self.url)

    def admin(self, url: str) -> str:
        """The database of *url* as who makes databases."""
        return to_database(self.server.url, database_of(url))

    @contextmanager
    def frozen(self) -> Iterator[Frozen]:
        """This database as it is now. Nobody may be connected to it while the block begins."""
        with self._copy(self.url) as still:
            with connect(self.server.url) as connection:
                before = roles(connection)
            copy = partial(self._script_copy, still, before)
            # Elsewhere than on a throw-away server, roles that are made in it could not be dropped before it is.
            yield Frozen(partial(self._script_still, still, before) if self.server.throwaway else copy, copy)

    @contextmanager
    def _script_still(self, still: str, before: Mapping[int, str]) -> Iterator[str]:
        with as_before(self.server, before, None):
            yield _as_account(self.guard, still)

    @contextmanager
    def _script_copy(self, still: str, before: Mapping[int, str]) -> Iterator[str]:
        made = None if self.server.throwaway else self.guard.roles
        with as_before(self.server, before, made), self._copy(still) as url:
            yield _as_account(self.guard, url)

    def _copy(self, url: str) -> AbstractContextManager[str]:
        return self.server.database(template=database_of(url), owner=_owner(self.guard))


@contextmanager
def staged(server: Server, history: Sequence[Migration], rows: Rows, say: Say, timeout: float) -> Iterator[Stage]:
    """A database in which *history* has run and every table holds *rows*, dropped when the block ends.

    No statement, of the history or of what comes after it, runs for longer than *timeout* seconds.
    """
    with account(server) as found, _own_roles(server, Guard(timeout, found)) as guard:
        kept = _key(server, history, rows)
        past = recall(server, kept) if server.throwaway else NOTHING
        if server.throwaway and server.has_database(kept) and wake(server, past):
            with server.database(template=kept, owner=found.role) as url:
                yield Stage(server, url, guard, past=past)
            return
        with server.database(owner=found.role) as url:
            broken = _run(guard, url, history, say)
            if not broken:
                _fill(found.url(url), rows)
            past = _taken(server, guard)
            if server.throwaway and not broken:
                _keep(server, url, kept, past)
            yield Stage(server, url, guard, broken, past)


@contextmanager
def _own_roles(server: Server, guard: Guard) -> Iterator[Guard]:
    """Roles of other histories are out of the way within the block, and those of this one afterwards."""
    if server.throwaway:
        settle(server)
    try:
        yield guard
    finally:
        if server.throwaway:
            settle(server)
        elif guard.roles:
            with connect(server.url) as connection:
                drop(server, connection, guard.roles)


def _taken(server: Server, guard: Guard) -> Kept:
    """What was noted so far, which is no longer in the notes then."""
    with connect(server.url) as connection:
        made = roles(connection) if server.throwaway else {}
    stand_ins = tuple(sorted({note.role for note in guard.notes if note.role}))
    lent = sum(not note.role for note in guard.notes)
    guard.notes.clear()
    return Kept(made, lent, stand_ins)


def _owner(guard: Guard) -> str:
    return guard.account.role if guard.account else ""


def _as_account(guard: Guard, url: str) -> str:
    return guard.account.url(url) if guard.account else url


def sent(text: str) -> tuple[Sent, ...]:
    """The statements of a script, ready to run."""
    return tuple(
        Sent(each.text, each.place.line, each.place.column, each.needs_autocommit)
        for each in statements(text)
        if each.text
    )


def _run(guard: Guard, url: str, history: Sequence[Migration], say: Say) -> Broken | None:
    with connect(_as_account(guard, url)) as connection:
        for done, migration in enumerate(history, start=1):
            say(done, len(history), f"running {migration.name}")
            refused = run(connection, sent(migration.up.text), whole=in_transaction(migration), guard=guard)
            if refused is not None:
                return Broken(migration, refused)
    return None


def _fill(url: str, rows: Rows) -> None:
    with connect(url) as connection:
        fill(connection, catalog(connection), rows)


def _keep(server: Server, url: str, kept: str, past: Kept) -> None:
    """Make a copy under the name by which the next run finds it, and let the oldest go."""
    name = database_of(url)
    unfinished = f"{name}_copy"
    server.clone(name, unfinished)
    remember(server, unfinished, past)
    server.rename(unfinished, kept)
    old = [each for each in server.databases() if each.startswith(KEPT)]
    for each in old[:-MOST_KEPT]:
        server.drop(each)


def _key(server: Server, history: Sequence[Migration], rows: Rows) -> str:
    parts = [__version__, str(server.version), repr(rows), *sorted(server.shimmed)]
    for migration in history:
        parts += (migration.up.path, migration.transaction, migration.up.text)
    return KEPT + sha256("\0".join(parts).encode()).hexdigest()[:24]
