"""unknown-object."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.model.mentioned import mentioned
from dbtools.model.naming import is_relation
from dbtools.model.objects import Check, Column, ForeignKey, NotNull, PrimaryKey, Table, Unique
from dbtools.model.schema import Schema
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.refusals import told_by
from dbtools.rules.wording import joined

MOST_NEAR = 500


class Missing(NamedTuple):
    """A name that nothing has. ``near`` are the names that there are."""

    kind: str
    name: str
    near: tuple[str, ...] = ()
    table: str = ""


@rule(
    severity=Severity.ERROR,
    proof="error",
    summary="The statement names a table, column, constraint or type that does not exist.",
    why="""
    It fails with 42P01 (table), 42703 (column), 42704 (constraint, index, type, policy), 42883 (function) or 22023
    (label of an enum), and the migration with it. Only said where the whole history is known: names are folded to
    lower case unless they are quoted, so that userId and "userId" are two columns.
    """,
    bad=(
        """CREATE TABLE post (id int, author_id int);
---
CREATE INDEX i ON post (authorid);""",
        """CREATE TABLE "Post" (id int);
---
ALTER TABLE Post ADD COLUMN title text;""",
        """CREATE TABLE post (id int);
---
ALTER TABLE post DROP CONSTRAINT post_id_key;""",
        """CREATE TABLE post (id int);
---
ALTER TABLE post ALTER COLUMN title SET NOT NULL;""",
        """CREATE TABLE post (author int);
---
ALTER TABLE post ADD FOREIGN KEY (author) REFERENCES author (id) NOT VALID;""",
    ),
    good=(
        """CREATE TABLE post (id int);
---
ALTER TABLE post DROP CONSTRAINT IF EXISTS post_id_key;""",
        """CREATE TABLE post (id int);
---
DROP TABLE IF EXISTS posts;""",
        """CREATE TABLE post (id int);
---
DO $$ BEGIN EXECUTE 'CREATE TABLE ' || 'tag (id int)'; END $$;
ALTER TABLE tag ADD COLUMN name text;""",
        """CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN title text;
