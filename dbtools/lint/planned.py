"""What stands for each statement of a migration: itself, or the safe plan of what rules object to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dbtools.lint.arrange import Item, Part
from dbtools.lint.back import DATA, Unfit
from dbtools.model import operation as op
from dbtools.model.finding import Finding, Severity
from dbtools.model.migration import Migration
from dbtools.model.plan import Plan, Step
from dbtools.model.schema import Schema
from dbtools.rules import migration_rules
from dbtools.sql.named import named
from dbtools.sql.read import Statement
from dbtools.sql.render import render
from dbtools.sql.script import Chunk, chunks, unsaid
from dbtools.sql.walk import fold

ADDING = op.AddConstraint | op.AddColumn | op.SetNullable | op.CreateIndex | op.ValidateConstraint
AWAY = (
    op.RenameTable | op.RenameColumn | op.SetNamespace | op.DropTable | op.DropColumn | op.DropNamespace
    | op.AttachPartition | op.DetachPartition | op.SetType
)  # fmt: skip


@dataclass(slots=True)
class Work:
    """One migration: what stands for it now, what is still to do, and why the rest was left."""

    original: Migration
    before: Schema
    items: tuple[Item, ...] = ()
    opening: tuple[Chunk, ...] = ()
    waits: list[tuple[str, tuple[Step, ...]]] = field(default_factory=list)
    waiting: frozenset[str] = frozenset()
    left: list[tuple[Finding | None, str]] = field(default_factory=list)
    level: int = 0
    now: tuple[Migration, ...] = ()


def prepared(migration: Migration, before: Schema, findings: Iterable[Finding]) -> Work:
    """The work that one migration is, with what stands for its statements where rules object to one."""
    work = Work(migration, before, now=(migration,))
    mild = {rule.name for rule in migration_rules() if rule.severity is Severity.INFO}
    own = [
        each
        for each in findings
        if each.location.path == migration.up.path
        and (each.severity > Severity.INFO or (each.plan is not None and each.rule in mild))
    ]
    if not own:
        return work
    if any(each.rule == "migration-edited" for each in own):
        give_up(work, "it was merged before, and databases that ran it will not run it again", own)
        return work
    try:
        work.opening, work.items = _items(work, own)
    except Unfit as reason:
        give_up(work, str(reason), own)
    return work


def give_up(work: Work, reason: str, findings: Sequence[Finding] = ()) -> None:
    """The migration stays as it was."""
    planned: list[Finding | None] = [each for each in findings if each.plan is not None]
    kept = [(each, why) for each, why in work.left if each is not None and each.plan is None]
    work.left = [*kept, *((each, reason) for each in planned or [None])]
    work.items, work.waits, work.now = (), [], (work.original,)


def _items(work: Work, findings: Sequence[Finding]) -> tuple[tuple[Chunk, ...], tuple[Item, ...]]:
    """The opening SETs, which every file repeats, and what stands for the other statements."""
    cut = chunks(work.original.up.text)
    if cut is None:
        raise Unfit("the file holds what is no plain SQL")
    pieces, rest = cut
    if work.original.transaction == "batch":
        raise Unfit("its runner runs all that is pending in one transaction, so that no step ends before the next")
    _refuse(pieces)
    opening = 0
    while opening < len(pieces) and _is_setting(pieces[opening].statement):
        opening += 1
    objects = _objects(work.before) | _objects(fold(work.before, (work.original.up.text,)))
    items = [item for chunk in pieces[opening:] for item in _statement(work, chunk, findings, objects)]
    if not any(item.planned for item in items):
        return (), ()
    if rest.strip():
        items.append(Item((Part(rest),), barrier=True))
    return pieces[:opening], tuple(items)


def _refuse(pieces: Iterable[Chunk]) -> None:
    for chunk in pieces:
        for operation in chunk.statement.operations:
            match operation:
                case op.Transaction():
                    raise Unfit("the file says itself where its transactions begin and end")
                case op.SetParameter(name) if name.lower() in {"search_path", "role", "session_authorization", ""}:
                    raise Unfit(f"the file sets {name or 'everything'}, which decides what its names mean")


def _is_setting(statement: Statement) -> bool:
    return all(isinstance(each, op.SetParameter) for each in statement.operations)


def _objects(schema: Schema) -> frozenset[str]:
    """What may be named in one statement because another made it; columns are reached by their tables."""
    several = (schema.tables, schema.views, schema.enums, schema.domains, schema.sequences)
    found = {name.local for each in several for name in each}
    found |= {name.local for name, _ in schema.functions} | {name.local for _, name, _ in schema.opaques}
    for table in schema.tables.values():
        found |= {each.name for each in (*table.indexes, *table.constraints)}
    return frozenset(found)


def _statement(work: Work, chunk: Chunk, findings: Sequence[Finding], objects: frozenset[str]) -> Iterator[Item]:
    """The statement as it was, or each of its operations, as it was or as its plan."""
    statement = chunk.statement
    names = frozenset(name.local for name in named(statement.text, ""))
    names &= objects if work.before.complete else names
    if any(isinstance(each, AWAY) for each in statement.operations) and not names.isdisjoint(work.waiting):
        raise Unfit("a plan waits for a deployment, and a later statement changes under it what it is about")
    plans = _plans(work, statement, [each for each in findings if _stands_in(each, statement)])
    if not plans:
        alone = statement.needs_autocommit
        barrier = any(isinstance(each, DATA | op.SetParameter) for each in statement.operations) and not alone
        yield Item((Part(chunk.text, transaction=not alone),), names, barrier=barrier)
        return
    said = ("\n" if re.match(r"[ \t]*\n", chunk.before) else "") + chunk.comments
    for number, operation in enumerate(statement.operations):
        plan = plans.get(number)
        steps = (Step((render(operation),)),) if plan is None else plan.ready
        yield Item(
            tuple(_parts(steps, said)),
            names,
            planned=plan is not None,
            adds=plan is not None and isinstance(operation, ADDING),
            column=operation.column.name if isinstance(operation, op.AddColumn) else "",
            words=frozenset(name.local for name in named(render(operation), "")),
        )
        if plan is not None and plan.waits_for:
            work.waits.append((plan.waits_for, plan.steps[len(plan.ready) :]))
            work.waiting |= names
        said = ""


def _parts(steps: Iterable[Step], said: str) -> Iterator[Part]:
    """Steps as text, with the comments before the first that says anything."""
    for step in steps:
        text = "".join(f"{each};\n" for each in step.sql)
        yield Part(said + text if text else "", step.transaction)
        said = "" if text else said


def _stands_in(finding: Finding, statement: Statement) -> bool:
    place = (finding.location.line, finding.location.column)
    return finding.anchor == statement.text and any(place == (each.line, each.column) for each in statement.places)


def _plans(work: Work, statement: Statement, findings: Sequence[Finding]) -> Mapping[int, Plan]:
    """The plan of each operation that needs one and can have it, by its number; why others cannot is noted."""
    found: dict[int, Plan] = {}
    reasons: dict[int, str] = {}
    numbered = _numbered(statement, findings)
    for finding, number in numbered:
        if reason := _unplanned(finding):
            reasons.setdefault(number, reason)
        elif finding.plan is not None:
            found[number] = finding.plan
    whole = "" if not found else _unwritable(statement, found, numbered)
    for finding, number in numbered:
        reason = _unplanned(finding) or reasons.get(number, "") or whole
        if reason:
            work.left.append((finding, reason))
    return {} if whole else {number: plan for number, plan in found.items() if number not in reasons}


def _unplanned(finding: Finding) -> str:
    """Why a finding's plan cannot be written; empty where it can."""
    if finding.plan is None:
        return finding.hint.partition("\n")[0].rstrip(":") or "no safe form of it is known"
    return f"its safe form {finding.plan.instead}: that is for you to decide" if finding.plan.instead else ""


def _unwritable(statement: Statement, found: Mapping[int, Plan], numbered: Sequence[tuple[Finding, int]]) -> str:
    """Why no plan can be written for a statement."""
    if statement.text[:2].lower() == "do" and not all(isinstance(each, op.Other) for each in statement.operations):
        return "it stands in a DO block"
    if any(number < 0 for _, number in numbered):
        return "which of the statement's objects it is about cannot be told"
    missing = unsaid(statement.text, map(render, statement.operations)) if found else ()
    return f"the statement says more than a plan keeps: {', '.join(missing)}" if missing else ""


def _numbered(statement: Statement, findings: Sequence[Finding]) -> list[tuple[Finding, int]]:
    """Every finding with the number of the operation that it is about; -1 where that cannot be told."""
    places = [(place.line, place.column) for place in statement.places]
    if len(set(places)) == len(places):
        return [(each, places.index((each.location.line, each.location.column))) for each in findings]
    in_order = len(findings) == len(places)
    return [(each, number if in_order else -1) for number, each in enumerate(findings)]
