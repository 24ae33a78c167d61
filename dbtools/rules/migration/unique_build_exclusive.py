"""unique-build-exclusive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dbtools.model import operation as op
from dbtools.model.finding import Severity
from dbtools.model.objects import Constraint, Exclusion, PrimaryKey, Unique
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.safely import PER_PARTITION, built_later, is_partitioned, named, not_null_later
from dbtools.rules.wording import BLOCKS_ALL

Indexed = (PrimaryKey, Unique, Exclusion)
KINDS = {PrimaryKey: "a primary key", Unique: "a unique constraint", Exclusion: "an exclusion constraint"}


@rule(
    severity=Severity.ERROR,
    proof="lock",
    summary="A new unique, primary key or exclusion constraint builds its index while nobody can read the table.",
    why="""
    ADD CONSTRAINT ... UNIQUE reads and sorts every row under ACCESS EXCLUSIVE, so that even SELECT waits; a plain
    CREATE UNIQUE INDEX would block writes only. UNIQUE written on a column that is being added does the same. An
    index that was built CONCURRENTLY is adopted in a moment by USING INDEX. For an exclusion constraint there is
    no such way.
    """,
    bad=(
        """CREATE TABLE post (id int, slug text);
---
ALTER TABLE post ADD CONSTRAINT post_slug_key UNIQUE (slug);""",
        """CREATE TABLE "Post" (id int NOT NULL);
---
ALTER TABLE "Post" ADD PRIMARY KEY (id);""",
        """CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN code text UNIQUE;""",
        """CREATE TABLE stay (during tsrange);
---
ALTER TABLE stay ADD EXCLUDE USING gist (during WITH &&);""",
    ),
    good=(
        """CREATE TABLE post (id int, slug text);
CREATE UNIQUE INDEX post_slug_key ON post (slug);
---
ALTER TABLE post ADD CONSTRAINT post_slug_key UNIQUE USING INDEX post_slug_key;""",
        """CREATE TABLE post (id int, slug text);
ALTER TABLE post ADD UNIQUE (slug);""",
        """-- dbtools: no-transaction
CREATE TABLE post (id int, slug text);
---
-- dbtools: no-transaction
CREATE UNIQUE INDEX CONCURRENTLY post_slug_key ON post (slug);""",
    ),
    link="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT-USING-INDEX",
)
def unique_build_exclusive(context: Context) -> Iterator[Harm]:
    """Each constraint whose index must be built on a table that was there."""
    match context.operation:
        case op.AddConstraint(table, constraint, ""):
            constraints: tuple[Constraint, ...] = (constraint,)
        case op.AddColumn(table, _, constraints):
            pass
        case _:
            return
    if not context.existed(table) or not (context.effects.builds or context.effects.fails):
        return
    for each in constraints:
        if isinstance(each, Indexed):
            message = f"builds the index of {KINDS[type(each)]} on {table}: {BLOCKS_ALL} until it is built"
            yield Harm(message, _hint(context, each), str(table), named(context, table, each))


def _hint(context: Context, constraint: PrimaryKey | Unique | Exclusion) -> str:
    operation = context.operation
    if isinstance(constraint, Exclusion):
        return "no index can be adopted for EXCLUDE: add it to a new table, or when nobody needs this one"
    if not isinstance(operation, op.AddConstraint | op.AddColumn):
        return ""
    if is_partitioned(context, operation.table):
        return PER_PARTITION
    steps = [built_later(context, operation.table, constraint)]
    table = context.before.table(operation.table)
    if isinstance(operation, op.AddColumn):
        bare = tuple(each for each in operation.constraints if each != constraint)
        steps.insert(0, context.script(replace(operation, constraints=bare)))
    elif isinstance(constraint, PrimaryKey) and table is not None:
        found = (table.column(name) for name in constraint.columns)
        open_ = [column.name for column in found if column is not None and column.nullable]
        steps[:0] = [not_null_later(context, table.name, name) for name in open_]
    return "\n".join(steps)
