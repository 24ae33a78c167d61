"""Write the safe plan in the place of the statements that rules object to: as few migrations as it takes.

What is written is judged before: it raises nothing new and adds up to the same schema. Where it does not when plans
share their files, each plan gets files of its own; where it does not even then, the migration stays as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from dbtools.baseline import Baseline
from dbtools.change import Change
from dbtools.errors import SourceError
from dbtools.lint.arrange import Sheet, arranged
from dbtools.lint.back import Unfit, drafts
from dbtools.lint.judge import lint
from dbtools.lint.planned import Work, give_up, prepared
from dbtools.lint.settings import Choice, LintSettings
from dbtools.model.finding import Finding, Severity
from dbtools.model.migration import Migration
from dbtools.model.plan import script
from dbtools.model.report import File, Report, Section, TableSection, TextSection
from dbtools.model.wording import counted
from dbtools.sources.writing import migrations_from
from dbtools.sql.walk import fold, statements

Taken = Callable[[Migration], Collection[str]]


def fix(change: Change, settings: LintSettings, taken: Taken) -> Report:
    """The files of the plan, and what is found in the migrations with them; *taken* lists a migration's folder."""
    found = lint(change, settings)
    schema, works = change.base, []
    for migration in change.new:
        works.append(prepared(migration, schema, found.findings))
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
                give_up(work, reason)
    return _report(change, works, settings)


def _every_rule(settings: LintSettings) -> LintSettings:
    return replace(settings, choice=Choice(), paths=(), baseline=Baseline())


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.rule, finding.table, finding.object


# Into files -------------------------------------------------------------------------------------


def _write(work: Work, taken: Taken) -> None:
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
        give_up(work, str(error))
    except Unfit as reason:
        give_up(work, str(reason))


def _opened(work: Work, sheet: Sheet, *, first: bool) -> Sheet:
    """A file in a transaction begins with the settings of the script; the first one as they were written."""
    if not sheet.transaction:
        return sheet
    opening = (each.text if first else f"{each.statement.text};\n" for each in work.opening)
    return replace(sheet, text="".join(opening) + sheet.text)


# Judged before it is written ----------------------------------------------------------------------


def _worse(
    change: Change, works: Sequence[Work], settings: LintSettings, known: Collection[tuple[str, str, str]]
) -> list[tuple[Work, str]]:
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


def _judged(change: Change, works: Sequence[Work], settings: LintSettings) -> tuple[Finding, ...]:
    """What is found in the migrations as they are now; what stands for one migration is one change."""
    if not change.one_by_one:
        new = tuple(migration for work in works for migration in work.now)
        return lint(replace(change, new=new), settings).findings
    alone = (replace(change, base=each.before, new=each.now, problems=(), one_by_one=False) for each in works)
    return (*change.problems, *(finding for each in alone for finding in lint(each, settings).findings))


# What is said -------------------------------------------------------------------------------------


def _report(change: Change, works: Sequence[Work], settings: LintSettings) -> Report:
    findings = _judged(change, works, settings)
    fixed = [work for work in works if work.items]
    files = tuple(file for work in fixed for file in _files(work))
    left = sum(len(work.left) for work in works)
    count = sum(len(work.now) for work in fixed)
    becomes = "becomes" if len(fixed) == 1 else "become"
    summary = f"{counted(len(fixed), 'migration')} {becomes} {count}" if fixed else "nothing to write"
    if left:
        summary += f", {counted(left, 'finding')} left"
    sections = (*_written(fixed), *_waiting(fixed), *_left(works))
    return Report("lint --fix", summary, findings, sections, files, {"migrations": len(works), "files": len(files)})


def _files(work: Work) -> Iterator[File]:
    for migration in work.now:
        for each in (migration.up, migration.down):
            if each is not None:
                yield File(each.path, each.text)


def _written(fixed: Sequence[Work]) -> Iterator[Section]:
    rows = [
        (each.up.path, counted(len(statements(each.up.text)), "statement"), "" if each.transaction != "none" else "no")
        for work in fixed
        for each in work.now
    ]
    if rows:
        outside = "your runner must run those with no transaction outside one"
        alone = outside if any(row[2] for row in rows) else ""
        yield TableSection("The plan", ("file", "holds", "transaction"), tuple(rows), alone)


def _waiting(fixed: Sequence[Work]) -> Iterator[Section]:
    for work in fixed:
        for after, steps in work.waits:
            yield TextSection(f"Once {after}, in a migration behind {work.now[-1].up.path}", script(steps), "sql")


def _left(works: Sequence[Work]) -> Iterator[Section]:
    """What stays as it is: one finding, or, where no rule is named, all of a migration."""
    rows = tuple(
        (str(finding.location), finding.rule, reason) if finding is not None else (work.original.up.path, "", reason)
        for work in works
        for finding, reason in work.left
    )
    if rows:
        yield TableSection("Left as it is", ("place", "rule", "why"), rows)
