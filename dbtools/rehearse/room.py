"""The room: history up to the base with rows in it, then each new migration up, down and up again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace

from dbtools.change import Change
from dbtools.change.value import Code
from dbtools.model.entries import Members
from dbtools.model.expression import Name
from dbtools.model.finding import Finding, Location, Severity
from dbtools.model.migration import Migration
from dbtools.model.predict import Session
from dbtools.model.report import Report, Section, TableSection
from dbtools.model.schema import Schema
from dbtools.model.wording import counted
from dbtools.pg.catalog import catalog
from dbtools.pg.connect import connect
from dbtools.pg.fill import count_rows, fill
from dbtools.pg.losses import tally
from dbtools.pg.server import Server, server
from dbtools.rehearse import blocking, resume, rolling
from dbtools.rehearse.findings import of_statement
from dbtools.rehearse.refusals import reason
from dbtools.rehearse.rights import rights
from dbtools.rehearse.round_trip import AGAIN, MIDWAY, TITLE, round_trip
from dbtools.rehearse.settings import CODE_FIRST, RehearseSettings
from dbtools.rehearse.show import details, overview, seen_at
from dbtools.rehearse.state import state_of, touched
from dbtools.rehearse.trial import Experiment, Scene, Trial
from dbtools.rehearse.watch import Watched, watch
from dbtools.sql.history import history
from dbtools.sql.walk import in_transaction, statements, walk
from dbtools.stage import Broken, Frozen, Stage, staged

EXPERIMENTS: tuple[Experiment, ...] = (rolling, blocking, resume)


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One migration: every statement watched, and what the experiments with it showed. ``rows``: how many it met."""

    migration: Migration
    watched: tuple[Watched, ...]
    trials: tuple[Trial, ...]
    rows: int

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the statements did, then what the experiments showed."""
        of_statements = (finding for each in self.watched for finding in of_statement(each))
        return (*of_statements, *(finding for trial in self.trials for finding in trial.findings))

    @property
    def stops(self) -> bool:
        """Whether the next migration would not meet what it expects."""
        return any(each.failed for each in self.watched) or any(
            trial.result in (MIDWAY, AGAIN) for trial in self.trials if trial.title == TITLE
        )


def rehearse(change: Change, settings: RehearseSettings) -> Report:
    """What the new migrations did on a server that holds rows: effects, losses, the way down and up again."""
    if not change.new:
        return Report("rehearse", "no new migration to run")
    with server(settings.server_url or None) as running:
        return rehearse_on(running, change, settings)


def rehearse_on(running: Server, change: Change, settings: RehearseSettings) -> Report:
    """The same on a server that runs."""
    with staged(running, change.history, settings.rows, settings.say, settings.timeout) as stage:
        if stage.broken is not None:
            return Report("rehearse", "the history does not run", (_stopped(stage.broken),), status="failed")
        done = list(_each(stage, change, settings))
    return _report(change, done, stage, settings.version)


def _stopped(broken: Broken) -> Finding:
    script, refused = broken.migration.up, broken.refused
    why = reason(refused.statement.sql, refused.sqlstate, refused.message, timed_out=refused.timed_out)
    where = Location(script.path, refused.statement.line, refused.statement.column)
    hint = why.hint or "the migrations before the change have to run before it can be rehearsed"
    return Finding("history-fails", Severity.ERROR, f"the history stops here: {why.message}", where, hint=hint)


def _each(stage: Stage, change: Change, settings: RehearseSettings) -> Iterator[Rehearsed]:
    ran = [migration.up.text for migration in change.history]
    for number, migration in enumerate(change.new, start=1):
        settings.say(number, len(change.new), f"rehearsing {migration.name}")
        rehearsed = _one(stage, migration, history(ran), change, settings)
        yield rehearsed
        if rehearsed.stops:
            return
        ran.append(migration.up.text)


def _code(change: Change, settings: RehearseSettings) -> Code | None:
    """What is deployed while the change's migrations run, where that is known."""
    if change.one_by_one or change.before is None:
        return None
    return Code(change.readings, change.queries) if settings.deploy == CODE_FIRST else change.before


