"""truncate."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model import sqlstate
from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.model.operation import Truncate
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.wording import BLOCKS_ALL, joined


@rule(
    severity=Severity.ERROR,
    proof="loss",
    summary="TRUNCATE empties the table, and closes it until the transaction ends.",
    why="""
    All rows are gone with the commit; nothing brings them back but a restore. It takes ACCESS EXCLUSIVE, so reads wait
    as well as writes, from the moment it starts to wait for the lock until the transaction ends, and no trigger ON
    DELETE fires. A table that others refer to cannot be truncated alone (0A000), even when those are empty.
    """,
    bad=(
        """CREATE TABLE post (id int);
---
TRUNCATE post;""",
        """CREATE TABLE "Post" (id int);
CREATE TABLE tag (id int);
---
TRUNCATE TABLE "Post", tag RESTART IDENTITY;""",
        """CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (author int REFERENCES author);
---
TRUNCATE author;""",
    ),
    good=(
        """CREATE TABLE post (id int);
TRUNCATE post;""",
        """CREATE TABLE post (id int);
---
CREATE TABLE draft (id int);
INSERT INTO draft VALUES (1);
TRUNCATE draft;""",
        """CREATE TABLE post (id int);
---
DELETE FROM post WHERE id = 1;""",
    ),
    link="https://www.postgresql.org/docs/current/sql-truncate.html",
)
def truncate(context: Context) -> Iterator[Harm]:
    """Each table that the statement names; what CASCADE adds belongs to truncate-cascade."""
    operation = context.operation
    if not isinstance(operation, Truncate):
        return
    for name in dict.fromkeys(operation.tables):
        if not context.existed(name) or context.effects.lock(name) is None:
            continue
        message = f"empties {name}: its rows are lost, and it {BLOCKS_ALL} until the transaction ends"
        others = _referring(context, name) if context.effects.fails == sqlstate.FEATURE_NOT_SUPPORTED else []
        if others:
            message = (
                f"TRUNCATE fails with {context.effects.fails}: {joined(others)} refers to {name}; else it {message}"
            )
        hint = "delete the rows that must go, in batches; or take a backup, and empty it when nobody needs it"
        yield Harm(message, hint, str(name))


def _referring(context: Context, name: Name) -> list[Name]:
    named = context.operation.tables if isinstance(context.operation, Truncate) else ()
    return [other.name for other, _ in context.before.referencing(name) if other.name not in named]
