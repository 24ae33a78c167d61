"""CHECK constraints by what they demand; names do not count."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.drift.clash import MISSING, UNDECIDED, Clash, remedy
from dbtools.drift.meaning import Verdict, compare_expressions
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
    for wanted in (Verdict.SAME, Verdict.UNDECIDED):
        for check in list(ours):
            found = next((one for one in theirs if compare_expressions(check.expression, one.expression) is wanted), None)
            if found is not None:
                ours.remove(check)
                theirs.remove(found)
                yield None if wanted is Verdict.SAME else _undecided(pair, name, check, found)
    yield from _left(pair, name, ours, theirs)


def _possible(table: Table, across: Table) -> list[Check]:
    """The checks of *table* on columns that *across* has too, each once."""
    there = {column.name for column in across.columns}
    checks = {check.expression: check for check in table.checks if check.enforced}
    return [check for check in checks.values() if there.issuperset(check.expression.columns)]


def _left(pair: Pair, table: Name, ours: list[Check], theirs: list[Check]) -> Iterator[Clash]:
    """What only one has; two different checks on the same columns are one difference."""
    for check in ours:
        found = next((one for one in theirs if _columns(one) == _columns(check)), None)
        if found is not None:
            theirs.remove(found)
        yield _missing(pair, table, (check, found))
    yield from (_missing(pair, table, (None, check)) for check in theirs)


def _missing(pair: Pair, table: Name, said: CheckPair) -> Clash:
    clash = _clash(pair, table, said)
    return clash._replace(harm="values that one refuses enter through the other without an error")


def _undecided(pair: Pair, table: Name, *said: Check) -> Clash:
    return _clash(pair, table, (said[0], said[1]))._replace(
        rule=UNDECIDED,
        severity=Severity.INFO,
        harm="whether the condition is the same cannot be told from its text",
        remedy="spell it the same way in both",
    )


def _clash(pair: Pair, table: Name, said: CheckPair) -> Clash:
    truth, other = said
    shown = truth or other
    columns = _columns(shown) if shown else ()

    def change(check: Check | None) -> op.Operation:
        return op.AddConstraint(table, check) if check else op.DropConstraint(table, shown.name if shown else "")

    return Clash(
        "check-missing",
        Severity.ERROR,
        table,
        f"({','.join(columns)})",
        _text(truth),
        _text(other),
        "check",
        columns[0] if columns else "",
        remedy=remedy(pair, truth, other, change),
    )


def _columns(check: Check) -> tuple[str, ...]:
    return tuple(sorted(set(check.expression.columns)))


def _text(check: Check | None) -> str:
    return f"CHECK ({check.expression})" if check else MISSING
