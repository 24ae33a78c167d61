"""Every new operation before every rule; findings in the order of the files."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from functools import partial
from itertools import chain, groupby, islice

from dbtools.baseline import split
from dbtools.change import Change
from dbtools.change.value import Moment
from dbtools.lint.quiet import quieted
from dbtools.lint.settings import LintSettings
from dbtools.lint.weigh import sized
from dbtools.model import operation as op
from dbtools.model.effects import Effects, overall
from dbtools.model.entries import Members
from dbtools.model.expression import Name
from dbtools.model.finding import Damage, Evidence, Finding, Location, Severity
from dbtools.model.migration import Migration
from dbtools.model.plan import spelled_out
from dbtools.model.predict import Session
from dbtools.model.report import Report, TableSection
from dbtools.model.schema import Schema
from dbtools.model.wording import counted
from dbtools.rules import Context, Harm, Rule
from dbtools.sql.excerpt import excerpt
from dbtools.sql.ignore import ignores
from dbtools.sql.read import Statement
from dbtools.sql.render import render
from dbtools.sql.walk import Step, fold, statements, walk

SHORT = 10  # findings that need no table of their own to be overseen


def lint(change: Change, settings: LintSettings) -> Report:
    """What the new migrations break, block or lose, found without a server."""
    settings.check()
    found = list(change.problems)
    judged = operations = uncertain = 0
    schema, session = change.base, Session(settings.version, lock_timeout=settings.lock_timeout)
    for together in [(migration,) for migration in change.new] if change.one_by_one else [change.new]:
        run = _Run(change, settings, together, schema)
        steps = walk(together, schema, session)
        for _, group in groupby(steps, key=lambda step: (step.migration.up.path, step.statement.place)):
            of_statement = list(group)
            judged += 1
            operations += len(of_statement)
            uncertain += any(step.effects.uncertain for step in of_statement)
            found.extend(run.statement(of_statement))
            schema = of_statement[-1].after
    comments = (each for migration in change.new for each in ignores(migration.up.path, migration.up.text))
    loud, ignored = quieted(map(settings.weighed, found), comments, settings.names, settings.today)
    findings, known = split(loud, settings.baseline)
    silent = {"ignored": ignored, "in the baseline": len(known)}
    figures = {
        "migrations": len(change.new),
        "statements": judged,
        "operations": operations,
        "rules": len(settings.rules("")),
        "uncertain statements": uncertain,
        **{what: number for what, number in silent.items() if number},
    }
    summary = _summary(len(change.new), judged, uncertain)
    return Report("lint", summary, findings, sections=_section(findings), figures=figures)


class _Run:
    """One change while it is judged."""

    def __init__(
        self, change: Change, settings: LintSettings, migrations: tuple[Migration, ...], start: Schema
    ) -> None:
        self.change, self.settings = change, settings
        self.migrations, self.start = migrations, start
        self.added: Members[tuple[Name, str]] = Members()  # columns that it adds to tables
        self.end: Schema | None = None
        self.said: set[tuple[str, str]] = set()  # rules that speak once of a file, with the file

    def statement(self, steps: list[Step]) -> Iterator[Finding]:
        """What every rule says of one statement."""
        statement, path = steps[0].statement, steps[0].migration.up.path
        if statement.error:
            place = statement.error_place or statement.place
            location = Location(path, place.line, place.column)
            hint = "PostgreSQL refuses the file here; the statements around it are judged all the same"
            shown = excerpt(steps[0].migration.up.text, statement, place)
            yield Finding(
                "syntax-error", Severity.ERROR, statement.error, location, hint=hint, anchor=statement.text,
                damage=Damage.FAILS, excerpt=shown,
            )  # fmt: skip
            return
        whole = overall(step.effects for step in steps)
        rules = self.settings.rules(path)
        for step in (each for each in steps if not each.skipped):
            context = self.context(step, whole, first=step is steps[0])
            for rule in rules:
                if not rule.once or (rule.name, path) not in self.said:
                    for harm in rule.check(context):
                        yield self.found(rule, harm, step)
                        if rule.once:
                            break
            self.added = self.added.having(*_added(step, self.added))

    def found(self, rule: Rule, harm: Harm, step: Step) -> Finding:
        """What one rule says of one operation; of a file some speak once."""
        if rule.once:
            self.said.add((rule.name, step.migration.up.path))
        return sized(_finding(rule, harm, step), rule, step, self.settings.sizes)

    def context(self, step: Step, whole: Effects, *, first: bool) -> Context:
        """What the rules may know of one operation."""
        moment = Moment(step.before, self.at_end)
        return Context(
            step.operation, step.effects, whole, step.before, step.after, step.session,
            Location(step.migration.up.path, step.place.line, step.place.column), step.transaction, step.done,
            first, partial(_later, step), self.at_end, step.born, self.added,
            partial(self.change.readers, moment=moment), partial(self.change.former, moment=moment),
            partial(self.change.leaves_out, moment=moment), partial(self.change.clashes, moment=moment),
            partial(self.change.says, moment=moment),
            lambda: self.change.readers_known, render, step.statement.text, step.migration.presumed,
        )  # fmt: skip

    def at_end(self) -> Schema:
        """The schema after the last of the migrations; found once, and only if a rule asks."""
        if self.end is None:
            self.end = fold(self.start, (migration.up.text for migration in self.migrations))
        return self.end


def _added(step: Step, known: AbstractSet[tuple[Name, str]]) -> set[tuple[Name, str]]:
    """The column that did not exist before the step, also under another name."""
    match step.operation:
        case op.AddColumn(name, column):
            table = step.before.table(name)
            return set() if table is not None and table.column(column.name) else {(name, column.name)}
        case op.RenameColumn(name, column, to) if (name, column) in known:
            return {(name, to)}
        case op.RenameTable(name, to):
            return {(name._replace(local=to), column) for table, column in known if table == name}
    return set()


def _later(step: Step) -> Iterator[op.Operation]:
    """The operations after this step's statement in its migration."""
    every = statements(step.migration.up.text)
    here = step.statement.place
    start = bisect_right(every, (here.line, here.column), key=_line_and_column)
    after = islice(every, start, None)
    return chain.from_iterable(each.operations for each in after)


