"""Who waits: sessions read and write the tables of a migration while it runs once more, as its runner would run it.

Shown is how long others wait for what it holds, and, once per migration, what happens when it has to wait itself for
somebody who has a table open.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from dbtools.model import operation as op
from dbtools.model.effects import LockMode
from dbtools.model.expression import Name
from dbtools.model.finding import Damage, Evidence, Finding, Location, Severity
from dbtools.pg.probe import Target
from dbtools.rehearse.blocking.acts import Act, acts, targets
from dbtools.rehearse.blocking.beside import Beside, run_beside
from dbtools.rehearse.blocking.waited import Waited, duration, waited
from dbtools.rehearse.settings import RehearseSettings
from dbtools.rehearse.trial import Fact, Scene, Trial
from dbtools.rehearse.watch import Watched
from dbtools.sql.excerpt import excerpt
from dbtools.sql.walk import Step

COPIES = 1
TITLE = "others waited"
MOST = 6  # relations that are watched, with two sessions each
TOO_LONG = 1.0  # seconds
CALLED_OFF = "57014"


def applies(scene: Scene) -> bool:
    """Whether a statement locks something that stood before so that others may have to wait."""
    known = scene.before.tables.keys() | scene.before.views.keys()
    return any(_may_block(step, known) for step in scene.steps)


def _may_block(step: Step, known: Container[Name]) -> bool:
    if step.effects.uncertain or isinstance(step.operation, op.Unknown):
        return bool(known)
    least = LockMode.ROW_EXCLUSIVE if isinstance(step.operation, op.Update | op.Delete) else LockMode.SHARE
    return any(mode >= least and name in known and name not in step.born for name, mode in step.effects.locks.items())


def perform(scene: Scene, watched: tuple[Watched, ...]) -> Trial | None:
    """Run it with others about; a migration that had to be called off is not tried again."""
    every = tuple(acts(watched, scene.before))
    wanted = targets(every, scene.before)
    if not wanted or any(each.observation.effects.fails == CALLED_OFF for each in watched):
        return None
    with scene.copy() as url:
        beside = run_beside(url, scene.migration, every, wanted[:MOST], scene.guard)
    found = waited(beside.waits, beside.timeline)
    longest = max((each.longest for each in found), default=0.0)
    facts = [_fact(each.act, f"{each}") for each in found]
    facts += _others(beside, wanted, scene.settings)
    findings = tuple(_finding(each, scene) for each in found if each.longest >= TOO_LONG)
    return Trial(TITLE, duration(longest) if found else "briefly", findings, tuple(facts))


def _others(beside: Beside, wanted: Sequence[Target], settings: RehearseSettings) -> Iterator[Fact]:
    """The line behind a session, and what was not watched."""
    until = "up to the runner's lock_timeout" if settings.lock_timeout else "as long as it takes"
    if beside.line is not None:
        yield _fact(beside.line.chosen.act, beside.line.told(beside.waits, until))
    if beside.refused is not None:
        yield beside.refused
    first = next((span.act for span in beside.timeline.spans if span.act is not None), None)
    if first is not None:
        for who, why in beside.blind.items():
            yield _fact(first, f"{who} were not watched: {why}")
        if len(wanted) > MOST:
            yield _fact(first, f"who waits for {len(wanted) - MOST} more tables was not watched")


def _fact(act: Act, seen: str) -> Fact:
    return Fact(act.watched.statement.place.line, act.watched.statement.text, seen)


def _finding(each: Waited, scene: Scene) -> Finding:
    """A wait that users notice, on as few rows as these."""
    statement, script = each.act.watched.statement, scene.migration.up
    place = statement.place
    reads = each.seconds.get("reads", 0.0) >= TOO_LONG
    mode = each.act.touches.get(each.table)
    message = f"{each}, with {scene.settings.rows.of(each.table):,} rows in {each.table}"
    return Finding(
        "blocks-for-seconds", Severity.WARNING, message,
        Location(script.path, place.line, place.column), Evidence.REHEARSED, _hint(each), str(each.table),
        locks={} if mode is None else {str(each.table): mode}, anchor=statement.text,
        damage=Damage.BLOCKS_READS if reads else Damage.BLOCKS_WRITES, excerpt=excerpt(script.text, statement, place),
    )  # fmt: skip


def _hint(each: Waited) -> str:
    if each.most is not each.act:
        return f"give {each.later} a migration of its own: until that is done, the lock stays"
    if each.seconds.keys() == {"rows"}:
        return "change the rows in batches, each in a transaction of its own"
    return "do what takes long without the lock; dbtools lint shows how, where there is a way"
