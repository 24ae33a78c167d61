"""What a second run made of what a killed one had left, as findings: one for each cause."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.model.expression import Name
from dbtools.model.finding import Damage, Finding, Location, Severity
from dbtools.pg.run import Refused
from dbtools.rehearse.resume.kill import Kill, changes
from dbtools.rehearse.trial import Scene, rehearsed
from dbtools.sql.excerpt import excerpt
from dbtools.sql.read import Statement
from dbtools.sql.render import render
from dbtools.sql.walk import statements

FAILS, DIFFERS, INVALID = "rerun-fails", "rerun-differs", "invalid-index-on-retry"


class Outcome(NamedTuple):
    """What the second run led to: refused, or other than the first: indexes left invalid, the schema, the rows."""

    kill: Kill
    refused: Refused | None = None
    invalid: tuple[Name, ...] = ()
    schema: str = ""
    rows: tuple[tuple[Name, str], ...] = ()

    @property
    def recovered(self) -> bool:
        """Whether it is as if nobody had killed it."""
        return self.refused is None and not (self.invalid or self.schema or self.rows)

    @property
    def said(self) -> str:
        """It in a few words."""
        if self.refused is not None:
            return f"fails at line {self.refused.statement.line}: {_error(self.refused)}{_and_left(self.invalid)}"
        return "; ".join((*_other_schema(self), *(said for _, said in self.rows))) or "the same as undisturbed"


def findings_of(scene: Scene, outcomes: Sequence[Outcome]) -> tuple[Finding, ...]:
    """What does not recover."""
    return tuple(_findings(scene, [each for each in outcomes if not each.recovered]))


def _findings(scene: Scene, bad: Sequence[Outcome]) -> Iterator[Finding]:
    kept = [each for each in bad if _keeps_invalid(each)]
    rest = [each for each in bad if each not in kept]
    for outcome in kept:
        yield _kept(scene, outcome)
    refused = sorted((each for each in rest if each.refused), key=_where)
    for _, group in groupby(refused, key=_where):
        yield _refused(scene, list(group))
    twice: defaultdict[tuple[Statement, str], list[Outcome]] = defaultdict(list)
    for outcome in (each for each in bad if not each.refused):
        for table, said in outcome.rows:
            twice[_writer(scene, outcome, table), said].append(outcome)
    for (statement, said), outcomes in twice.items():
        finding = _differs(scene, statement, outcomes, said)
        yield replace(finding, severity=Severity.ERROR, damage=Damage.LOSES_DATA)
    for outcome in (each for each in rest if not each.refused):
        if said := "; ".join(_other_schema(outcome)):
            yield _differs(scene, outcome.kill.statement, [outcome], said)


def _other_schema(outcome: Outcome) -> Iterator[str]:
    if outcome.invalid:
        yield f"INVALID stays: {', '.join(map(str, outcome.invalid))}"
    if outcome.schema:
        yield outcome.schema


def _where(outcome: Outcome) -> tuple[int, int]:
    statement = outcome.refused.statement if outcome.refused else None
    return (statement.line, statement.column) if statement else (0, 0)


def _built(statement: Statement) -> op.CreateIndex | None:
    """The index that it builds concurrently."""
    found = (each for each in statement.operations if isinstance(each, op.CreateIndex) and each.concurrently)
    return next(found, None)


def _keeps_invalid(outcome: Outcome) -> bool:
    """Whether IF NOT EXISTS took the index that was left half built for the real one."""
    built = _built(outcome.kill.statement)
    if built is None or not built.if_not_exists or not outcome.kill.held:
        return False
    return Name(built.table.namespace, built.index.name) in outcome.invalid


def _kept(scene: Scene, outcome: Outcome) -> Finding:
    """The rule of the same name foretells it, at the same place and in the same words' fingerprint."""
    statement, built = outcome.kill.statement, _built(outcome.kill.statement)
    name = built.index.name if built else ""
    end = "and says nothing" if outcome.refused is None else f"and fails later: {_error(outcome.refused)}"
    message = f"killed while it builds {name} and run again, it keeps the INVALID index {end}"
    hint = f"drop first what is left of it: {_drop(outcome.invalid)}"
    finding = _finding(scene, INVALID, Severity.WARNING, message, statement)
    return replace(finding, hint=hint, table=str(built.table) if built else "", object=name)