def _line_and_column(statement: Statement) -> tuple[int, int]:
    return statement.place.line, statement.place.column


def _finding(rule: Rule, harm: Harm, step: Step) -> Finding:
    stateful = step.before.complete and not step.effects.uncertain and not step.before.uncertain_all
    return Finding(
        rule.name,
        harm.severity or rule.severity,
        harm.message,
        Location(step.migration.up.path, step.place.line, step.place.column),
        Evidence.STATEFUL if stateful else Evidence.STATIC,
        spelled_out(harm.hint, harm.plan),
        harm.table,
        harm.object,
        {str(name): mode for name, mode in step.effects.locks.items()},
        harm.values,
        step.statement.text,
        _damage(rule, harm, step),
        excerpt(step.migration.up.text, step.statement, step.place, _names(harm)),
        harm.plan,
    )


def _damage(rule: Rule, harm: Harm, step: Step) -> Damage:
    """The kind of harm that the rule proves; what blocks whom follows from the lock, also one held from before."""
    certain = {
        "loss": Damage.LOSES_DATA, "error": Damage.FAILS, "reader": Damage.BREAKS_READERS, "advice": Damage.ADVICE,
    }  # fmt: skip
    own = step.effects.locks
    namespace, _, local = harm.table.rpartition(".")
    held = map(step.transaction.held, (*own, Name(namespace or "public", local)))
    blocks_reads = any(mode is not None and mode.blocks_reads for mode in (*own.values(), *held))
    return certain.get(rule.proof, Damage.BLOCKS_READS if blocks_reads else Damage.BLOCKS_WRITES)


def _names(harm: Harm) -> Iterator[str]:
    """What the harm is about, as the statement may call it."""
    for name in filter(None, (harm.object, harm.table)):
        yield from (name, name.rpartition(".")[2])


def _summary(migrations: int, statements: int, uncertain: int) -> str:
    if not migrations:
        return "no new migration"
    judged = f"{counted(migrations, 'migration')}, {counted(statements, 'statement')} judged"
    return f"{judged}, {uncertain} not certainly" if uncertain else judged


def _section(findings: tuple[Finding, ...]) -> tuple[TableSection, ...]:
    if len(findings) <= SHORT:
        return ()
    by_rule: dict[tuple[str, Severity], int] = {}
    for finding in findings:
        key = (finding.rule, finding.severity)
        by_rule[key] = by_rule.get(key, 0) + 1
    ordered = sorted(by_rule.items(), key=lambda item: (-item[0][1], item[0][0]))
    rows = tuple((rule, str(severity), str(count)) for (rule, severity), count in ordered)
    return (TableSection("What was found", ("rule", "severity", "times"), rows),)
