"""table-rewrite."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dbtools.model import operation as op
from dbtools.model.expression import Name, Type, Volatility
from dbtools.model.finding import Severity
from dbtools.model.predict.defaults import volatility
from dbtools.model.predict.relations import family
from dbtools.model.predict.session import VIRTUAL_SINCE
from dbtools.model.wording import counted
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.plans import safe_form
from dbtools.rules.wording import BLOCKS_ALL, family_of

Rewriting = op.AddColumn | op.SetType | op.SetGenerated | op.AlterTable
MOVES = ("set tablespace", "set access method")
# What a column is usually turned into for free.
ROOMY = (Type("text"), Type("varchar"), Type("numeric"))
FILL = "-- fill the rows there are in batches, each in a transaction of its own"
TWIN = "add a second column, write both, fill the old rows in batches, then read the new one and drop the old"


@rule(
    severity=Severity.ERROR,
    proof="rewrite",
    summary="The statement writes every row of the table anew while nobody can read it.",
    why="""
    ACCESS EXCLUSIVE is held while the heap is copied row by row and every index is built again: on a warm machine
    some 10 to 20 seconds per GB, during which every SELECT waits, and then what queued behind it. Rewritten for:
    a column type whose stored form differs, a new column whose default is VOLATILE (gen_random_uuid(),
    clock_timestamp(), nextval()), a serial, identity or stored generated column, a domain with a constraint; SET
    LOGGED and UNLOGGED, VACUUM FULL, CLUSTER. Not for: a constant or STABLE default such as now() (PostgreSQL 11
    on), a longer varchar, varchar to text.
    """,
    bad=(
        """CREATE TABLE post (id int, views int);
---
ALTER TABLE post ALTER COLUMN views TYPE bigint;""",
        """CREATE TABLE "Post" (id int);
---
ALTER TABLE "Post" ADD COLUMN token uuid DEFAULT gen_random_uuid();""",
        """CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY;""",
        """CREATE TABLE post (at timestamp(3));
---
ALTER TABLE post ALTER at TYPE timestamptz(3);""",
        """CREATE DOMAIN points AS int CHECK (VALUE >= 0);
CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN score points;""",
        """CREATE TABLE post (id int);
---
ALTER TABLE post SET UNLOGGED;""",
    ),
    good=(
        """CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN at timestamptz NOT NULL DEFAULT now();""",
        """CREATE TABLE post (slug varchar(50));
---
ALTER TABLE post ALTER slug TYPE varchar(80);""",
        """CREATE TABLE post (slug varchar(50));
---
ALTER TABLE post ALTER slug TYPE text USING slug::text;""",
        """CREATE TABLE post (at timestamp(3));
---
ALTER TABLE post ALTER at TYPE timestamptz;""",
        """CREATE TABLE post (views int);
ALTER TABLE post ALTER views TYPE bigint;""",
    ),
    link="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES",
)
def table_rewrite(context: Context) -> Iterator[Harm]:
    """Foretold from the types before and after, and from the volatility of defaults; else what it depends on."""
    operation = context.operation
    match operation:
        case op.Maintain(verb, tables):
            for name in context.existing(context.effects.rewrites):
                if not tables or name in tables:
                    yield Harm(_message(context, name), _maintained(verb), str(name))
        case op.AddColumn() | op.SetType() | op.SetGenerated() | op.AlterTable():
            if not context.existed(operation.table):
                return
            if context.existing(context.effects.rewrites):
                yield _certain(context, operation)
            elif context.effects.uncertain:
                yield from _perhaps(context, operation)


def _certain(context: Context, operation: Rewriting) -> Harm:
    column, values = _column(operation), {}
    if isinstance(operation, op.SetType) and operation.old is not None:
        values = {"old type": str(operation.old), "new type": str(operation.type)}
    message = _message(context, operation.table)
    plan = safe_form(context)
    return Harm(message, _hint(context, operation), str(operation.table), column, values=values, plan=plan)


def _message(context: Context, table: Name) -> str:
    members = {member.name for member in family(table, context.before)} or {table}
    written = members & context.effects.rewrites
    indexes = len(context.effects.builds) if not isinstance(context.operation, op.Maintain) else 0
    beside = f" and {counted(indexes, 'index', 'indexes')}" if indexes else ""
    return f"rewrites {family_of(table, written, context.before)}{beside}: {BLOCKS_ALL} until every row is written"


def _column(operation: Rewriting) -> str:
    match operation:
        case op.AddColumn(_, column):
            return column.name
        case op.SetType(_, column) | op.SetGenerated(_, column):
            return column
    return ""


def _perhaps(context: Context, operation: Rewriting) -> Iterator[Harm]:
    """What decides it is not known: said as what it is, and less severe."""
    table = str(operation.table)
    match operation:
        case op.SetType(_, column, kind, change=None):
            message = f"rewrites {table}, unless {column} has a type before that turns into {kind} as it is stored"
            severity = Severity.INFO if kind in ROOMY else Severity.WARNING
            hint = "its type before is not known: lint the migrations with their history and dbtools decides"
            yield Harm(message, hint, table, column, severity)
        case op.AddColumn(_, column) if column.default is not None and not column.generated:
            if volatility(column.default, context.before) is not Volatility.UNKNOWN:
                return
            message = f"rewrites {table}, unless the default {column.default} is STABLE or IMMUTABLE"
            plan = safe_form(context)
            yield Harm(message, _hint(context, operation), table, column.name, Severity.WARNING, plan=plan)
        case op.AlterTable(_, action) if action in MOVES:
            message = f"rewrites {table}, unless it is stored there already"
            yield Harm(message, _maintained(action), table, severity=Severity.WARNING)


def _hint(context: Context, operation: Rewriting) -> str:
    match operation:
        case op.AddColumn():
            return _added(context, operation)
        case op.SetType():
            return _retyped(context, operation)
        case op.SetGenerated():
            return f"a stored generated column cannot change its expression without it; {TWIN}"
    return _maintained(operation.action)


def _maintained(verb: str) -> str:
    if verb in {"vacuum full", "cluster"}:
        return "pg_repack (an extension) does the same while reads and writes go on"
    return "do it when nobody needs the table, with lock_timeout set"


def _added(context: Context, operation: op.AddColumn) -> str:
    column = operation.column
    if column.generated is not None:
        plain = replace(column, nullable=True, default=None, identity="", generated=None)
        virtual = replace(column, generated=column.generated._replace(stored=False))
        if context.session.version >= VIRTUAL_SINCE:
            return context.script(
                op.AddColumn(operation.table, virtual), "-- is computed when it is read and stored nowhere"
            )
        return context.script(
            op.AddColumn(operation.table, plain), "-- then keep it up to date by a trigger, and", FILL
        )
    if column.identity or column.default is not None:
        return ""
    domain = context.before.domains.get(column.type.name)
    base = f"the domain's base type {domain.base}" if domain else "the domain's base type"
    return (
        f"give the column {base}, and add the domain's checks to the table: NOT VALID first, then VALIDATE CONSTRAINT"
    )


def _retyped(context: Context, operation: op.SetType) -> str:
    old, new, plan = operation.old, operation.type, safe_form(context)
    if old is not None and plan is not None and plan.instead:
        return f"keep {old} and limit its length"
    if old is None or (old.base, new.base) != ("timestamp", "timestamptz") or old.dimensions or operation.using:
        return TWIN
    free = context.render(replace(operation, type=Type("timestamptz")))
    return f"where the values were meant in UTC, SET timezone TO 'UTC' and {free} keep the rows as they are; or {TWIN}"
