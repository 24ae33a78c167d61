"""New migrations in a copy of production: one transaction, which is rolled back.

The copy holds what no rows of our own do: production's data, in production's amount. What a transaction does not take
back is not run unless the caller agrees that the copy is changed for good; the report says what that was.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING

from dbtools.change import Change
from dbtools.errors import DatabaseError
from dbtools.model import operation as op
from dbtools.model.entries import Members
from dbtools.model.expression import Name
from dbtools.model.finding import Finding, Location, Severity
from dbtools.model.migration import Migration, is_bookkeeping
from dbtools.model.predict import Session
from dbtools.model.report import Report, Section, TableSection
from dbtools.model.schema import Schema
from dbtools.pg.catalog import catalog
from dbtools.pg.connect import connect, redact, refuse_production, version
from dbtools.pg.guard import Guard
from dbtools.pg.sequences import positions
from dbtools.rehearse.findings import of_statement
from dbtools.rehearse.settings import Say
from dbtools.rehearse.show import details, overview, short
from dbtools.rehearse.state import apart
from dbtools.rehearse.trial import rehearsed
from dbtools.rehearse.undoable import NotRun, instead, left_out, only_together
from dbtools.rehearse.watch import Watched, watch, watched_statement
from dbtools.sql.walk import Step, in_transaction, walk

if TYPE_CHECKING:
    from dbtools.pg.connect import Connection

PATIENCE = "5s"  # for a lock that somebody else holds in the copy; they would wait behind us


@dataclass(frozen=True, slots=True)
class DryRunSettings:
    """``url``: the copy. ``for_good``: its owner agrees that it is changed, as production will be.

    ``timeout``: the seconds after which a statement is stopped, None for never.
    """

    url: str
    for_good: bool = False
    timeout: float | None = None
    say: Say = field(default=lambda *_: None)

    @property
    def guard(self) -> Guard:
        """What keeps the time."""
        return Guard(math.inf if self.timeout is None else self.timeout)


@dataclass(slots=True)
class _Ran:
    """What has been seen so far."""

    watched: list[Watched] = field(default_factory=list)
    left_out: list[NotRun] = field(default_factory=list)
    moved: tuple[Name, ...] = ()

    @property
    def failed(self) -> bool:
        return any(each.failed for each in self.watched)


def dry_run(change: Change, settings: DryRunSettings) -> Report:
    """What the new migrations do in the database of ``settings.url``; DatabaseError where it looks like production."""
    refuse_production(settings.url)
    if not change.new:
        return Report("rehearse", "no new migration to run")
    ran = _Ran()
    with connect(settings.url) as connection:
        before = catalog(connection)
        started = positions(connection)
        steps = walk(change.new, before, Session(version(connection)))
        if settings.for_good:
            _for_good(connection, change.new, steps, ran, settings)
        else:
            with _undone(connection):
                _in_one(connection, change.new, steps, ran, settings)
    with connect(settings.url) as connection:  # a statement that had to be stopped may have taken the first one along
        ended = positions(connection)
        ran.moved = tuple(sorted(name for name, position in started.items() if ended.get(name, position) != position))
        return _report(change, settings, before, ran, version(connection))


@contextmanager
def _undone(connection: Connection) -> Iterator[None]:
    """A transaction that nothing is left of."""
    connection.execute("BEGIN")
    connection.execute("SELECT set_config('lock_timeout', %s, true)", (PATIENCE,))
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("ROLLBACK")


def _in_one(
    connection: Connection,
    migrations: tuple[Migration, ...],
    steps: Iterable[Step],
    ran: _Ran,
    settings: DryRunSettings,
) -> None:
    """Every statement that a transaction takes back, until one fails."""
    number = {id(migration): place for place, migration in enumerate(migrations, start=1)}
    for _, group in groupby(steps, key=lambda step: id(step.statement)):
        of_statement = list(group)
        first = of_statement[0]
        settings.say(number[id(first.migration)], len(migrations), f"trying {first.migration.name}")
        reason = left_out(first.migration, first.statement)
        if reason is not None:
            ran.left_out.append(reason)
            if not reason.instead:
                continue
            of_statement = [instead(step, reason.instead) for step in of_statement]
        elif isinstance(first.operation, op.Transaction):
            continue  # the script's own would end ours
        watched = watched_statement(connection, of_statement, settings.guard)
        if (reason := only_together(watched)) is not None:
            ran.left_out.append(reason)
            return
        ran.watched.append(watched)
        if watched.failed or connection.closed:
            return
        if connection.info.transaction_status.name != "INTRANS":  # nothing that we know does, and then nothing more
            raise DatabaseError(
                f"{first.migration.up.path}:{first.statement.place.line} ended the transaction of the dry run",
                hint="look what it left in the database, and please report the statement",
            )


def _for_good(
    connection: Connection,
    migrations: tuple[Migration, ...],
    steps: Iterable[Step],
    ran: _Ran,
    settings: DryRunSettings,
) -> None:
    """Each migration as its runner would run it; the first that fails is the last."""
    by_migration = groupby(steps, key=lambda step: id(step.migration))
    for number, (_, group) in enumerate(by_migration, start=1):
        of_migration = tuple(group)
        migration = of_migration[0].migration
        settings.say(number, len(migrations), f"running {migration.name}")
        ran.watched.extend(watch(connection, migration, of_migration, settings.guard))
        if connection.closed:
            return
        if connection.info.transaction_status.name != "IDLE":
            connection.execute("COMMIT" if in_transaction(migration) and not ran.failed else "ROLLBACK")
        connection.execute("RESET ROLE; RESET ALL")
        if ran.failed:
            return


def _report(change: Change, settings: DryRunSettings, before: Schema, ran: _Ran, major: int) -> Report:
    done = [(migration, tuple(each for each in ran.watched if each.migration is migration)) for migration in change.new]
    done = [(migration, watched) for migration, watched in done if watched]
    ending = "for good" if settings.for_good else "in one transaction, rolled back"
    where = f"{redact(settings.url)} (PostgreSQL {major})"
    summary = f"{len(done)} of {len(change.new)} migrations, {len(ran.watched)} statements run in {where} {ending}"
    sections: list[Section] = [overview(((migration, watched, ()) for migration, watched in done), major)]
    sections.extend(found for each in done if (found := details(*each)) is not None)
    if ran.left_out:
        sections.append(_left_out_table(ran.left_out))
    if ran.moved:
        rows = tuple((str(name),) for name in ran.moved)
        sections.append(TableSection("Sequences that go on where the dry run left them", ("sequence",), rows))
    findings = [
        *_elsewhere(change, before),
        *(finding for each in ran.watched for finding in of_statement(each) if finding.severity is Severity.ERROR),
    ]
    return Report(
        "rehearse", summary, tuple(findings), tuple(sections),
        figures={"migrations": len(done), "statements": len(ran.watched), "not_run": len(ran.left_out)},
    )  # fmt: skip


def _left_out_table(left_out: list[NotRun]) -> TableSection:
    rows = tuple(
        (
            f"{each.migration.up.path}:{each.statement.place.line}",
            short(each.statement.text),
            each.why + ("; without CONCURRENTLY it ran" if each.instead else ""),
        )
        for each in left_out
    )
    summary = "--yes runs these too, as production will: the database is then changed for good."
    return TableSection("Not run as it stands", ("where", "statement", "why"), rows, summary)


def _elsewhere(change: Change, before: Schema) -> Iterator[Finding]:
    """Where the copy is not what the migrations before the change add up to, this says less than it seems to."""
    left = apart(_without_accounts(before, change.base), change.base) if change.base.complete else ""
    if left:
        yield rehearsed(
            "copy-differs",
            Severity.WARNING,
            f"the database is not what the migrations before the change make; that would take {left}",
            Location(change.new[0].up.path),
            "bring the copy up to the base of the change, or name what is new with --base or --since",
        )


def _without_accounts(before: Schema, base: Schema) -> Schema:
    """*before* without the tables in which runners keep account, their sequences, and schemas made for nothing else."""
    tables = {name: table for name, table in before.tables.items() if not is_bookkeeping(name)}
    gone = before.tables.keys() - tables.keys()
    owned = {
        name: each for name, each in before.sequences.items() if each.owner is None or each.owner.table not in gone
    }
    used = {name.namespace for each in (tables, owned, before.views, before.enums, before.domains) for name in each}
    spaces = (space for space in before.namespaces if space in base.namespaces or space in used)
    return replace(before, tables=tables, sequences=owned, namespaces=Members(spaces))
