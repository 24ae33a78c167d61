"""What there is to say of a rule, as a page: why, what PostgreSQL was seen to do, examples, the safe form, silence."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from dbtools.errors import UsageError
from dbtools.explain.elsewhere import ELSEWHERE
from dbtools.explain.facts import DIVIDER, advice, history_of, observed, servers
from dbtools.model.report import Report, Section, TableSection, TextSection
from dbtools.reports import RulePage, render
from dbtools.reports.wording import advice as hint_parts
from dbtools.rules import Rule, migration_rules

PROOFS = {
    "lock": "a lock that others wait for while the statement works",
    "rewrite": "the table is written anew",
    "scan": "every row of the table is read",
    "error": "PostgreSQL refuses the statement",
    "loss": "rows or values are gone",
    "reader": "what still reads it fails",
    "advice": "nothing that a server would show: it is advice",
}
SILENCE = "A comment before the statement or within it; until=2027-01-31 before the reason ends it on that day."
WIDTH = 76


def explain(name: str = "") -> Report:
    """The page of the rule *name*, or the list of all of them; UsageError for a name that nothing is found under."""
    if not name:
        return _every_rule()
    rules = {rule.name: rule for rule in migration_rules()}
    if name in rules:
        return _page(rules[name])
    if name in ELSEWHERE:
        found = ELSEWHERE[name]
        where = f"It is no rule about migrations: dbtools {found.command} finds it."
        return Report("explain", found.text, title=name, sections=(TextSection("", where),))
    from difflib import get_close_matches

    near = get_close_matches(name, [*rules, *ELSEWHERE], n=1)
    hint = f"did you mean {near[0]}?" if near else "dbtools explain lists them"
    raise UsageError(f"there is no rule {name}", hint=hint)


def rule_page(name: str) -> RulePage | None:
    """The same for a format that tells it beside a finding; None for a name that nothing is known of."""
    for rule in migration_rules():
        if rule.name == name:
            markdown = render(_page(rule), "markdown")
            return RulePage(rule.summary, _paragraph(rule.why), markdown, rule.link, rule.severity, rule.on)
    return RulePage(ELSEWHERE[name].text) if name in ELSEWHERE else None


def _every_rule() -> Report:
    rules = sorted(migration_rules(), key=lambda rule: (not rule.on, -rule.severity, rule.name))
    rows = tuple((rule.name, _default(rule), rule.summary) for rule in rules)
    commands = list(dict.fromkeys(found.command for found in ELSEWHERE.values()))
    others = "\n".join(
        f"{command}: {', '.join(name for name, found in ELSEWHERE.items() if found.command == command)}"
        for command in commands
    )
    return Report(
        "explain",
        f"{len(rules)} rules judge migrations; dbtools explain RULE tells all of one.",
        title="Rules",
        sections=(
            TableSection("", ("rule", "default", "what it finds"), rows),
            TextSection("Findings that come from no such rule, by the command that finds them", others),
        ),
    )


def _default(rule: Rule) -> str:
    return str(rule.severity) if rule.on else f"{rule.severity}, off"


def _page(rule: Rule) -> Report:
    return Report("explain", rule.summary, title=rule.name, sections=tuple(_sections(rule)))


def _sections(rule: Rule) -> Iterator[Section]:
    turned = "on by default" if rule.on else "off by default (--select turns it on)"
    yield TextSection("", f"Severity: {rule.severity}, {turned}. What proves it: {PROOFS[rule.proof]}.")
    yield TextSection("Why", _paragraph(rule.why))
    for number, sql in enumerate(rule.bad):
        yield TextSection("" if number else "What it finds", _example(rule, sql), "sql")
        for said in advice(rule.name, sql):
            yield from _said(said)
    for number, sql in enumerate(rule.good):
        yield TextSection("" if number else "What it lets pass", _example(rule, sql), "sql")
    yield TextSection("Where it was seen", _provenance())
    yield TextSection("To ignore it", SILENCE)
    yield TextSection("", f"-- dbtools: ignore {rule.name} the reason why it does no harm here", "sql")
    if rule.link:
        yield TextSection("Read more", rule.link)


def _said(said: dict[str, str]) -> Iterator[Section]:
    """The message, and the safe form of the same statement."""
    prose, sql = hint_parts(said["hint"])
    words = f" {prose[:1].upper()}{prose[1:]}" if prose else " Instead:" if sql else ""
    yield TextSection("", f"{said['severity']}: {said['message']}.{words}")
    if sql:
        yield TextSection("", sql, "sql")


def _example(rule: Rule, sql: str) -> str:
    """The SQL, below each statement of the migration what servers did with it."""
    facts = observed(rule.name, sql)
    history, lines = history_of(sql), []
    first = history.count("\n") + 1 if history else 0
    for number, line in enumerate(sql.splitlines(), start=1):
        divides = line == DIVIDER.strip()
        lines.append("-- and then:" if divides and number > first + 1 else "-- the migration:" if divides else line)
        for at, fact in facts:
            if at == number:
                lines += textwrap.wrap(fact, WIDTH, initial_indent="-- ", subsequent_indent="--   ")
    return "\n".join(lines)


def _provenance() -> str:
    known = servers()
    majors = sorted(map(int, known))
    between = [str(major) for major in range(majors[0], majors[-1]) if major not in majors]
    not_run = f" PostgreSQL {' and '.join(between)} was not run." if between else ""
    return (
        f"Every example was run on PostgreSQL {', '.join(known.values())}, with rows in its tables, and watched: locks "
        "beyond those held before, files written anew, tables read from end to end, values counted before and after."
        f"{not_run}"
    )


def _paragraph(text: str) -> str:
    return " ".join(text.split())
