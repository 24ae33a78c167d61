"""What of the rows is there again after the way down: what it does not bring back, and what it loses itself.

Three tallies tell them apart. What the way up had left alone and the way down has not, is lost by the way down. What
the way up took cannot come back by any script; that is told of tables and columns which come back by name, for they
look as if nothing were missing. What the way up wrote into rows that stay is a fact and no harm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from dbtools.model import operation as op
from dbtools.model.expression import Name
from dbtools.model.finding import Damage, Finding, Location, Severity
from dbtools.model.mentioned import mentioned
from dbtools.model.migration import Migration
from dbtools.model.wording import counted
from dbtools.pg.losses import Held, Tally
from dbtools.rehearse.state import State
from dbtools.rehearse.trial import Fact, rehearsed
from dbtools.sql.read import Statement
from dbtools.sql.walk import statements

CLOCK = frozenset({"timestamp", "timestamptz", "date", "time", "timetz"})  # a trigger sets them to now
GONE = "down-restores-no-values"
LOST = "down-loses-values"
HINTS = {
    GONE: "no script can; take a backup before up, or keep the values in a table of their own until nobody goes back",
    LOST: "the way down should take back what up did, and leave the other rows as they are",
}


class Three(NamedTuple):
    """The database before the way up, after it, and after the way down."""

    before: State
    after: State
    down: State


class Missing(NamedTuple):
    """Something that is not as it was before; ``rule`` is empty where it is a fact and no harm."""

    table: Name
    column: str
    said: str
    rule: str = ""


def rows_left(three: Three) -> str:
    """How many of the rows that were there before are there after the way down; empty where there were none."""
    pairs = [(tally, three.down.rows.get(name, Tally(0, {}))) for name, tally in three.before.rows.items()]
    total = sum(before.rows for before, _ in pairs)
    left = sum(min(before.rows, down.rows) for before, down in pairs)
    values = sum(
        max(held.values - down.columns[name].values, 0)
        for before, down in pairs
        for name, held in before.columns.items()
        if name in down.columns and down.rows >= before.rows
    )
    if not total:
        return ""
    return f"; {left:,} of {total:,} rows" + (f", without {counted(values, 'value')}" if values else "")


def told(down: Migration, three: Three) -> tuple[tuple[Finding, ...], tuple[Fact, ...]]:
    """What is missing after *down* has run: the harm, and all of it as facts."""
    missing = list(_missing(three))
    places = [(each, _place(down, each)) for each in missing]
    facts = tuple(Fact(found.place.line, f"down: {found.text}", each.said) for each, found in places if found)
    findings = tuple(_finding(down, each, found) for each, found in places if each.rule)
    return findings, facts


def _finding(down: Migration, missing: Missing, found: Statement | None) -> Finding:
    place = Location(down.up.path, found.place.line, found.place.column) if found else Location(down.up.path)
    severity = Severity.WARNING if missing.rule == LOST else Severity.INFO
    message = f"the way down {missing.said}"
    finding = rehearsed(missing.rule, severity, message, place, HINTS[missing.rule])
    return replace(
        finding, table=str(missing.table), object=missing.column, damage=Damage.LOSES_DATA,
        anchor=found.text if found else "",
    )  # fmt: skip


def _missing(three: Three) -> Iterator[Missing]:
    for name, before in three.before.rows.items():
        if name not in three.down.rows:
            continue  # the catalog is not what it was, which is told
        down, after = three.down.rows[name], three.after.rows.get(name)
        if down.rows != before.rows:
            yield _of_rows(name, before.rows, None if after is None else after.rows, down.rows)
            continue
        for column, held in before.columns.items():
            if column in down.columns and down.columns[column] != held:
                found = _of_column(three, name, column)
                if found is not None:
                    yield found


def _of_rows(table: Name, before: int, after: int | None, down: int) -> Missing:
    gone = "its" if down == 0 else f"{before - down} of its"
    if down > before:
        return Missing(table, "", f"leaves {counted(down - before, 'row')} more in {table} than there were before")
    if after is None:
        state = "empty" if down == 0 else "in part"
        return Missing(table, "", f"brings {table} back {state}: {gone} {counted(before, 'row')} are gone", GONE)
    if after == before:
        return Missing(table, "", f"deletes {before - down} of the {counted(before, 'row')} of {table}", LOST)
    return Missing(table, "", f"leaves {table} with {down} of the {counted(before, 'row')} that it had before up")


def _of_column(three: Three, table: Name, column: str) -> Missing | None:
    before, down = (state.rows[table].columns[column] for state in (three.before, three.down))
    after = _held(three.after.rows, table, column)
    what = f"{table}.{column}"
    fewer = before.values - down.values
    kinds = {_type(state, table, column) for state in (three.before, three.after)}
    if after is None or len(kinds) > 1:
        if down.values == 0:
            said = f"brings {what} back empty: its {counted(before.values, 'value')} are gone"
        elif fewer > 0:
            said = f"brings {what} back without {fewer} of its {counted(before.values, 'value')}"
        else:
            said = f"brings {what} back with other values than the {before.values} it had"
        return Missing(table, column, said, GONE)
    if after != before:
        return Missing(table, column, f"leaves {what} with other values than it had before up")
    if fewer > 0:
        return Missing(table, column, f"takes {fewer} of the {counted(before.values, 'value')} of {what}", LOST)
    if _base(three.before, table, column) in CLOCK:
        return None
    return Missing(table, column, f"writes other values into {what}, which up had left alone", LOST)


def _held(rows: Mapping[Name, Tally], table: Name, column: str) -> Held | None:
    found = rows.get(table)
    return found.columns.get(column) if found is not None else None


def _type(state: State, table: Name, column: str) -> str:
    found = state.schema.tables[table].column(column) if table in state.schema.tables else None
    return str(found.type) if found is not None else ""


def _base(state: State, table: Name, column: str) -> str:
    found = state.schema.tables[table].column(column)
    return found.type.base if found is not None else ""


def _place(down: Migration, missing: Missing) -> Statement | None:
    """The statement of the way down that brings back what is missing, else the first that names its table."""
    every = [each for each in statements(down.up.text) if each.text]
    for statement in every:
        if any(_brings(operation, missing) for operation in statement.operations):
            return statement
    naming = (each for each in every if any(missing.table in mentioned(operation) for operation in each.operations))
    return next(naming, every[0] if every else None)


def _brings(operation: op.Operation, missing: Missing) -> bool:
    match operation:
        case op.AddColumn(table, column):
            return table == missing.table and column.name == missing.column
        case op.SetType(table, column):
            return table == missing.table and column == missing.column
        case op.CreateTable(table):
            return table.name == missing.table
    return False
