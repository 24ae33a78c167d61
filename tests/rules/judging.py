"""SQL with its history before a line ``---``, judged as the change of a project whose migrations are all known."""

from collections.abc import Iterator

from dbtools.change import Change
from dbtools.lint import Choice, LintSettings, lint
from dbtools.lint.judge import _Run
from dbtools.model.finding import Finding
from dbtools.model.migration import Migration
from dbtools.model.predict import Session
from dbtools.model.schema import Schema
from dbtools.rules import Context
from dbtools.sources.layouts import single
from dbtools.sql.walk import fold, walk

DIVIDER = "\n---\n"


def parts(sql: str) -> tuple[str, str]:
    """The history and what is new."""
    history, divider, new = sql.partition(DIVIDER)
    return (history, new) if divider else ("", sql)


def migrations(new: str) -> tuple[Migration, ...]:
    """One migration, or several between lines ``---``."""
    return tuple(single(f"{number}.sql", text) for number, text in enumerate(new.split(DIVIDER), start=1))


def change(sql: str, *, complete: bool = True, **known: object) -> Change:
    """The change that *sql* makes; *known* are fields of Change, such as readings."""
    history, new = parts(sql)
    base = fold(Schema(complete=complete), (history,))
    added = migrations(new)
    return Change("test", base, fold(base, (each.up.text for each in added)), new=added, **known)


def judge(
    sql: str, *, version: int = 18, complete: bool = True, settings: LintSettings | None = None, **known: object
) -> tuple[Finding, ...]:
    """What every rule that is on says of it; the runner sets lock_timeout, unless *settings* say something else."""
    settings = settings or LintSettings(version, lock_timeout="5s")
    return lint(change(sql, complete=complete, **known), settings).findings


def alone(rule: str, version: int = 18) -> LintSettings:
    """One rule, on or off, and a runner that sets nothing."""
    return LintSettings(version, Choice((rule,)))


def contexts(sql: str, version: int = 18) -> Iterator[Context]:
    """What a rule gets to know of every new operation of *sql*."""
    made = change(sql)
    run = _Run(made, (), made.new, made.base)
    for step in walk(made.new, made.base, Session(version)):
        yield run.context(step, step.effects, first=True)
