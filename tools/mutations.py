"""Every way in which one attribute of a schema may differ: operations that lead from it to one that differs in that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from dbtools.model import operation as op
from dbtools.model.expression import Expression, Name, Type
from dbtools.model.objects import (
    Check,
    Column,
    ColumnRef,
    ForeignKey,
    Generated,
    Index,
    IndexKey,
    PrimaryKey,
    Table,
    Unique,
)
from dbtools.model.schema import Schema
from dbtools.sql.expressions import read_expression
from dbtools.sql.types import read_type

EACH = 6  # of a sort, at most
TYPES = {
    "text": "uuid", "varchar": "integer", "integer": "bigint", "bigint": "integer", "smallint": "integer",
    "double precision": "real", "numeric": "double precision", "timestamptz": "timestamp", "timestamp": "timestamptz",
    "jsonb": "json", "uuid": "text", "boolean": "text", "date": "timestamp(3)", "bytea": "text", "inet": "text",
}  # fmt: skip
SIZES = {
    "varchar(200)": "varchar(100)", "varchar(20)": "varchar(30)", "char(32)": "char(16)", "bit(4)": "bit(8)",
    "numeric(12,2)": "numeric(12,4)", "numeric(5,2)": "numeric(4,2)", "timestamp(3)": "timestamp(6)",
    "timestamptz(6)": "timestamptz(3)", "timestamptz(3)": "timestamptz(6)", "time(6)": "time(0)",
}  # fmt: skip


@dataclass(frozen=True)
class Mutation:
    """One difference. ``row`` is what it is called in the table, ``rule`` how drift has to call it.

    ``table`` and ``object`` are the finding's. ``texts``: of scripts, what to replace, where no statement does it.
    ``filled``: what clients fill in themselves from then on.
    """

    row: str
    rule: str
    table: Name
    object: str
    operations: tuple[op.Operation, ...]
    texts: tuple[tuple[str, str], ...] = ()
    filled: frozenset[ColumnRef] = frozenset()


def mutations(schema: Schema, each: int = EACH) -> Iterator[Mutation]:
    """One hundred and more of them; of each sort the first few places that it fits."""
    for sort in (
        _tables, _columns_dropped, _columns_added, _columns_renamed, _types, _lists, _sizes, _nullable, _defaults,
        _by_clients, _identities, _generated, _enums, _keys_dropped, _keys_moved, _actions, _indexes_dropped,
        _indexes_added, _indexes_changed, _uniqueness, _primary_keys, _checks,
    ):  # fmt: skip
        found: dict[str, list[Mutation]] = {}
        for mutation in sort(schema):
            found.setdefault(mutation.row, []).append(mutation)
        for several in found.values():
            yield from islice(several, each)


def _tables(schema: Schema) -> Iterator[Mutation]:
    for table in schema.in_order():
        if not schema.referencing(table.name):
            yield Mutation("table dropped", "missing-table", table.name, "", (op.DropTable(table.name),))
        to = f"renamed_{table.name.local}"
        yield Mutation("table renamed", "renamed-table", table.name, "", (op.RenameTable(table.name, to),))
    extra = Table(Name("public", "extra"), (Column("id", Type("integer"), nullable=False),))
    yield Mutation("extra table", "missing-table", extra.name, "", (op.CreateTable(extra),))


def _columns(schema: Schema) -> Iterator[tuple[Table, Column]]:
    """Each column, one table after the other in turn, so that the first few are of many tables."""
    tables = [(table, list(table.columns)) for table in schema.in_order()]
    for place in range(max(len(columns) for _, columns in tables)):
        yield from ((table, columns[place]) for table, columns in tables if place < len(columns))


def _free(schema: Schema) -> Iterator[tuple[Table, Column]]:
    """The columns that no key, index, condition or other column needs."""
    for table, column in _columns(schema):
        used = {name for made in table.constraints for name in getattr(made, "columns", ())}
        used |= {name for check in table.checks for name in check.expression.columns}
        used |= {name for each in table.columns if each.generated for name in each.generated.expression.columns}
        used |= {name for index in table.indexes for name in index.reads()}
        used |= {name for _, key in schema.referencing(table.name) for name in key.target_columns}
        if column.name not in used and column.generated is None:
            yield table, column


def _columns_dropped(schema: Schema) -> Iterator[Mutation]:
    for table, column in _free(schema):
        drop = op.DropColumn(table.name, column.name)
        yield Mutation("column dropped", "missing-column", table.name, column.name, (drop,))


def _columns_added(schema: Schema) -> Iterator[Mutation]:
    for table in schema.in_order():
        added = op.AddColumn(table.name, Column("extra", Type("text")))
        yield Mutation("column added", "missing-column", table.name, "extra", (added,))


def _columns_renamed(schema: Schema) -> Iterator[Mutation]:
    for table, column in _columns(schema):
        if len(column.name) > 3:  # noqa: PLR2004 - of shorter ones it is not certain
            rename = op.RenameColumn(table.name, column.name, f"new_{column.name}")
            yield Mutation("column renamed", "renamed-column", table.name, column.name, (rename,))


def _types(schema: Schema) -> Iterator[Mutation]:
    for table, column in _free(schema):
        kind = column.type
        wanted = TYPES.get(kind.base)
        if kind.dimensions or column.identity:
            continue
        if kind.name in schema.enums:
            yield _typed("enum → text", "type", table, column, Type("text"))
        elif wanted and column.default is None:
            yield _typed(f"{kind.base} → {wanted}", "type", table, column, read_type(wanted))


def _lists(schema: Schema) -> Iterator[Mutation]:
    for table, column in _free(schema):
        if column.default is None and not column.identity:
            row = "list → single value" if column.type.dimensions else "single value → list"
            wanted = column.type._replace(dimensions=0 if column.type.dimensions else 1)
            yield _typed(row, "array", table, column, wanted)


def _sizes(schema: Schema) -> Iterator[Mutation]:
    for table, column in _free(schema):
        if wanted := SIZES.get(str(column.type)):
            yield _typed("length, precision or scale", "precision", table, column, read_type(wanted))


def _typed(row: str, rule: str, table: Table, column: Column, kind: Type) -> Mutation:
    return Mutation(row, rule, table.name, column.name, (op.SetType(table.name, column.name, kind),))


def _nullable(schema: Schema) -> Iterator[Mutation]:
    for table, column in _free(schema):
        if not column.identity:
            row = "NULL of a list" if column.type.dimensions else "NULL of a single value"
            change = op.SetNullable(table.name, column.name, not column.nullable)
            yield Mutation(row, "nullability", table.name, column.name, (change,))


def _defaults(schema: Schema) -> Iterator[Mutation]:
    others = {"text": "'new'", "integer": "41", "boolean": "false", "jsonb": "'{\"new\": true}'", "varchar": "'new'"}
    for table, column in _free(schema):
        if column.type.dimensions or column.identity:
            continue
        other = others.get(column.type.base)
        if column.default is not None:
            yield _default("default dropped", table, column, None)
            if column.default.meaning == "now()":
                yield _default("default now() → clock_timestamp()", table, column, "clock_timestamp()")
            if other:
                yield _default("default changed", table, column, other)
        elif other:
            yield _default("default added", table, column, other)


def _default(row: str, table: Table, column: Column, text: str | None) -> Mutation:
    default = None if text is None else read_expression(text)
    change = op.SetDefault(table.name, column.name, default)
    return Mutation(row, "default", table.name, column.name, (change,))


def _by_clients(schema: Schema) -> Iterator[Mutation]:
    for table, column in _columns(schema):
        if column.default is not None and column.default.meaning in {"now()", "gen_random_uuid()"}:
            made = _default("default → made by the client", table, column, None)
            yield replace(made, filled=frozenset({ColumnRef(table.name, column.name)}))


def _identities(schema: Schema) -> Iterator[Mutation]:
    for table, column in _columns(schema):
        name = table.name
        unset = op.SetDefault(name, column.name, None)
        if column.identity == "serial":
            yield Mutation("serial without its default", "identity", name, column.name, (unset,))
            becomes = op.SetIdentity(name, column.name, "by default")
            yield Mutation("serial → identity", "identity", name, column.name, (unset, becomes))
        elif column.identity == "always":
            becomes = op.SetIdentity(name, column.name, "by default", changes=True)
            yield Mutation("identity ALWAYS → BY DEFAULT", "identity", name, column.name, (becomes,))


def _generated(schema: Schema) -> Iterator[Mutation]:
    for table, column in _columns(schema):
        if column.generated is not None:
            plain = op.SetGenerated(table.name, column.name, None)
            yield Mutation("generated → plain", "generated", table.name, column.name, (plain,))
            other = read_expression(f"{column.generated.expression.columns[0]} * 7")
            again = op.SetGenerated(table.name, column.name, Generated(other))
            yield Mutation("generated otherwise", "generated", table.name, column.name, (again,))
    for table, column in _free(schema):
        plain = f"  {column.name} {column.type} NOT NULL,\n"
        if column.type.base in {"smallint", "integer"} and column.default is None and not column.nullable:
            made = (plain, plain.replace(",", " GENERATED ALWAYS AS (3 + 4) STORED,"))
            yield Mutation("plain → generated", "generated", table.name, column.name, (), (made,))


def _enums(schema: Schema) -> Iterator[Mutation]:
    for name, enum in schema.enums.items():
        first, second, *_ = enum.labels
        added, renamed = op.AddEnumValue(name, "NEW"), op.RenameEnumValue(name, enum.labels[-1], "LAST")
        yield Mutation("enum value added", "enum-values", name, "", (added,))
        yield Mutation("enum value renamed", "enum-values", name, "", (renamed,))
        turned = (f"'{first}', '{second}'", f"'{second}', '{first}'")
        yield Mutation("enum order", "enum-order", name, "", (), (turned,))


def _keys(schema: Schema) -> Iterator[tuple[Table, ForeignKey]]:
    for table in schema.in_order():
        yield from ((table, key) for key in table.foreign_keys)


def _keys_dropped(schema: Schema) -> Iterator[Mutation]:
    for table, key in _keys(schema):
        drop = op.DropConstraint(table.name, key.name)
        yield Mutation("foreign key dropped", "fk-missing", table.name, _object(key.columns), (drop,))


def _keys_moved(schema: Schema) -> Iterator[Mutation]:
    for table, key in _keys(schema):
        kinds = [_kind(schema, ColumnRef(key.target, column)) for column in key.target_columns]
        for other in schema.in_order():
            primary = other.primary_key
            if other.name == key.target or primary is None or len(primary.columns) != len(key.columns):
                continue
            if [_kind(schema, ColumnRef(other.name, column)) for column in primary.columns] == kinds:
                moved = replace(key, target=other.name, target_columns=primary.columns)
                yield _again("foreign key to another table", "fk-target", table, key, moved)
                break


def _kind(schema: Schema, ref: ColumnRef) -> Type | None:
    column = schema.tables[ref.table].column(ref.column)
    return column.type if column else None


def _actions(schema: Schema) -> Iterator[Mutation]:
    for table, key in _keys(schema):
        delete = replace(key, on_delete="SET DEFAULT" if key.on_delete == "CASCADE" else "CASCADE")
        yield _again("ON DELETE", "fk-on-delete", table, key, delete)
        yield _again("ON UPDATE", "fk-on-update", table, key, replace(key, on_update="SET NULL"))


def _again(row: str, rule: str, table: Table, key: ForeignKey, other: ForeignKey) -> Mutation:
    steps = (op.DropConstraint(table.name, key.name), op.AddConstraint(table.name, other))
    return Mutation(row, rule, table.name, _object(key.columns), steps)


def _indexes(schema: Schema) -> Iterator[tuple[Table, Index]]:
    for table in schema.in_order():
        yield from ((table, index) for index in table.indexes)


def _indexes_dropped(schema: Schema) -> Iterator[Mutation]:
    for table, index in _indexes(schema):
        row = "unique index dropped" if index.unique else "index dropped"
        row += " (expression)" if not index.columns else " (partial)" if index.where else ""
        drop = op.DropIndex(Name(table.name.namespace, index.name))
        yield Mutation(row, "index-missing", table.name, _index_object(index), (drop,))
    for table in schema.in_order():
        for made in table.constraints:
            if isinstance(made, Unique):
                drop = op.DropConstraint(table.name, made.name)
                yield Mutation("unique dropped", "index-missing", table.name, _object(made.columns), (drop,))


def _indexes_added(schema: Schema) -> Iterator[Mutation]:
    for table, column in _free(schema):
        if column.type.base in {"text", "integer", "timestamptz", "varchar"} and not column.type.dimensions:
            made = Index("an_extra_index", (IndexKey(column.name),))
            extra = op.CreateIndex(table.name, made)
            yield Mutation("extra index", "index-missing", table.name, _object((column.name,)), (extra,))
            lower = Index("an_extra_index", (IndexKey(expression=read_expression(f'lower("{column.name}")')),))
            if column.type.base == "text":
                added = op.CreateIndex(table.name, lower)
                name = _index_object(lower)
                yield Mutation("extra index on an expression", "index-missing", table.name, name, (added,))


def _indexes_changed(schema: Schema) -> Iterator[Mutation]:
    for table, index in _indexes(schema):
        first, *others = index.keys
        if index.where is not None:
            yield _changed("partial predicate dropped", table, index, replace(index, where=None))
            other = read_expression(index.where.text.replace("10", "20"))
            yield _changed("partial predicate changed", table, index, replace(index, where=other))
        elif first.opclass:
            plain = replace(index, keys=(replace(first, opclass=""),))
            yield _changed("operator class", table, index, plain)
        elif index.method == "hash":
            yield _changed("method", table, index, replace(index, method="btree"))
        elif first.column and index.method == "btree" and not index.unique:
            turned = replace(first, descending=not first.descending, nulls_first=not first.descending)
            yield _changed("DESC", table, index, replace(index, keys=(turned, *others)))
            free = [column.name for column in table.columns if column.name not in index.reads()]
            yield _changed("INCLUDE", table, index, replace(index, include=(free[0],)))
            nulls = replace(first, nulls_first=not first.nulls_first)
            yield _changed("NULLS FIRST or LAST", table, index, replace(index, keys=(nulls, *others)))
            if others:
                yield _changed("order of columns", table, index, replace(index, keys=(*others, first)))


def _changed(row: str, table: Table, index: Index, other: Index) -> Mutation:
    steps = (op.DropIndex(Name(table.name.namespace, index.name)), op.CreateIndex(table.name, other))
    return Mutation(f"index: {row}", "index-columns", table.name, _index_object(index), steps)


def _uniqueness(schema: Schema) -> Iterator[Mutation]:
    for table in schema.in_order():
        for made in table.constraints:
            if isinstance(made, Unique):
                plain = Index(made.name, tuple(IndexKey(column) for column in made.columns))
                steps = (op.DropConstraint(table.name, made.name), op.CreateIndex(table.name, plain))
                yield Mutation("unique → plain index", "index-unique", table.name, _object(made.columns), steps)
                apart = replace(made, nulls_distinct=False)
                steps = (op.DropConstraint(table.name, made.name), op.AddConstraint(table.name, apart))
                yield Mutation("NULLS NOT DISTINCT", "index-columns", table.name, _object(made.columns), steps)
    for table, index in _indexes(schema):
        plain_columns = len(index.columns) == len(index.keys) and index.where is None
        if plain_columns and index.method == "btree" and not index.unique:
            drop = op.DropIndex(Name(table.name.namespace, index.name))
            steps = (drop, op.CreateIndex(table.name, replace(index, unique=True)))
            yield Mutation("plain → unique index", "index-unique", table.name, _index_object(index), steps)


def _primary_keys(schema: Schema) -> Iterator[Mutation]:
    for table in schema.in_order():
        key = table.primary_key
        if key is not None and len(key.columns) > 1 and not schema.referencing(table.name):
            turned = PrimaryKey(key.name, tuple(reversed(key.columns)))
            steps = (op.DropConstraint(table.name, key.name), op.AddConstraint(table.name, turned))
            yield Mutation("primary key: order of columns", "index-columns", table.name, _object(key.columns), steps)


def _checks(schema: Schema) -> Iterator[Mutation]:
    for table in schema.in_order():
        for check in table.checks:
            drop = op.DropConstraint(table.name, check.name)
            columns = tuple(sorted(check.expression.columns))
            name = columns[0] if len(columns) == 1 else _object(columns)
            yield Mutation("CHECK dropped", "check-missing", table.name, name, (drop,))
            other = Check(check.name, _other(check.expression))
            steps = (drop, op.AddConstraint(table.name, other))
            yield Mutation("CHECK changed", "check-missing", table.name, name, steps)
    for table, column in _free(schema):
        if column.type.base == "integer":
            made = Check("an_extra_check", read_expression(f'"{column.name}" > 3'))
            add = op.AddConstraint(table.name, made)
            yield Mutation("CHECK added", "check-missing", table.name, column.name, (add,))


def _other(condition: Expression) -> Expression:
    return read_expression(condition.text.replace(" 0", " 5").replace("1000", "2000"))


def _object(columns: tuple[str, ...]) -> str:
    return f"({','.join(columns)})"


def _index_object(index: Index) -> str:
    return _object(tuple(key.column or (key.expression.meaning if key.expression else "") for key in index.keys))
