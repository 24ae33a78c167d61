"""rename-enum-value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.model.identifiers import literal
from dbtools.model.operation import AddEnumValue, CreateEnum, RenameEnumValue
from dbtools.model.reader import Reader
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.wording import READERS_UNKNOWN, joined


@rule(
    severity=Severity.ERROR,
    proof="reader",
    summary="Renaming a label of an enum breaks everything that writes or compares it by the old name.",
    why="""
    Rows, defaults, checks and views follow the rename at once, since they hold the label's number. Running code does
    not: from the commit on every query with the old label fails with 22P02, function bodies with it when they are next
    called, and code that reads rows meets a label it does not know. A model that lists the label, a query or a body
    that spells it is an error; who only reads the column, a warning. Code and migration are never deployed in the same
    instant: add the new label, let the code understand both, write the new one, fill the old rows.
    """,
    bad=(
        """CREATE TYPE mood AS ENUM ('sad', 'ok');
---
ALTER TYPE mood RENAME VALUE 'ok' TO 'fine';""",
        """CREATE TYPE "Role" AS ENUM ('USER', 'ADMIN');
CREATE TABLE "User" (id int, role "Role");
---
ALTER TYPE "Role" RENAME VALUE 'USER' TO 'MEMBER';""",
        """CREATE SCHEMA shop;
CREATE TYPE shop.state AS ENUM ('open', 'done');
---
ALTER TYPE shop.state RENAME VALUE 'done' TO 'closed';""",
    ),
    good=(
        """CREATE TYPE mood AS ENUM ('sad', 'ok');
---
ALTER TYPE mood ADD VALUE 'fine';""",
        """CREATE TYPE mood AS ENUM ('sad', 'ok');
ALTER TYPE mood RENAME VALUE 'ok' TO 'fine';""",
        """CREATE TYPE mood AS ENUM ('sad', 'ok');
---
ALTER TYPE mood RENAME TO feeling;
ALTER TYPE feeling RENAME TO mood;""",
    ),
    link="https://www.postgresql.org/docs/current/sql-altertype.html",
)
def rename_enum_value(context: Context) -> Iterator[Harm]:
    """Silent where the readers are known and none handles the type, and where the migration made the label itself."""
    operation = context.operation
    if not isinstance(operation, RenameEnumValue) or context.effects.fails or _is_born(context, operation):
        return
    name, old, new = operation.name, operation.label, operation.to
    columns = tuple(_columns(context, operation))
    saying = _told(reader for column in columns for reader in context.says(*column, old))
    reading = () if saying else _told(reader for column in columns for reader in context.readers(*column))
    if context.readers_known and not (saying or reading):
        return
    broken = f"what is written or compared as {literal(old)} fails from then on (22P02)"
    said = f"; {joined(saying)} say{'' if len(saying) > 1 else 's'} it" if saying else ""
    said = f"; {joined(reading)} may meet it without knowing it" if reading else said
    way = f"add {literal(new)} beside it, let the code read both and write the new one, then fill the old rows"
    hint = way if saying or reading else f"{READERS_UNKNOWN}; the way without an outage: {way}"
    severity = Severity.WARNING if context.readers_known and not saying else None
    message = f"renames the label {old} of {name} to {new}: {broken}{said}"
    yield Harm(message, hint, "", str(name), severity)


def _is_born(context: Context, operation: RenameEnumValue) -> bool:
    """Whether this very migration made the type, or the label."""
    for done in context.migration:
        match done.operation:
            case CreateEnum(enum) if enum.name == operation.name:
                return True
            case AddEnumValue(name, label) if (name, label) == (operation.name, operation.label):
                return True
    return False


def _columns(context: Context, operation: RenameEnumValue) -> Iterator[tuple[Name, str]]:
    """The columns of the type, and of arrays of it."""
    for table in context.before.in_order():
        yield from ((table.name, column.name) for column in table.columns if column.type.name == operation.name)


def _told(readers: Iterable[Reader]) -> tuple[str, ...]:
    """Each with its place, once; what PostgreSQL keeps parsed follows the rename."""
    return tuple(dict.fromkeys(f"{reader.source} ({reader.location})" for reader in readers if not reader.is_stored))
