"""The room: history up to the base with rows in it, then each new migration up, down and up again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sized
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dbtools.change import Change
from dbtools.model.diff import diff
from dbtools.model.entries import Members
from dbtools.model.finding import Damage, Evidence, Finding, Location, Severity
from dbtools.model.migration import Migration
from dbtools.model.predict import Session
from dbtools.model.report import Report, Section, TableSection
from dbtools.model.schema import Schema
from dbtools.pg.catalog import catalog
from dbtools.pg.connect import connect
from dbtools.pg.fill import count_rows, fill
from dbtools.pg.run import Refused, run
from dbtools.pg.server import Server, server
from dbtools.rehearse.show import details, overview, seen_at
from dbtools.rehearse.watch import Watched, watch
from dbtools.sql.excerpt import excerpt
from dbtools.sql.history import history
from dbtools.sql.render import render
from dbtools.sql.walk import in_transaction, walk
from dbtools.stage import sent, staged

if TYPE_CHECKING:
    from dbtools.pg.connect import Connection

ROWS = 200
SAME = "same again"
MIDWAY, AGAIN = "down fails midway", "up again fails"  # the next migration would not meet what it expects
LISTED = 5
UP = ".up.sql"


@dataclass(frozen=True, slots=True)
class RehearseSettings:
    """``database_url``: a server where databases may be made; empty for an embedded one. ``rows`` per table.

    ``version``: the major that the team runs, to be said where the rehearsal ran on another.
    """

    database_url: str = ""
    rows: int = ROWS
    say: Callable[[int, int, str], None] = field(default=lambda *_: None)
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One migration: every statement watched, and how the way down and up again went."""

    migration: Migration
    watched: tuple[Watched, ...]
    findings: tuple[Finding, ...]
    round_trip: str
    rows: int


def rehearse(change: Change, settings: RehearseSettings) -> Report:
    """What the new migrations did on a server that holds rows: effects, losses, the way down and up again."""
    if not change.new:
        return Report("rehearse", "no new migration to run")
    with (
        server(settings.database_url or None) as running,
        staged(running, change.history, settings.rows, settings.say) as stage,
    ):
        if stage.broken is not None:
            where, message = stage.broken
            hint = "the migrations before the change have to run before it can be rehearsed"
            finding = Finding("history-fails", Severity.ERROR, f"the history stops here: {message}", where, hint=hint)
            return Report("rehearse", "the history does not run", (finding,), status="failed")
        with connect(stage.url) as connection:
            done = list(_each(connection, change, running.version, settings))
    return _report(change, done, running, settings.version)


def _each(connection: Connection, change: Change, version: int, settings: RehearseSettings) -> Iterator[Rehearsed]:
    ran = [migration.up.text for migration in change.history]
    for number, migration in enumerate(change.new, start=1):
        settings.say(number, len(change.new), f"rehearsing {migration.name}")
        rehearsed = _one(connection, migration, history(ran), version, settings.rows)
        yield rehearsed
        if any(each.failed for each in rehearsed.watched) or rehearsed.round_trip in (MIDWAY, AGAIN):
            return
        ran.append(migration.up.text)


def _one(connection: Connection, migration: Migration, schema: Schema, version: int, rows: int) -> Rehearsed:
    connection.execute("RESET ALL")
    before = catalog(connection)
    counts = fill(connection, before, rows)
    counts |= count_rows(connection, before.tables)
    empty = frozenset(name for name, count in counts.items() if not count)
    steps = walk([migration], schema, Session(version, empty=Members(empty)))
    watched = tuple(watch(connection, migration, steps))
    failed = any(each.failed for each in watched)
    if connection.info.transaction_status.name != "IDLE":  # one that the script left open ends with its session
        connection.execute("COMMIT" if in_transaction(migration) and not failed else "ROLLBACK")
    findings = [finding for each in watched for finding in _of_statement(each)]
    if failed:
        return Rehearsed(migration, watched, tuple(findings), "not tried: it fails", sum(counts.values()))
    connection.execute("RESET ALL")
    round_trip, problems = _round_trip(connection, migration, before)
    return Rehearsed(migration, watched, (*findings, *problems), round_trip, sum(counts.values()))


def _of_statement(watched: Watched) -> Iterator[Finding]:
    place = watched.statement.place
    location = Location(watched.migration.up.path, place.line, place.column)
    anchor, shown = watched.statement.text, excerpt(watched.migration.up.text, watched.statement, place)
    if watched.failed:
        observation = watched.observation
        message = f"fails on a server with rows: {observation.effects.fails} {observation.error}"
        yield Finding(
            "rehearsal-fails", Severity.ERROR, message, location, Evidence.REHEARSED,
            "the migration stops here and nothing of its transaction is left", anchor=anchor, damage=Damage.FAILS,
            excerpt=shown,
        )  # fmt: skip
    for difference in watched.differences:
        hint = "this is a mistake of dbtools, not of yours: please report the statement"
        message = f"{difference}"
        yield Finding(
            "prediction-differs", Severity.INFO, message, location, Evidence.REHEARSED, hint, anchor=anchor,
            excerpt=shown,
        )  # fmt: skip


