"""Down again and up again: what the way down leaves behind or does not bring back is a finding."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dbtools.model.finding import Damage, Finding, Location, Severity
from dbtools.model.migration import Migration
from dbtools.pg.run import Refused, run
from dbtools.rehearse.restored import Three, rows_left, told
from dbtools.rehearse.state import State, apart, state_of
from dbtools.rehearse.trial import Scene, Trial, rehearsed
from dbtools.sql.irreversible import Irreversible, irreversible
from dbtools.sql.walk import in_transaction
from dbtools.stage import sent

if TYPE_CHECKING:
    from dbtools.pg.connect import Connection

TITLE = "down, up"
SAME = "same again"
MIDWAY, AGAIN = "down fails midway", "up again fails"  # the next migration would not meet what it expects
UP = ".up.sql"
MISSING = "down-missing"
DIFFERENCES = {
    "down-differs": ("the way down does not lead back", "after down the schema should be what it was before up"),
    "up-again-differs": (
        "up, down, and up again is not what up was",
        "what up makes should not depend on what down left behind",
    ),
}
SAY_SO = "say why there is none: -- dbtools: irreversible REASON"


def round_trip(connection: Connection, scene: Scene, looking: Connection) -> Trial:
    """Run the way down of the scene's migration, which has run, and the way up again.

    What it leads to is looked at from a connection of its own, where no script has given up rights.
    """
    migration = scene.migration
    said = irreversible(migration)
    if said is not None and said.reason:
        return Trial(TITLE, f"irreversible: {said.reason}")
    down = migration.back
    if down is None or scene.after is None:
        return _without(migration, said)
    trial = _there_and_back((connection, looking), scene, down, scene.after)
    if said is None:
        return trial
    return replace(trial, findings=(_no_reason(said), *(each for each in trial.findings if each.rule != MISSING)))


def _there_and_back(connections: tuple[Connection, Connection], scene: Scene, down: Migration, after: State) -> Trial:
    connection, looking = connections
    refused = run(connection, sent(down.up.text), whole=in_transaction(down), guard=scene.guard)
    if refused is not None:
        result = "down fails" if in_transaction(down) else MIDWAY
        return Trial(TITLE, result, (_refusal("down-fails", "the way down fails", down, refused),))
    three = Three(State(scene.before, scene.rows), after, state_of(looking, scene.closely, scene.guard))
    left = apart(three.down.schema, scene.before)
    if left and three.down.rows == after.rows and not apart(three.down.schema, after.schema):
        return Trial(TITLE, "down does nothing", (_empty(down, left),))
    findings, facts = told(down, three)
    if left:
        findings = (_differs("down-differs", down, left), *findings)
    up = scene.migration
    refused = run(connection, sent(up.up.text), whole=in_transaction(up), guard=scene.guard)
    if refused is not None:
        failed = _refusal("up-again-fails", "up, down, and up again fails", scene.migration, refused)
        return Trial(TITLE, AGAIN, (*findings, failed), facts)
    if left:
        return Trial(TITLE, "down differs" + rows_left(three), findings, facts)
    # Rows that up makes of others may be missing for what was told of the way down.
    other = _other(state_of(looking, frozenset(), scene.guard), after, rows=not findings)
    if other:
        findings = (*findings, _differs("up-again-differs", down, other))
    return Trial(TITLE, ("up again differs" if other else SAME) + rows_left(three), findings, facts)


def _other(again: State, after: State, *, rows: bool) -> str:
    """What the second way up made otherwise than the first, of the schema or else of the number of *rows*."""
    schema = apart(again.schema, after.schema)
    if schema or not rows:
        return schema
    pairs = ((name, tally.rows, again.rows[name].rows) for name, tally in after.rows.items() if name in again.rows)
    return "; ".join(f"{name} holds {now} rows, not {first}" for name, first, now in pairs if now != first)


def _without(migration: Migration, said: Irreversible | None) -> Trial:
    if said is not None:
        return Trial(TITLE, "no down", (_no_reason(said),))
    if not migration.reversible:
        return Trial(TITLE, "up only")
    pair = migration.up.path.endswith(UP)
    write = f"write {migration.up.path.removesuffix(UP)}.down.sql" if pair else "write it"
    finding = rehearsed(
        MISSING, Severity.WARNING, "there is no way back down", Location(migration.up.path),
        f"{write}, or {SAY_SO}",
    )  # fmt: skip
    return Trial(TITLE, "no down", (finding,))


def _empty(down: Migration, left: str) -> Finding:
    message = f"the way down does nothing; what it would have to do: {left}"
    return rehearsed(MISSING, Severity.WARNING, message, Location(down.up.path), f"write it, or {SAY_SO}")


def _differs(rule: str, down: Migration, what: str) -> Finding:
    message, hint = DIFFERENCES[rule]
    return rehearsed(rule, Severity.WARNING, f"{message}: {what}", Location(down.up.path), hint)


def _no_reason(said: Irreversible) -> Finding:
    message = "it is said to be irreversible, and not why"
    hint = "write -- dbtools: irreversible REASON: who wants to go back reads it"
    return rehearsed("irreversible-without-reason", Severity.WARNING, message, said.location, hint)


def _refusal(rule: str, what: str, migration: Migration, refused: Refused) -> Finding:
    place = Location(migration.up.path, refused.statement.line, refused.statement.column)
    message = f"{what}: {refused.sqlstate} {refused.message}"
    found = rehearsed(rule, Severity.ERROR, message, place, "mend the script")
    return replace(found, anchor=refused.statement.sql, damage=Damage.FAILS)