def _refused(scene: Scene, outcomes: Sequence[Outcome]) -> Finding:
    refused = outcomes[0].refused
    assert refused is not None  # noqa: S101 - they were grouped by it
    every = [each for each in statements(scene.migration.up.text) if each.text]
    place = _where(outcomes[0])
    there = (each for each in every if (each.place.line, each.place.column) == place)
    statement = next(there, outcomes[0].kill.statement)
    alone = sum(map(changes, every)) == 1
    message = f"{_when(outcomes)} and run again, it fails: {_error(refused)}{_and_left(outcomes[0].invalid)}"
    severity = Severity.INFO if alone else Severity.WARNING
    finding = _finding(scene, FAILS, severity, message, statement)
    return replace(finding, hint=_hint(statement, refused.sqlstate), damage=Damage.FAILS)


def _differs(scene: Scene, statement: Statement, outcomes: Sequence[Outcome], said: str) -> Finding:
    message = f"{_when(outcomes)} and run again, it ends otherwise than undisturbed: {said}"
    hint = "let it change only what is not changed yet, so that a second run finds nothing to do"
    if outcomes[0].invalid:
        hint = f"drop first what is left of it: {_drop(outcomes[0].invalid)}"
    finding = _finding(scene, DIFFERS, Severity.WARNING, message, statement)
    return replace(finding, hint=hint, damage=Damage.ADVICE)


def _writer(scene: Scene, outcome: Outcome, table: Name) -> Statement:
    """The statement that writes rows of *table* a second time, of those that had run; else the one that was killed."""
    ran = [each for each in statements(scene.migration.up.text) if each.text][: outcome.kill.number]
    kinds = op.Insert | op.Update | op.Delete
    writing = (
        each
        for each in ran
        if any(isinstance(operation, kinds) and operation.table == table for operation in each.operations)
    )
    return next(writing, outcome.kill.statement)


def _finding(scene: Scene, rule: str, severity: Severity, message: str, statement: Statement) -> Finding:
    script, place = scene.migration.up, statement.place
    finding = rehearsed(rule, severity, message, Location(script.path, place.line, place.column), "")
    return replace(finding, anchor=statement.text, excerpt=excerpt(script.text, statement, place))


def _when(outcomes: Sequence[Outcome]) -> str:
    if len(outcomes) > 1:
        return f"killed at {len(outcomes)} different moments"
    kill = outcomes[0].kill
    line = kill.statement.place.line
    return f"killed while line {line} runs" if kill.held else f"killed after line {line}"


def _and_left(invalid: Sequence[Name]) -> str:
    return f"; INVALID is left: {', '.join(map(str, invalid))}" if invalid else ""


def _error(refused: Refused) -> str:
    return f"{refused.sqlstate} {refused.message}"


def _drop(names: Sequence[Name]) -> str:
    return " ".join(f"{render(op.DropIndex(name, concurrently=True, if_exists=True))};" for name in names)


def _hint(statement: Statement, code: str) -> str:
    """What would make the statement repeatable."""
    built = _built(statement)
    if built is not None and code == sqlstate.DUPLICATE_TABLE:
        return f"drop first what is left of it: {_drop([Name(built.table.namespace, built.index.name)])}"
    for operation in statement.operations:
        if isinstance(operation, op.DetachPartition):
            return f"{render(replace(operation, concurrently=False))} FINALIZE; ends what a killed one has begun"
    if code in sqlstate.TAKEN:
        return "write IF NOT EXISTS, or DROP ... IF EXISTS before it: a second run begins at the first statement"
    if code in sqlstate.MISSING:
        return "write IF EXISTS: a second run begins at the first statement"
    if code == sqlstate.UNIQUE_VIOLATION:
        return "write ON CONFLICT DO NOTHING: a second run begins at the first statement"
    return (
        "let it look first at what is there, or give it a migration of its own: a second run begins at the first line"
    )