def _round_trip(connection: Connection, migration: Migration, before: Schema) -> tuple[str, list[Finding]]:
    """Down again and up again; what the way down leaves behind or does not bring back is a finding."""
    down = migration.back
    if down is None:
        if not migration.reversible:
            return "up only", []
        location = Location(migration.up.path)
        pair = migration.up.path.endswith(UP)
        hint = f"write {migration.up.path.removesuffix(UP)}.down.sql" if pair else "write it"
        return "no down", [_finding("down-missing", Severity.WARNING, "there is no way back down", location, hint)]
    after = catalog(connection)
    location = Location(down.up.path)
    refused = run(connection, sent(down.up.text), whole=in_transaction(down))
    if refused is not None:
        return ("down fails" if in_transaction(down) else MIDWAY), [
            _refusal("down-fails", "the way down fails", down, refused)
        ]
    problems = []
    left = _apart(catalog(connection), before)
    if left:
        message = f"the way down does not lead back: {left}"
        hint = "after down the schema should be what it was before up"
        problems.append(_finding("down-differs", Severity.WARNING, message, location, hint))
    refused = run(connection, sent(migration.up.text), whole=in_transaction(migration))
    if refused is not None:
        problems.append(_refusal("up-again-fails", "up, down, and up again fails", migration, refused))
        return AGAIN, problems
    if not left and (left := _apart(catalog(connection), after)):
        message = f"up, down, and up again is not what up was: {left}"
        hint = "what up makes should not depend on what down left behind"
        problems.append(_finding("up-again-differs", Severity.WARNING, message, location, hint))
        return "up again differs", problems
    return ("down differs" if left else SAME), problems


def _refusal(rule: str, what: str, migration: Migration, refused: Refused) -> Finding:
    place = Location(migration.up.path, refused.statement.line, refused.statement.column)
    message = f"{what}: {refused.sqlstate} {refused.message}"
    return _finding(rule, Severity.ERROR, message, place, "mend the script")


def _apart(now: Schema, wanted: Schema) -> str:
    operations = diff(now, wanted)
    texts = [" ".join(render(operation).split()) for operation in operations[:LISTED]]
    rest = len(operations) - LISTED
    return "; ".join(texts) + (f"; and {rest} more" if rest > 0 else "")


def _finding(rule: str, severity: Severity, message: str, location: Location, hint: str) -> Finding:
    return Finding(rule, severity, message, location, Evidence.REHEARSED, hint)


def _report(change: Change, done: list[Rehearsed], running: Server, version: int | None) -> Report:
    watched = [each for rehearsed in done for each in rehearsed.watched]
    taken = {(each.statement.text, name) for each in watched for name in each.observation.effects.locks}
    rows = max((rehearsed.rows for rehearsed in done), default=0)
    kind = f"{'an embedded' if running.throwaway else 'a given'} PostgreSQL {running.version}"
    left = len(change.new) - len(done)
    summary = f"{_count(done, 'migration')}, {_count(watched, 'statement')} run on {kind} with {rows:,} rows"
    if version is not None and version != running.version:
        summary += f" (you run {version})"
    if left:
        summary += f"; {left} not reached"
    sections: list[Section] = [overview(((each.migration, each.watched, each.round_trip) for each in done), running)]
    sections.extend(section for each in done if (section := details(each.migration, each.watched)) is not None)
    shim = ", ".join(sorted(running.shimmed & _wanted(change)))
    if shim:
        note = (
            f"Stand-ins took the place of {shim}, which this server lacks: their DDL runs, their functions only partly."
        )
        sections.append(TableSection("Extensions", ("note",), ((note,),)))
    return Report(
        "rehearse",
        summary,
        tuple(finding for each in done for finding in each.findings),
        tuple(sections),
        figures={
            "migrations": len(done), "statements": len(watched), "locks": len(taken), "rows": rows,
            "losses": sum(len(each.losses) for each in watched),
        },
        seen={location: text for each in watched for location, text in seen_at(each, running.version)},
    )  # fmt: skip


def _count(things: Sized, what: str) -> str:
    return f"{len(things)} {what}{'s' * (len(things) != 1)}"


def _wanted(change: Change) -> frozenset[str]:
    return frozenset(change.head.extensions | change.base.extensions)
