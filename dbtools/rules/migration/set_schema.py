"""set-schema."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model import operation as op
from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.model.identifiers import quote_name
from dbtools.model.objects import View
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.renaming import gives
from dbtools.rules.wording import READERS_UNKNOWN, joined, reader_list

RELATIONS = ("table", "view", "materialized view")


@rule(
    severity=Severity.ERROR,
    proof="reader",
    summary="Moving a table to another schema breaks everything that knows it by the old one.",
    why="""
    SET SCHEMA, and ALTER SCHEMA ... RENAME for all tables in it, change a name that running code spells out: from the
    commit on its queries fail with 42P01 unless its search_path happens to name the new schema. Views follow, function
    bodies do not. The lock is brief, but it is ACCESS EXCLUSIVE. A view under the old name, made in the same
    transaction, keeps old code running.
    """,
    bad=(
        """CREATE SCHEMA archive;
CREATE TABLE post (id int);
---
ALTER TABLE post SET SCHEMA archive;""",
        """CREATE SCHEMA blog;
CREATE TABLE blog."Post" (id int);
---
ALTER TABLE IF EXISTS blog."Post" SET SCHEMA public;""",
        """CREATE SCHEMA blog;
CREATE TABLE blog.post (id int);
---
ALTER SCHEMA blog RENAME TO weblog;""",
        """CREATE SCHEMA archive;
CREATE TYPE mood AS ENUM ('ok');
---
ALTER TYPE mood SET SCHEMA archive;""",
    ),
    good=(
        """CREATE SCHEMA archive;
CREATE TABLE post (id int);
---
ALTER TABLE post SET SCHEMA archive;
CREATE VIEW post AS SELECT * FROM archive.post;""",
        """CREATE SCHEMA archive;
CREATE TABLE post (id int);
ALTER TABLE post SET SCHEMA archive;""",
        """CREATE SCHEMA blog;
---
ALTER SCHEMA blog RENAME TO weblog;""",
    ),
    link="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-SCHEMA",
)
def set_schema(context: Context) -> Iterator[Harm]:
    """Silent where nobody reads it, and where the same transaction gives the old name to something else again."""
    match context.operation:
        case op.SetNamespace(kind, name, to) if kind in RELATIONS:
            yield from _moved(context, name, to)
        case op.SetNamespace(kind, name, to) if name.namespace != to and not _is_new(context, name):
            message = (
                f"moves {name} to {to}: what knows it as {name} fails from then on, unless its search_path has {to}"
            )
            hint = "add what is needed under the new name first, and move the code over"
            yield Harm(message, hint, "", str(name), Severity.WARNING)
        case op.RenameNamespace(name, to):
            yield from _renamed(context, name, to)


def _is_new(context: Context, name: Name) -> bool:
    """Whether an enum, the only kind of which that is kept, was made in this transaction."""
    return name in context.session.new_types


def _moved(context: Context, name: Name, to: str) -> Iterator[Harm]:
    if not context.existed(name) or not context.effects.locks or name.namespace == to:
        return
    if context.session.in_transaction and any(gives(later, name) for later in context.later()):
        return
    readers = reader_list(context, name)
    if context.readers_known and not readers:
        return
    new = Name(to, name.local)
    view = op.CreateView(View(name, f"TABLE {quote_name(new)}"))
    bridge = f"in the same transaction:\n{context.script(context.operation, view)}"
    if readers:
        yield Harm(f"moves {name} to {to}: it is still read by {readers}", bridge, str(name))
    else:
        message = f"moves {name} to {to}: what knows it as {name} fails from then on, unless its search_path has {to}"
        yield Harm(message, f"{READERS_UNKNOWN}; or keep the old name alive {bridge}", str(name))


def _renamed(context: Context, name: str, to: str) -> Iterator[Harm]:
    relations = (*context.before.tables, *context.before.views)
    inside = context.existing(each for each in relations if each.namespace == name)
    read = [each for each in inside if reader_list(context, each)]
    if not inside or (context.readers_known and not read):
        return
    by = f"{joined(each.local for each in read)} still read" if read else joined(each.local for each in inside)
    message = f"renames the schema {name} to {to}: what says {name} fails from then on ({by})"
    yield Harm(message, "make the new schema beside the old one, with views on it, and rename nothing", "", name)