def _one(stage: Stage, migration: Migration, schema: Schema, change: Change, settings: RehearseSettings) -> Rehearsed:
    with connect(stage.script_url) as connection:
        before = catalog(connection)
        fill(connection, before, settings.rows)
        closely = _closely(migration, before)
        with stage.guard.reading():
            rows = tally(connection, before.tables.values(), closely)
            counts = count_rows(connection, before.tables.keys() - rows.keys())  # of partitions
    counts |= {name: each.rows for name, each in rows.items()}
    empty = frozenset(name for name, count in counts.items() if not count)
    steps = tuple(walk([migration], schema, Session(stage.server.version, empty=Members(empty))))
    scene = Scene(
        migration, before, steps, settings, stage.server.database, closely, rows, code=_code(change, settings),
        guard=stage.guard, admin=stage.admin,
    )  # fmt: skip
    wanted = [experiment for experiment in EXPERIMENTS if experiment.applies(scene)]
    with ExitStack() as stack:
        frozen = stack.enter_context(stage.frozen()) if wanted else None
        scene, watched, trial = _through(stage, scene, compares=bool(wanted) or migration.down is not None)
        stopped = any(each.observation.timed_out for each in watched)
        trials = tuple(_performed(wanted, scene, watched, frozen)) if frozen is not None and not stopped else ()
        if resume not in wanted and not any(each.failed for each in watched):
            trials = (*trials, resume.WHOLE)
        return Rehearsed(migration, watched, (trial, *trials), sum(counts.values()))


def _performed(wanted: list[Experiment], scene: Scene, watched: tuple[Watched, ...], frozen: Frozen) -> Iterator[Trial]:
    """What the experiments showed; the last needs no copy if it would make but one."""
    for experiment in wanted:
        spare = experiment is wanted[-1] and experiment.COPIES == 1
        trial = experiment.perform(replace(scene, copy=frozen.itself if spare else frozen.copy), watched)
        if trial is not None:
            yield trial


def _closely(migration: Migration, schema: Schema) -> frozenset[Name]:
    """The tables whose values the way up or the way down may change."""
    scripts = (migration.up, migration.down) if migration.down else (migration.up,)
    every = (statement for script in scripts for statement in statements(script.text))
    return touched((operation for statement in every for operation in statement.operations), schema)


def _through(stage: Stage, scene: Scene, *, compares: bool) -> tuple[Scene, tuple[Watched, ...], Trial]:
    """Up with every statement watched, then down and up again; the scene knows what up led to if anybody *compares*."""
    migration = scene.migration
    with connect(stage.script_url) as connection, connect(stage.script_url) as looking:
        watched = tuple(watch(connection, migration, scene.steps, scene.guard))
        failed = any(each.failed for each in watched)
        if connection.closed:
            return scene, watched, Trial(TITLE, "not tried: it had to be stopped")
        if connection.info.transaction_status.name != "IDLE":  # one that the script left open ends with its session
            connection.execute("COMMIT" if in_transaction(migration) and not failed else "ROLLBACK")
        if failed:
            return scene, watched, Trial(TITLE, "not tried: it fails")
        scene = replace(scene, after=state_of(looking, scene.closely, scene.guard)) if compares else scene
        return scene, watched, round_trip(connection, scene, looking)


def _report(change: Change, done: list[Rehearsed], stage: Stage, version: int | None) -> Report:
    running = stage.server
    watched = [each for rehearsed in done for each in rehearsed.watched]
    taken = {(each.statement.text, name) for each in watched for name in each.observation.effects.locks}
    rows = max((rehearsed.rows for rehearsed in done), default=0)
    kind = f"{'an embedded' if running.throwaway else 'a given'} PostgreSQL {running.version}"
    left = len(change.new) - len(done)
    what = f"{counted(len(done), 'migration')}, {counted(len(watched), 'statement')}"
    summary = f"{what} run on {kind} with {rows:,} rows"
    if version is not None and version != running.version:
        summary += f" (you run {version})"
    if left:
        summary += f"; {left} not reached"
    lines = ((each.migration, each.watched, each.trials) for each in done)
    sections: list[Section] = [overview(lines, running.version)]
    sections.extend(
        section for each in done if (section := details(each.migration, each.watched, each.trials)) is not None
    )
    shim = ", ".join(sorted(running.shimmed & _wanted(change)))
    if shim:
        note = (
            f"Stand-ins took the place of {shim}, which this server lacks: their DDL runs, their functions only partly."
        )
        sections.append(TableSection("Extensions", ("note",), ((note,),)))
    if lent := rights(stage, change.new):
        sections.append(lent)
    return Report(
        "rehearse",
        summary,
        tuple(finding for each in done for finding in each.findings),
        tuple(sections),
        figures={
            "migrations": len(done), "statements": len(watched), "locks": len(taken), "rows": rows,
            "losses": sum(len(each.losses) for each in watched),
        },
        seen={
            location: text for rehearsed in done for each in rehearsed.watched
            for location, text in seen_at(each, running.version, rehearsed.trials)
        },
    )  # fmt: skip


def _wanted(change: Change) -> frozenset[str]:
    return frozenset(change.head.extensions | change.base.extensions)
