"""Ways down for files that take a migration's place: each back to the schema before it, or all of it in the last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from dbtools.lint.arrange import Sheet
from dbtools.model import operation as op
from dbtools.model.diff import diff
from dbtools.model.migration import Migration
from dbtools.model.schema import Schema
from dbtools.sources.writing import Draft
from dbtools.sql.render import render_all
from dbtools.sql.walk import fold, statements

DATA = op.Insert | op.Update | op.Delete | op.Truncate | op.Select | op.Unknown | op.Other | op.LockTable
NOTHING_BACK = "-- Nothing to undo: what this did goes with what the migration before it made.\n"
ELSEWHERE = "-- dbtools: irreversible by itself. Undone by the way down of the step behind it.\n"


class Unfit(Exception):  # noqa: N818 - no error: the reason why a migration or statement stays as it is
    """Why something cannot be written."""


def drafts(original: Migration, before: Schema, sheets: Sequence[Sheet], *, stops: bool) -> list[Draft]:
    """The sheets with their ways down; *stops* where they do not reach all of *original*. Unfit where none is sure."""
    if not original.reversible:
        return [Draft(sheet.text, None, sheet.transaction) for sheet in sheets]
    down = original.down
    if down is not None and not stops and (not before.complete or _moves_rows(down.text)):
        return _undone_at_once(sheets, down.text)
    if not before.complete:
        raise Unfit("its way down cannot be found without the history before it")
    if any(_attaches_index(sheet.text) for sheet in sheets):
        after = fold(before, (sheet.text for sheet in sheets))
        return _undone_at_once(sheets, render_all(diff(after, before)))
    return list(_reversible(before, sheets))


def _undone_at_once(sheets: Sequence[Sheet], down: str) -> list[Draft]:
    """The whole way down in the last file, whose turn comes first."""
    first = [Draft(sheet.text, ELSEWHERE, sheet.transaction) for sheet in sheets[:-1]]
    return [*first, Draft(sheets[-1].text, down, sheets[-1].transaction)]


def _attaches_index(text: str) -> bool:
    """What PostgreSQL cannot take back step by step: an attached index goes with the one above it."""
    operations = (operation for statement in statements(text) for operation in statement.operations)
    return any(isinstance(each, op.AlterIndex) and each.partition is not None for each in operations)


def _concurrently(back: tuple[op.Operation, ...]) -> op.Operation | None:
    """The way back of what was built or dropped CONCURRENTLY, done likewise."""
    match back:
        case (op.CreateIndex() | op.DropIndex() as operation,):
            return replace(operation, concurrently=True)
    return None


def _moves_rows(text: str) -> bool:
    return any(isinstance(each, DATA) for statement in statements(text) for each in statement.operations)


def _reversible(schema: Schema, sheets: Sequence[Sheet]) -> Iterator[Draft]:
    """Each with the way back to the schema before it."""
    for sheet in sheets:
        after = fold(schema, (sheet.text,))
        if after.uncertain_all or after.uncertain - schema.uncertain:
            raise Unfit("its way down cannot be found: what it does is not known for certain")
        back = diff(after, schema)
        alone = None if sheet.transaction else _concurrently(back)
        text = render_all(back if alone is None else (alone,))
        yield Draft(sheet.text, text or NOTHING_BACK, sheet.transaction, alone is None)
        schema = after