ALTER TABLE post RENAME title TO name;""",
    ),
    link="https://www.postgresql.org/docs/current/errcodes-appendix.html",
)
def unknown_object(context: Context) -> Iterator[Harm]:
    """The first name of the operation that the schema does not hold, with what may have been meant."""
    effects = context.effects
    if told_by(context) != "unknown-object" or effects.uncertain:
        return
    from difflib import get_close_matches

    for missing in _missing(context.operation, context.before):
        where = f"{missing.table} has no {missing.kind}" if missing.table else f"there is no {missing.kind}"
        near = get_close_matches(missing.name, missing.near, n=1, cutoff=0.5)
        folded = [name for name in missing.near if name.lower() == missing.name.lower()]
        hint = f"did you mean {(folded or near)[0]}?" if folded or near else ""
        if not hint and missing.near:
            hint = f"what there is: {joined(missing.near)}"
        message = f"{where} {missing.name}: fails with {effects.fails}"
        yield Harm(message, hint, missing.table or missing.name, missing.name if missing.table else "")
        return
    if all(not name.namespace or name.namespace in context.before.namespaces for name in mentioned(context.operation)):
        what = "a column that its query" if effects.fails == sqlstate.UNDEFINED_COLUMN else "what it"
        yield Harm(f"{what} names does not exist: fails with {effects.fails}", "rehearse it to see what is missing")


def _missing(operation: op.Operation, schema: Schema) -> Iterator[Missing]:
    match operation:
        case op.AddConstraint(name, constraint, using_index):
            yield from _of_constraint(name, constraint, using_index, schema)
        case op.CreateIndex(name, index):
            yield from _columns(name, sorted(index.reads()), schema)
            yield from _unordered(operation, schema)
        case op.SetType(name, column, kind):
            yield from _columns(name, (column,), schema)
            yield Missing("type", str(kind), _near(schema.enums, schema.domains))
        case (
            op.DropColumn(name, column) | op.RenameColumn(name, column) | op.SetNullable(name, column)
            | op.SetDefault(name, column) | op.SetIdentity(name, column) | op.SetGenerated(name, column)
            | op.AlterColumn(name, column)
        ):  # fmt: skip
            yield from _columns(name, (column,), schema)
        case (
            op.DropConstraint(name, constraint) | op.ValidateConstraint(name, constraint)
            | op.RenameConstraint(name, constraint) | op.AlterConstraint(name, constraint)
        ):  # fmt: skip
            table = schema.table(name)
            yield from _tables((name,), schema)
            if table is not None and table.constraint(constraint) is None:
                yield Missing("constraint", constraint, tuple(each.name for each in table.constraints), str(name))
        case op.AddColumn(name, column, constraints=constraints):
            yield from _tables((name,), schema)
            yield from _types((column,), schema)
            for each in constraints:
                if isinstance(each, ForeignKey):
                    yield from _target(each, schema)
        case op.CreateTable(table):
            yield from _tables(_around(operation), schema)
            yield from _types(table.columns, schema)
            for key in table.foreign_keys:
                if key.target != table.name:
                    yield from _target(key, schema)
        case op.Insert(name, columns) | op.Update(name, columns) if name in schema.tables:
            yield from _columns(name, columns, schema)
        case op.RenameEnumValue(name, label) if (enum := schema.enums.get(name)) is not None:
            yield Missing("label", label, enum.labels, str(name))
        case op.AddEnumValue(name) | op.RenameEnumValue(name):
            if name not in schema.enums and name.namespace in schema.namespaces:
                yield Missing("type", str(name), _near(schema.enums))
        case _:
            yield from _other(operation, schema)


def _other(operation: op.Operation, schema: Schema) -> Iterator[Missing]:
    """What is neither a column nor a constraint."""
    match operation:
        case op.DropIndex(name):
            few = schema.in_order() if len(schema.tables) <= MOST_NEAR else ()
            indexes = tuple(index.name for table in few for index in table.indexes)
            if name.namespace in schema.namespaces and name.local not in indexes:
                yield Missing("index", name.local, indexes)
        case op.DropType(name):
            yield Missing("type", str(name), tuple(map(str, (*schema.enums, *schema.domains))))
        case op.DropFunction(name):
            yield Missing("function", str(name), tuple(str(function) for function, _ in schema.functions))
        case op.DropOpaque(kind, name, Name() as table) | op.AlterOpaque(kind, name, Name() as table) if (
            table in schema.tables or table in schema.views
        ):
            yield _attached(kind, name.local, table, schema)
        case op.AlterTable(table, "enable trigger" | "disable trigger", name) if table in schema.tables:
            yield _attached("trigger", name, table, schema)
        case op.AlterSequence(name) | op.DropSequence(name) | op.Rename("sequence", name):
            if name.namespace in schema.namespaces and not is_relation(schema, name):
                yield Missing("sequence", str(name), _near(schema.sequences))
        case op.AlterIndex(name) | op.Reindex("index", name) | op.Rename("index", name):
            if name.namespace in schema.namespaces and not is_relation(schema, name):
                yield Missing("index", str(name), ())
        case op.AlterOpaque("view", name) | op.Rename("view" | "materialized view", name):
            if name.namespace in schema.namespaces and not is_relation(schema, name):
                yield Missing("view", str(name), _near(schema.views))
        case op.CreateDomain(domain):
            yield Missing("type", str(domain.base), tuple(map(str, (*schema.enums, *schema.domains))))
        case _:
            yield from _tables(_around(operation), schema)


def _attached(kind: str, name: str, table: Name, schema: Schema) -> Missing:
    """A trigger, policy or rule of a table, and those that there are."""
    return Missing(
        kind, name, tuple(own.local for each, own, on in schema.opaques if (each, on) == (kind, table)), str(table)
    )


def _around(operation: op.Operation) -> tuple[Name, ...]:
    """The relations that an operation names."""
    match operation:
        case op.CreateTable(table, like=like):
            above = (table.partition_of.parent,) if table.partition_of else ()
            return (*above, *table.inherits, *like)
        case op.AttachPartition(partition, of):
            return of.parent, partition
        case op.CreateView(view):
            return view.mentions
        case op.Truncate(tables) | op.LockTable(tables) | op.Maintain(_, tables):
            return tables
        case (
            op.DropTable(name) | op.RenameTable(name) | op.SetNamespace("table", name) | op.AlterTable(name)
            | op.DetachPartition(name) | op.Insert(name) | op.Update(name) | op.Delete(name) | op.DropView(name)
            | op.RefreshView(name) | op.Comment("table" | "column", name) | op.Reindex("table", name)
        ):  # fmt: skip
            return (name,)
        case op.CreateOpaque(opaque) if opaque.table is not None:
            return (opaque.table,)
        case op.AlterOpaque(table=Name() as name) | op.DropOpaque(table=Name() as name):
            return (name,)
    return ()


def _tables(names: Iterable[Name], schema: Schema) -> Iterator[Missing]:
    """Those that no migration makes."""
    for name in names:
        known = is_relation(schema, name) or schema.index_owner(name) is not None
        if not known and name.namespace in schema.namespaces and not _is_own_sequence(name, schema):
            yield Missing("table", str(name), _near(schema.tables, schema.views))


def _near(*several: Collection[Name]) -> tuple[str, ...]:
    """What may have been meant; of very many names nobody wants to hear, nor wait for the nearest."""
    return tuple(str(name) for names in several if len(names) <= MOST_NEAR for name in names)


def _types(columns: Iterable[Column], schema: Schema) -> Iterator[Missing]:
    """The types of columns that nothing makes."""
    known = (*schema.enums, *schema.domains, *schema.tables, *schema.views)
    for column in columns:
        kind = column.type
        opaque = any(name.local == kind.base for of, name, _ in schema.opaques if of == "type")
        if kind.namespace in schema.namespaces and not opaque and all(name.local != kind.base for name in known):
            yield Missing("type", str(kind), tuple(map(str, (*schema.enums, *schema.domains))))


def _is_own_sequence(name: Name, schema: Schema) -> bool:
    """Whether it may be the sequence behind a serial or identity column, which the schema does not name."""
    return name.local.endswith("seq") and any(name.local.startswith(table.local) for table in schema.tables)


def _columns(name: Name, columns: Iterable[str], schema: Schema) -> Iterator[Missing]:
    table = schema.table(name)
    if table is None:
        yield from _tables((name,), schema)
        return
    for column in columns:
        if table.column(column) is None:
            yield Missing("column", column, tuple(each.name for each in table.columns), str(name))


def _of_constraint(name: Name, constraint: object, using_index: str, schema: Schema) -> Iterator[Missing]:
    match constraint:
        case Check(_, expression):
            yield from _columns(name, expression.columns, schema)
        case NotNull(_, column):
            yield from _columns(name, (column,), schema)
        case PrimaryKey(_, columns) | Unique(_, columns):
            yield from _columns(name, columns, schema)
        case ForeignKey(_, columns) as key:
            yield from _columns(name, columns, schema)
            yield from _target(key, schema)
    table = schema.table(name)
    if using_index and table is not None and table.index(using_index) is None:
        yield Missing("index", using_index, tuple(index.name for index in table.indexes), str(name))


def _target(key: ForeignKey, schema: Schema) -> Iterator[Missing]:
    """What a foreign key refers to: the columns it names, or else the primary key."""
    yield from _columns(key.target, key.target_columns, schema)
    there = schema.table(key.target)
    if there is not None and not key.target_columns and there.primary_key is None:
        yield Missing("primary key", "to refer to", (), str(key.target))


def _unordered(operation: op.CreateIndex, schema: Schema) -> Iterator[Missing]:
    """What is missing may be the order of a type: json has none."""
    table: Table | None = schema.table(operation.table)
    for key in operation.index.keys:
        column = table.column(key.column) if table is not None and key.column else None
        if column is not None and not key.opclass:
            kind = f"default operator class for the {operation.index.method} access method on"
            yield Missing(kind, f"{column.type} ({column.name})", (), "PostgreSQL")
