"""index-rebuild-exclusive."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model.finding import Severity
from dbtools.model.operation import SetType
from dbtools.model.plan import Plan
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.plans import safe_form
from dbtools.rules.wording import BLOCKS_ALL, joined


@rule(
    severity=Severity.ERROR,
    proof="lock",
    summary="A type change that keeps the rows as they are still builds indexes again while nobody can read the table.",
    why="""
    A change of type may leave every row where it is and yet change how values compare, or may reach an index
    through its predicate or an expression: timestamp to timestamptz in UTC, another collation, varchar to text
    under a partial index. Such indexes are built again within the ALTER TABLE, under its ACCESS EXCLUSIVE lock,
    whatever "no rewrite" promises.
    """,
    bad=(
        """CREATE TABLE post (at timestamp);
CREATE INDEX post_at ON post (at);
---
ALTER TABLE post ALTER COLUMN at TYPE timestamptz;""",
        """CREATE TABLE post (id int, slug varchar(50));
CREATE INDEX named ON post (id) WHERE slug <> '';
---
ALTER TABLE post ALTER slug TYPE text;""",
        """CREATE TABLE "Post" (slug text UNIQUE);
---
ALTER TABLE "Post" ALTER slug TYPE text COLLATE "C";""",
    ),
    good=(
        """CREATE TABLE post (slug varchar(50));
CREATE INDEX post_slug ON post (slug);
---
ALTER TABLE post ALTER slug TYPE text;""",
        """CREATE TABLE post (at timestamp);
---
ALTER TABLE post ALTER at TYPE timestamptz;""",
        """CREATE TABLE post (at timestamp, id int);
CREATE INDEX post_id ON post (id);
---
ALTER TABLE post ALTER at TYPE timestamptz;""",
    ),
    link="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES",
)
def index_rebuild_exclusive(context: Context) -> Iterator[Harm]:
    """A change that rewrites the table builds its indexes as part of that."""
    operation, effects = context.operation, context.effects
    if not isinstance(operation, SetType) or not context.existed(operation.table):
        return
    if not effects.builds or effects.rewrites:
        return
    plan = safe_form(context)
    names = joined(sorted(name.local for name in effects.builds))
    yield Harm(
        f"rebuilds {names}: {BLOCKS_ALL} of {operation.table} until they are built"
        if len(effects.builds) > 1
        else f"rebuilds {names}: {BLOCKS_ALL} of {operation.table} until it is built",
        _hint(context, operation, plan),
        str(operation.table),
        operation.column,
        values={"old type": str(operation.old), "new type": str(operation.type)},
        plan=plan,
    )


def _hint(context: Context, operation: SetType, plan: Plan | None) -> str:
    if plan is not None:
        return ""
    table = context.before.table(operation.table)
    if table is None or table.partition_by is not None:
        return "drop the indexes before and build them again after it, partition by partition"
    return "a unique index cannot be done without meanwhile: add a second column of the new type instead"
