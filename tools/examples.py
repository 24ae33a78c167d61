"""The examples of the rules: cut into history and migrations, judged, and run on a server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dbtools.change import Change
from dbtools.explain.facts import KINDS, history_of, news_of
from dbtools.lint import LintSettings, lint
from dbtools.lint.settings import Choice
from dbtools.model.finding import Finding
from dbtools.model.migration import Migration
from dbtools.model.schema import Schema
from dbtools.rules import Rule, migration_rules
from dbtools.sources.layouts import single
from dbtools.sql.walk import fold

RULES = Path(__file__).parent.parent / "dbtools/rules"


def examples() -> Iterator[tuple[Rule, str, str]]:
    """Every rule with each of its examples: the rule, ``bad`` or ``good``, the SQL."""
    for rule in migration_rules():
        for kind in KINDS:
            for sql in getattr(rule, kind):
                yield rule, kind, sql


def migrations(sql: str) -> tuple[tuple[int, Migration], ...]:
    """The migrations of an example, each with the line of the example that it begins on."""
    return tuple((line, single(f"{number}.sql", text)) for number, (line, text) in enumerate(news_of(sql), start=1))


def judged(rule: Rule, sql: str) -> list[Finding]:
    """What the rule says of an example, as of the change of a project whose migrations are all known."""
    base = fold(Schema(complete=True), (history_of(sql),))
    new = tuple(migration for _, migration in migrations(sql))
    change = Change("example", base, fold(base, (each.up.text for each in new)), new=new)
    return list(lint(change, LintSettings(choice=Choice(select=(rule.name,)))).findings)
