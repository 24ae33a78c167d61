"""truncate-cascade."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.model.operation import Truncate
from dbtools.model.predict.relations import family
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.wording import BLOCKS_ALL


@rule(
    severity=Severity.ERROR,
    proof="loss",
    summary="TRUNCATE ... CASCADE empties every table that refers to the one it names, and those that refer to them.",
    why="""
    It follows foreign keys, whatever their ON DELETE says, and however few rows refer to the named table: the others
    lose all their rows, not only those. On each of them ACCESS EXCLUSIVE is held until the transaction ends. The server
    says which tables it took along in a NOTICE, when they are empty already.
    """,
    bad=(
        """CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (author int REFERENCES author);
---
TRUNCATE author CASCADE;""",
        """CREATE TABLE "User" (id int PRIMARY KEY);
CREATE TABLE "Post" (id int PRIMARY KEY, author int REFERENCES "User" ON DELETE SET NULL);
CREATE TABLE "Comment" (post int REFERENCES "Post");
---
TRUNCATE TABLE "User" RESTART IDENTITY CASCADE;""",
        """CREATE TABLE kind (id int PRIMARY KEY);
CREATE TABLE log (id int, kind int REFERENCES kind) PARTITION BY LIST (id);
CREATE TABLE log_1 PARTITION OF log FOR VALUES IN (1, 2, 3);
---
TRUNCATE kind CASCADE;""",
    ),
    good=(
        """CREATE TABLE author (id int PRIMARY KEY);
---
TRUNCATE author CASCADE;""",
        """CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (author int REFERENCES author);
---
TRUNCATE author, post CASCADE;""",
        """CREATE TABLE author (id int PRIMARY KEY);
---
CREATE TABLE post (author int REFERENCES author);
TRUNCATE author CASCADE;""",
    ),
    link="https://www.postgresql.org/docs/current/sql-truncate.html",
)
def truncate_cascade(context: Context) -> Iterator[Harm]:
    """All of them by name, however many: which they are is the news."""
    operation = context.operation
    if not isinstance(operation, Truncate) or not operation.cascade:
        return
    named = {member.name for name in operation.tables for member in family(name, context.before)} | {*operation.tables}
    taken = [name for name in context.existing({loss.table for loss in context.effects.loses}) if name not in named]
    tops = [name for name in taken if not _is_below(context, name)]
    first = str(operation.tables[0])
    if taken:
        names = ", ".join(map(str, tops or taken))
        message = f"CASCADE empties {names} as well: all their rows are lost, and it {BLOCKS_ALL} of each meanwhile"
        hint = "name every table that is to be emptied, without CASCADE: the server refuses it where one is missing"
        yield Harm(message, hint, first, names)
    elif context.effects.uncertain and any(map(context.existed, operation.tables)):
        message = f"CASCADE empties every table that refers to {first} as well, if there is one"
        hint = "name every table that is to be emptied, without CASCADE: the server refuses it where one is missing"
        yield Harm(message, hint, first, "", Severity.WARNING)


def _is_below(context: Context, name: Name) -> bool:
    """A partition is emptied with its parent, and not named beside it."""
    table = context.before.table(name)
    of = table.partition_of if table is not None else None
    return of is not None and of.parent in context.effects.locks
