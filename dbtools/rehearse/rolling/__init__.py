"""A deployment that takes a while: code meets a schema that was not written for it.

Where migrations run first, what the code before the change does is tried before and after each of them. Where the new
code comes first, what it does is tried on the schema that is still the old one. What fails on both is not the doing
of the migration.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from dbtools.model.finding import Damage, Evidence, Finding, Location, Severity
from dbtools.model.schema import Schema
from dbtools.pg.catalog import catalog
from dbtools.pg.connect import connect
from dbtools.pg.run import run, send
from dbtools.rehearse.rolling.attempts import Attempt, Failure, Tried, failing, working
from dbtools.rehearse.rolling.touched import Touched, touched
from dbtools.rehearse.rolling.uses import EVERY_COLUMN, INSERT, LABELS, Use, uses_of
from dbtools.rehearse.settings import CODE_FIRST, STOPPED
from dbtools.rehearse.trial import Fact, Scene, Trial
from dbtools.sql.excerpt import excerpt
from dbtools.sql.read import Statement
from dbtools.sql.walk import in_transaction, statements
from dbtools.stage import sent

if TYPE_CHECKING:
    from dbtools.pg.connect import Connection
    from dbtools.rehearse.watch import Watched

OLD, NEW = "old code", "new code"
COPIES = 0  # a second one to find the statement to blame
LISTED = 5
NAMED = re.compile(r'"([^"]+)"')
TWO_STEPS = "do it in two deployments: first what the old and the new code can both live with"
HINTS: Mapping[str, str] = {
    **dict.fromkeys(
        ("42703", "42P01", "42883", "42704", "22P02"),
        "deploy code that does without it first, and do this in a later change",
    ),
    "23502": "keep a default, or let it be null, until code that fills it is deployed everywhere",
}
WAIT = "run migrations before the code is deployed, or deploy what needs this after it has run"


class _Shown(NamedTuple):
    """What was found out: how code works on the database it fits, and how it fails on the other."""

    tried: Tried
    failures: list[Failure]
    schema: Schema


def applies(scene: Scene) -> bool:
    """Whether the migration touches what code uses."""
    return bool(_uses(scene))


def perform(scene: Scene, watched: tuple[Watched, ...]) -> Trial | None:
    """What of the code fails because of the migration, or for want of it."""
    if any(each.failed for each in watched):
        return None
    uses, title = _uses(scene), NEW if _is_new(scene) else OLD
    try:
        shown = _new_code(scene, uses) if _is_new(scene) else _old_code(scene, uses)
    except _RefusedError as error:
        return Trial(title, f"not tried: {error}")
    certain = [failure for failure in shown.failures if failure.certain]
    causes = _causes(scene, certain, shown.schema)
    findings = tuple(_finding(scene, statement, found, len(uses)) for statement, found in causes)
    broken = {failure.attempt.use for failure in certain}
    untold = {use: why for use, why in _untold(shown).items() if use not in broken}
    worked = {attempt.use for attempt in _worked(shown)}
    missing = sum(use not in worked for use in untold)
    return Trial(title, _result(len(uses), len(broken), missing), findings, tuple(_facts(scene, untold)))


def _is_new(scene: Scene) -> bool:
    return scene.settings.deploy == CODE_FIRST


def _touched(scene: Scene) -> Touched:
    return touched(scene.steps, scene.before, also_new=_is_new(scene))


def _uses(scene: Scene) -> tuple[Use, ...]:
    if scene.code is None or scene.settings.deploy == STOPPED:
        return ()
    felt = _touched(scene)
    return tuple(uses_of(scene.code, felt.names)) if felt.statements else ()


def _old_code(scene: Scene, uses: tuple[Use, ...]) -> _Shown:
    with scene.copy() as url:
        tried = _working(url, uses, scene.before)
        _migrate(url, scene)
        return _Shown(tried, _failing(url, tried, scene.before), scene.before)


def _new_code(scene: Scene, uses: tuple[Use, ...]) -> _Shown:
    with scene.copy() as after:
        _migrate(after, scene)
        with connect(after) as connection:
            schema = catalog(connection)
        tried = _working(after, uses, schema)
    with scene.copy() as before:
        return _Shown(tried, _failing(before, tried, schema), schema)


def _working(url: str, uses: tuple[Use, ...], schema: Schema) -> Tried:
    with connect(url) as connection:
        return working(connection, schema, uses)


def _failing(url: str, tried: Tried, schema: Schema) -> list[Failure]:
    with connect(url) as connection:
        return failing(connection, tried.working, schema)


def _migrate(url: str, scene: Scene) -> None:
    whole = in_transaction(scene.migration)
    with connect(url) as connection:
        refused = run(connection, sent(scene.migration.up.text), whole=whole, guard=scene.guard)
    if refused is not None:
        raise _RefusedError(f"{refused.sqlstate} {refused.message}")


class _RefusedError(Exception):
    """The migration ran before, and does not on a copy."""


def _causes(scene: Scene, failures: list[Failure], schema: Schema) -> list[tuple[Statement, list[Failure]]]:
    """The failures by the statement that makes the difference."""
    felt = _touched(scene).statements
    if not failures or len(felt) == 1:
        return [(felt[0], failures)] if failures else []
    causes, pending = [], failures
    places = {statement.place for statement in felt}
    with scene.copy() as url, connect(url) as connection:
        for statement in _one_by_one(connection, scene):
            if statement.place in places and pending:
                here = _changed(connection, pending, schema, to_work=_is_new(scene))
                pending = [failure for failure in pending if failure not in here]
                causes += [(statement, here)] if here else []
    return [*causes, (felt[0], pending)] if pending else causes


def _one_by_one(connection: Connection, scene: Scene) -> Iterator[Statement]:
    """Each statement of the migration once it has run; what is left open ends with the connection."""
    if in_transaction(scene.migration):
        connection.execute("BEGIN")
    for statement in statements(scene.migration.up.text):
        if statement.text:
            send(connection, statement.text, scene.guard)
            yield statement


def _changed(connection: Connection, failures: list[Failure], schema: Schema, *, to_work: bool) -> list[Failure]:
    """Those of *failures* that fail by now, or do not any more."""
    with connection.transaction(force_rollback=True):
        met = failing(connection, [failure.attempt for failure in failures], schema)
    fails = {id(failure.attempt) for failure in met if failure.certain or to_work}
    return [failure for failure in failures if (id(failure.attempt) in fails) != to_work]


def _finding(scene: Scene, statement: Statement, failures: list[Failure], total: int) -> Finding:
    said = {source: (text, place) for source, text, place in _said(failures)}
    script = scene.migration.up
    refusal = failures[0].refusal
    names = NAMED.findall(refusal.message)
    rule, message, hint = _words(scene, len(said), total, refusal.sqlstate)
    return Finding(
        rule, Severity.ERROR, message, Location(script.path, statement.place.line, statement.place.column),
        Evidence.REHEARSED, hint, object=names[0] if names else "",
        values={source: text for source, (text, _) in said.items()}, anchor=statement.text,
        damage=Damage.BREAKS_READERS, excerpt=excerpt(script.text, statement, statement.place, names),
        places={source: place for source, (_, place) in said.items()},
    )  # fmt: skip


def _words(scene: Scene, count: int, total: int, sqlstate: str) -> tuple[str, str, str]:
    """The rule's name, its message, and what to do."""
    several = f"all {total}" if count == total else f"{count} of the {total}"
    who = f"{several} models and queries that use" if total > 1 else "the one model or query that uses"
    fail = f"{who} what the migration touches {'fail' if total > 1 else 'fails'}"
    if _is_new(scene):
        return "new-code-fails", f"the new code, deployed first, waits for this: until then {fail}", WAIT
    hint = HINTS.get(sqlstate, TWO_STEPS)
    return "old-code-fails", f"breaks code that is still deployed: {fail} from here on", hint


