"""CHECK constraints by what they demand; names do not count."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.drift.clash import MISSING, UNDECIDED, Clash, remedy
from dbtools.drift.matching import matches, present
from dbtools.drift.meaning import Verdict
from dbtools.drift.source import Pair
from dbtools.model import operation as op
from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.model.objects import Check, Table

CheckPair = tuple[Check | None, Check | None]


def check_clashes(pair: Pair, name: Name) -> Iterator[Clash | None]:
    """One item for each CHECK of the table called *name*, where both languages have them."""
    if "check" not in pair.aspects:
        return
    truth, other = pair.truth.schema.tables[name], pair.other.schema.tables[name]
    ours, theirs = _possible(truth, other), _possible(other, truth)

    def compared(one: Check, two: Check) -> Verdict:
        return pair.meanings.conditions(name, one.expression, two.expression)

    yield from (None for _ in matches(ours, theirs, lambda one, two: compared(one, two) is Verdict.SAME))
    for said in matches(ours, theirs, lambda one, two: compared(one, two) is Verdict.UNDECIDED):
        yield _undecided(pair, name, said)
    # Two different conditions on the same columns, or of one name, are one difference; so is what has grown or shrunk.
    for test in (_on_same_columns, _namesakes, _one_within_other):
        yield from (_clash(pair, name, said) for said in matches(ours, theirs, test))
    yield from (_clash(pair, name, (check, None)) for check in ours)
    yield from (_clash(pair, name, (None, check)) for check in theirs)


def _possible(table: Table, across: Table) -> list[Check]:
    """The checks of *table* on columns that *across* has too, each once."""
    there = {column.name for column in across.columns}
    checks = {check.expression: check for check in table.checks if check.enforced}
    return [check for check in checks.values() if there.issuperset(check.expression.columns)]


def _undecided(pair: Pair, table: Name, said: CheckPair) -> Clash:
    return _clash(pair, table, said)._replace(
        rule=UNDECIDED,
        severity=Severity.INFO,
        harm="whether the condition is the same cannot be told from its text",
        remedy="spell it the same way in both",
    )


def _clash(pair: Pair, table: Name, said: CheckPair) -> Clash:
    truth, other = said
    shown = present(truth, other)
    columns = _columns(shown)

    def change(had: Check | None, wanted: Check) -> Iterator[op.Operation]:
        if had is not None:
            yield op.DropConstraint(table, had.name)
        yield op.AddConstraint(table, wanted)

    return Clash(
        "check-missing",
        Severity.ERROR,
        table,
        columns[0] if len(columns) == 1 else f"({','.join(columns)})",
        _text(truth),
        _text(other),
        "check",
        columns,
        "values that one refuses enter through the other without an error",
        remedy(pair, truth, other, change),
    )


def _on_same_columns(one: Check, other: Check) -> bool:
    return _columns(one) == _columns(other)


def _namesakes(one: Check, other: Check) -> bool:
    return bool(one.name) and one.name == other.name


def _one_within_other(one: Check, other: Check) -> bool:
    """Whether one has all the columns of the other, and some of its own."""
    ours, theirs = set(_columns(one)), set(_columns(other))
    return bool(ours and theirs) and (ours < theirs or theirs < ours)


def _columns(check: Check) -> tuple[str, ...]:
    return tuple(sorted(set(check.expression.columns)))


def _text(check: Check | None) -> str:
    return f"CHECK ({check.expression.meaning})" if check else MISSING
