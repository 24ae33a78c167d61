"""The line behind a session that is in no hurry: a statement waits for it, and who comes later waits for the statement.

Tried once per migration, at the first statement that needs a strong lock. It is called off before it has done
anything, and then runs as if nothing had been.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from dbtools.model.expression import Name
from dbtools.pg.obstacle import Behind, Obstacle, in_the_way, lock_timeout, wait_behind
from dbtools.pg.probe import Kind, Probes, Target, Wait
from dbtools.pg.run import Sent
from dbtools.rehearse.blocking.acts import Act
from dbtools.rehearse.blocking.waited import duration

if TYPE_CHECKING:
    from dbtools.pg.connect import Connection

AWAITED = 0.5  # seconds of lock_timeout that are worth waiting for; a longer one is taken at the server's word
PATIENCE = 3.0  # seconds in which a statement with such a one has given up
LONGER = 1.2  # times as long as that: what has not given up by then will not


class Crowd(NamedTuple):
    """The session that migrates the database at ``url``, and those beside it."""

    url: str
    connection: Connection
    probes: Probes


@dataclass(frozen=True, slots=True)
class Choice:
    """Where to try it: a statement, and the table that somebody has open."""

    act: Act
    table: Name

    @property
    def written(self) -> bool:
        """Whether only who has written the table is in the way."""
        return not self.act.takes[self.table].blocks_reads

    @classmethod
    def among(cls, every: Iterable[Act], watched: Iterable[Target]) -> Choice | None:
        """The first statement that closes one of the tables that are *watched*, else that closes one for writes."""
        tables = {target.name for target in watched if target.written}
        found = [
            cls(act, name)
            for act in every
            if not act.watched.failed
            for name in sorted(tables & act.takes.keys())
            if act.takes[name].blocks_writes and name not in act.called
        ]
        return min(found, key=lambda each: each.written, default=None)


@dataclass(frozen=True, slots=True)
class InLine:
    """A statement that had to wait: ``kinds`` tells who else did, behind it.

    ``limit``: its lock_timeout as the server writes it, empty for none. ``endless``: the same without lock_timeout,
    where it had given up with it.
    """

    chosen: Choice
    kinds: frozenset[Kind]
    limit: str
    behind: Behind
    endless: Behind | None = None

    def told(self, waits: Iterable[Wait], until: str) -> str:
        """What was seen, in words; *waits* are those of the whole run, *until* says how long without lock_timeout."""
        table, behind = self.chosen.table, self.behind
        who = f"{' and '.join(sorted(self.kinds)) or 'nothing'} of {table}"
        before = f"a transaction that has {'written' if self.chosen.written else 'read'} {table}"
        if behind.error is None:
            limit = f"up to lock_timeout {self.limit}" if self.limit else until
            return f"waits {limit} for {before}; {who} queue behind it"
        meanwhile = [each for each in waits if each.table == table and behind.start <= each.start < behind.end]
        longest = max((wait.end - wait.start for wait in meanwhile), default=0.0)
        told = f"gave up behind {before} after {duration(behind.end - behind.start)} ({self._why()})"
        told += f"; {who} waited {duration(longest)} behind it"
        on = self.endless is not None and self.endless.error is None
        return f"{told}; without lock_timeout it waited on, and they did" if on else told

    def _why(self) -> str:
        return f"{self.behind.error}, lock_timeout {self.limit}" if self.limit else f"{self.behind.error}"


def in_line(crowd: Crowd, statement: Sent, chosen: Choice) -> InLine | None:
    """Let *statement* wait for somebody who has the chosen table open; None where it did not."""
    url, connection, probes = crowd
    seconds, limit = lock_timeout(connection)
    kinds: set[Kind] = set()

    def watch() -> None:
        kinds.update(probes.waiting(chosen.table, since=perf_counter()))

    with in_the_way(url, chosen.table, written=chosen.written) as holder:
        if holder is None:
            return None
        stay = PATIENCE if 0 < seconds <= AWAITED else 0.0
        behind, endless = wait_behind(connection, statement, Obstacle(holder, watch, stay)), None
        if behind is None:
            return None
        if behind.error is not None:
            probes.settle()
            endless = wait_behind(connection, statement, Obstacle(holder, watch, LONGER * seconds, endless=True))
    probes.settle()
    return InLine(chosen, frozenset(kinds), limit if seconds else "", behind, endless)
