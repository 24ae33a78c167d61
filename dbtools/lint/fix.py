"""Write the safe plan in the place of the statements that rules object to: as few migrations as it takes.

What is written is judged before: it raises nothing new and adds up to the same schema. Where it does not when plans
share their files, each plan gets files of its own; where it does not even then, the migration stays as it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dbtools.change import Change
from dbtools.errors import SourceError
from dbtools.lint.arrange import Item, Part, Sheet, arranged
from dbtools.lint.back import DATA, Unfit, drafts
from dbtools.lint.baseline import Baseline
from dbtools.lint.judge import lint
from dbtools.lint.settings import Choice, LintSettings
from dbtools.model import operation as op
from dbtools.model.finding import Finding, Severity
from dbtools.model.migration import Migration
from dbtools.model.plan import Plan, Step, script
from dbtools.model.report import File, Report, Section, TableSection, TextSection
from dbtools.model.schema import Schema
from dbtools.sources.writing import migrations_from
from dbtools.sql.named import named
from dbtools.sql.read import Statement
from dbtools.sql.render import render
from dbtools.sql.script import Chunk, chunks, unsaid
from dbtools.sql.walk import fold, statements

Taken = Callable[[Migration], Collection[str]]
ADDING = op.AddConstraint | op.AddColumn | op.SetNullable | op.CreateIndex | op.ValidateConstraint
AWAY = (
    op.RenameTable | op.RenameColumn | op.SetNamespace | op.DropTable | op.DropColumn | op.DropNamespace
    | op.AttachPartition | op.DetachPartition | op.SetType
)  # fmt: skip


@dataclass(slots=True)
class _Work:
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


def fix(change: Change, settings: LintSettings, taken: Taken) -> Report:
    """The files of the plan, and what is found in the migrations with them; *taken* lists a migration's folder."""
    found = lint(change, settings)
    schema, works = change.base, []
    for migration in change.new:
        works.append(_prepared(migration, schema, found.findings))
        schema = fold(schema, (migration.up.text,))
    known = {_key(each) for each in lint(change, _every_rule(settings)).findings}
    for _ in range(3):
        for work in works:
            _write(work, taken)
        worse = _worse(change, works, settings, known)
        if not worse:
            break
        for work, reason in worse:
            work.level += 1
            if work.level > 1:
                _give_up(work, reason)
    return _report(change, works, settings)


def _every_rule(settings: LintSettings) -> LintSettings:
    return replace(settings, choice=Choice(), paths=(), baseline=Baseline())


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.rule, finding.table, finding.object


# What stands for each statement -----------------------------------------------------------------


def _prepared(migration: Migration, before: Schema, findings: Iterable[Finding]) -> _Work:
    work = _Work(migration, before, now=(migration,))
    own = [each for each in findings if each.location.path == migration.up.path and each.severity > Severity.INFO]
    if not own:
        return work
    if any(each.rule == "migration-edited" for each in own):
        _give_up(work, "it was merged before, and databases that ran it will not run it again", own)
        return work
    try:
        work.opening, work.items = _items(work, own)
    except Unfit as reason:
        _give_up(work, str(reason), own)
    return work


def _give_up(work: _Work, reason: str, findings: Sequence[Finding] = ()) -> None:
    """The migration stays as it was."""
    planned: list[Finding | None] = [each for each in findings if each.plan is not None]
    kept = [(each, why) for each, why in work.left if each is not None and each.plan is None]
    work.left = [*kept, *((each, reason) for each in planned or [None])]
    work.items, work.waits, work.now = (), [], (work.original,)


def _items(work: _Work, findings: Sequence[Finding]) -> tuple[tuple[Chunk, ...], tuple[Item, ...]]:
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


def _statement(work: _Work, chunk: Chunk, findings: Sequence[Finding], objects: frozenset[str]) -> Iterator[Item]:
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


def _plans(work: _Work, statement: Statement, findings: Sequence[Finding]) -> Mapping[int, Plan]:
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


# Into files -------------------------------------------------------------------------------------


def _write(work: _Work, taken: Taken) -> None:
    """The migrations that stand for one, as its level says."""
    if not work.items:
        return
    sheets = [
        _opened(work, sheet, first=not number)
        for number, sheet in enumerate(arranged(work.items, strictly=work.level > 0))
    ]
    try:
        beside = taken(work.original)
        written = drafts(work.original, work.before, sheets, stops=bool(work.waits))
        work.now = migrations_from(work.original, written, beside)
    except SourceError as error:
        _give_up(work, str(error))
    except Unfit as reason:
        _give_up(work, str(reason))