def _said(failures: list[Failure]) -> Iterator[tuple[str, str, Location]]:
    """Who fails, with what the server said, and where."""
    by_use: dict[Use, list[Failure]] = {}
    for failure in failures:
        by_use.setdefault(failure.attempt.use, []).append(failure)
    told: set[str] = set()
    for use, found in by_use.items():
        place = use.place(f'{found[0].refusal.message} "{found[0].refusal.column}"')
        source = use.source if use.source not in told else f"{use.source} ({place})"
        told.add(source)
        yield source, "; ".join(_by_error(found)), place


def _by_error(failures: Iterable[Failure]) -> Iterator[str]:
    for _, group in groupby(failures, key=lambda failure: failure.refusal.sqlstate):
        found = list(group)
        kinds = [failure.attempt.what for failure in found if failure.attempt.what not in {"", LABELS}]
        kinds = [kind for kind in kinds if kind != EVERY_COLUMN or INSERT not in kinds]
        did = ", ".join(dict.fromkeys(kinds))
        yield f"{did}: {found[0].refusal}" if did else f"{found[0].refusal}"


def _worked(shown: _Shown) -> list[Attempt]:
    failed = {id(failure.attempt) for failure in shown.failures}
    return [attempt for attempt in shown.tried.working if id(attempt) not in failed]


def _untold(shown: _Shown) -> dict[Use, str]:
    """By use what could not be tried, or failed in a way that its values may be to blame for."""
    doubtful = [failure for failure in shown.failures if not failure.certain]
    said = dict(shown.tried.others)
    said |= {(each.attempt.use, each.attempt.what): f"it depends on the values: {each.refusal}" for each in doubtful}
    found: dict[Use, str] = {}
    for (use, what), why in said.items():
        found.setdefault(use, f"{what} of {use.source} ({use.location}): {why}".removeprefix(" of "))
    return found


def _facts(scene: Scene, untold: Mapping[Use, str]) -> Iterator[Fact]:
    statement = _touched(scene).statements[0]
    for why in list(untold.values())[:LISTED]:
        yield Fact(statement.place.line, statement.text, f"not tried: {why}")
    if len(untold) > LISTED:
        yield Fact(statement.place.line, statement.text, f"not tried: {len(untold) - LISTED} more")


def _result(total: int, broken: int, untold: int) -> str:
    rest = f", {untold} not tried" if untold else ""
    if broken:
        return f"{broken} of {total} fail{rest}"
    worked = total - untold
    return f"{worked} of {total} work{rest}" if worked else f"{untold} not tried"
