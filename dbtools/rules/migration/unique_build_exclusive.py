"""unique-build-exclusive."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model import operation as op
from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.model.objects import Constraint, Exclusion, PrimaryKey, Unique
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.plans import safe_form
from dbtools.rules.safely import PER_PARTITION, is_partitioned, named
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
    plan = safe_form(context)
    for each in constraints:
        if isinstance(each, Indexed):
            message = f"builds the index of {KINDS[type(each)]} on {table}: {BLOCKS_ALL} until it is built"
            yield Harm(message, _hint(context, table, each), str(table), named(context, table, each), plan=plan)


def _hint(context: Context, table: Name, constraint: PrimaryKey | Unique | Exclusion) -> str:
    if isinstance(constraint, Exclusion):
        return "no index can be adopted for EXCLUDE: add it to a new table, or when nobody needs this one"
    return PER_PARTITION if is_partitioned(context, table) else ""
