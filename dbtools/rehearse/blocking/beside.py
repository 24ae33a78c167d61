"""A migration run beside sessions that read and write its tables, as its runner would run it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

from dbtools.model.migration import Migration
from dbtools.pg.connect import connect
from dbtools.pg.guard import UNGUARDED, Guard
from dbtools.pg.probe import Target, Wait, probing
from dbtools.pg.run import Sent, run
from dbtools.rehearse.blocking.acts import Act
from dbtools.rehearse.blocking.in_line import Choice, Crowd, InLine, in_line
from dbtools.rehearse.blocking.timeline import Aside, Timeline
from dbtools.rehearse.trial import Fact
from dbtools.sql.walk import in_transaction
from dbtools.stage import sent


@dataclass(frozen=True, slots=True)
class Beside:
    """What was seen: who waited, and when what ran.

    ``refused``: what failed now that others were about, and had not before. ``blind``: who could not be watched, and
    why.
    """

    waits: Sequence[Wait]
    timeline: Timeline
    line: InLine | None
    refused: Fact | None
    blind: Mapping[str, str]


def run_beside(
    url: str, migration: Migration, every: Sequence[Act], wanted: Sequence[Target], guard: Guard = UNGUARDED
) -> Beside:
    """Run *migration*, of which *every* act is known, in the database at *url*; *wanted* is watched meanwhile."""
    with connect(url) as connection, probing(url, wanted, connection.info.backend_pid) as probes:
        running = _Running(Crowd(url, connection, probes), Choice.among(every, wanted))
        refused = run(connection, running.script(migration, every), whole=in_transaction(migration), guard=guard)
        connection.close()  # which ends a transaction that the script left open
        running.timeline.release()
        probes.settle()
    fact = None
    if refused is not None and not any(act.watched.failed for act in every):
        said = f"failed with others about: {refused.sqlstate} {refused.message}"
        fact = Fact(refused.statement.line, refused.statement.sql, said)
    return Beside(probes.waits, running.timeline, running.line, fact, probes.blind)


class _Running:
    """One migration under way."""

    def __init__(self, crowd: Crowd, chosen: Choice | None) -> None:
        self.timeline = Timeline()
        self.line: InLine | None = None
        self._crowd, self._chosen = crowd, chosen

    def script(self, migration: Migration, every: Sequence[Act]) -> Iterator[Sent]:
        """Its statements, each to be run when it comes."""
        known = {act.place: act for act in every}
        for statement in sent(migration.up.text):
            act = known.get((statement.line, statement.column))
            if self._chosen is not None and self._chosen.act is act:
                start = perf_counter()
                self.line = in_line(self._crowd, statement, self._chosen)
                self.timeline.asides.append(Aside(start, perf_counter()))
            span = self.timeline.begin(act)
            try:
                yield statement
            finally:
                span.end = perf_counter()
            if self._crowd.connection.info.transaction_status.name == "IDLE":
                self.timeline.release()
