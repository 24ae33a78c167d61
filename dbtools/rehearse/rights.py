"""What had to be lent so that migrations could run: a superuser's rights for a statement, a role that nobody makes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dbtools.model.migration import Migration, Script
from dbtools.model.report import TableSection
from dbtools.pg.guard import Note
from dbtools.rehearse.show import short
from dbtools.sql.walk import statements
from dbtools.stage import Stage


def rights(stage: Stage, new: Sequence[Migration]) -> TableSection | None:
    """A line for each statement of the new migrations, and one for all of the history; None without any."""
    lines = [*_of_past(stage), *dict.fromkeys(_line(note, new) for note in stage.guard.notes)]
    return TableSection("Rights", ("file", "line", "statement", "was lent"), tuple(lines)) if lines else None


def _of_past(stage: Stage) -> Iterator[tuple[str, ...]]:
    if stage.past.lent:
        yield "the history", "", f"{stage.past.lent} of its statements", "a superuser's rights"
    if stage.past.stand_ins:
        roles = ", ".join(stage.past.stand_ins)
        yield "the history", "", "", f"stand-ins for roles that no migration makes: {roles}"


def _line(note: Note, new: Sequence[Migration]) -> tuple[str, ...]:
    where = next(_places(note, new), ("", ""))
    return (*where, short(note.sql), note.what)


def _places(note: Note, new: Sequence[Migration]) -> Iterator[tuple[str, str]]:
    for script in _scripts(new):
        for statement in statements(script.text):
            if statement.text == note.sql:
                yield script.path, str(statement.place.line)


def _scripts(new: Sequence[Migration]) -> Iterator[Script]:
    for migration in new:
        yield migration.up
        if migration.down:
            yield migration.down