def _opened(work: _Work, sheet: Sheet, *, first: bool) -> Sheet:
    """A file in a transaction begins with the settings of the script; the first one as they were written."""
    if not sheet.transaction:
        return sheet
    opening = (each.text if first else f"{each.statement.text};\n" for each in work.opening)
    return replace(sheet, text="".join(opening) + sheet.text)


# Judged before it is written ----------------------------------------------------------------------


def _worse(
    change: Change, works: Sequence[_Work], settings: LintSettings, known: Collection[tuple[str, str, str]]
) -> list[tuple[_Work, str]]:
    """The migrations that must not be written like this, each with the reason."""
    found: dict[int, str] = {}
    changed = [work for work in works if work.items]
    for number, work in enumerate(changed):
        if not work.waits and fold(work.before, _ups(work.now)) != fold(work.before, _ups((work.original,))):
            found[number] = "its plan would not add up to the same schema"
    for finding in _judged(change, works, _every_rule(settings)):
        for number, work in enumerate(changed):
            written = finding.location.path in {each.up.path for each in work.now}
            if written and finding.severity > Severity.INFO and _key(finding) not in known:
                found.setdefault(number, f"its plan would raise {finding.rule}: {finding.message}")
    return [(changed[number], reason) for number, reason in found.items()]


def _ups(migrations: Iterable[Migration]) -> tuple[str, ...]:
    return tuple(each.up.text for each in migrations)


def _judged(change: Change, works: Sequence[_Work], settings: LintSettings) -> tuple[Finding, ...]:
    """What is found in the migrations as they are now; what stands for one migration is one change."""
    if not change.one_by_one:
        new = tuple(migration for work in works for migration in work.now)
        return lint(replace(change, new=new), settings).findings
    alone = (replace(change, base=each.before, new=each.now, problems=(), one_by_one=False) for each in works)
    return (*change.problems, *(finding for each in alone for finding in lint(each, settings).findings))


# What is said -------------------------------------------------------------------------------------


def _report(change: Change, works: Sequence[_Work], settings: LintSettings) -> Report:
    findings = _judged(change, works, settings)
    fixed = [work for work in works if work.items]
    files = tuple(file for work in fixed for file in _files(work))
    left = sum(len(work.left) for work in works)
    count = sum(len(work.now) for work in fixed)
    becomes = "becomes" if len(fixed) == 1 else "become"
    summary = f"{_counted(len(fixed), 'migration')} {becomes} {count}" if fixed else "nothing to write"
    if left:
        summary += f", {_counted(left, 'finding')} left"
    sections = (*_written(fixed), *_waiting(fixed), *_left(works))
    return Report("lint --fix", summary, findings, sections, files, {"migrations": len(works), "files": len(files)})


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _files(work: _Work) -> Iterator[File]:
    for migration in work.now:
        for each in (migration.up, migration.down):
            if each is not None:
                yield File(each.path, each.text)


def _written(fixed: Sequence[_Work]) -> Iterator[Section]:
    rows = [
        (each.up.path, _counted(len(statements(each.up.text)), "statement"), "" if each.transaction != "none" else "no")
        for work in fixed
        for each in work.now
    ]
    if rows:
        outside = "your runner must run those with no transaction outside one"
        alone = outside if any(row[2] for row in rows) else ""
        yield TableSection("The plan", ("file", "holds", "transaction"), tuple(rows), alone)


def _waiting(fixed: Sequence[_Work]) -> Iterator[Section]:
    for work in fixed:
        for after, steps in work.waits:
            yield TextSection(f"Once {after}, in a migration behind {work.now[-1].up.path}", script(steps), "sql")


def _left(works: Sequence[_Work]) -> Iterator[Section]:
    """What stays as it is: one finding, or, where no rule is named, all of a migration."""
    rows = tuple(
        (str(finding.location), finding.rule, reason) if finding is not None else (work.original.up.path, "", reason)
        for work in works
        for finding, reason in work.left
    )
    if rows:
        yield TableSection("Left as it is", ("place", "rule", "why"), rows)
