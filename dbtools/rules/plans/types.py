"""Columns that change their type or their name: by a second column that a trigger and batches fill."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from dbtools.model import operation as op
from dbtools.model.expression import Expression, Name, Type
from dbtools.model.identifiers import dollar_quoted, quote, quote_name
from dbtools.model.naming import object_name
from dbtools.model.objects import Check, Column, Index, Table
from dbtools.model.plan import Plan, Step, plan
from dbtools.model.predict.dependents import of_column
from dbtools.model.predict.relations import family, views_reading
from dbtools.model.schema import Schema
from dbtools.rules.base import Context
from dbtools.rules.plans.columns import batched
from dbtools.rules.plans.constraints import alone, checked, proof, step

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dbtools.model.value import dataclass


def changed(context: Context, operation: op.SetType) -> Plan | None:
    """Whichever harm the change does: a rewrite, an index built again, a CHECK that reads every row."""
    effects, old = context.effects, operation.old
    if effects.fails or effects.uncertain or old is None:
        return None
    if operation.change is not None and operation.change.narrows and is_limit(old, operation.type):
        return plan(
            checked(context, operation.table, limit(operation)),
            instead=f"keeps {old} and limits what is written by a CHECK",
        )
    if effects.rewrites:
        return _second(context, operation)
    if effects.builds or effects.scans:
        return _aside(context, operation)
    return None


def is_limit(old: Type, new: Type) -> bool:
    """Whether the change does nothing but limit a text's length."""
    return old.base in {"text", "varchar"} and new.base == "varchar" and not (old.dimensions or new.dimensions)


def limit(operation: op.SetType) -> Check:
    """The CHECK that limits a text as its new type would."""
    text = f"length({quote(operation.column)}) <= {operation.type.modifiers[0]}"
    return Check("", Expression(text, text, (operation.column,)))


def _aside(context: Context, operation: op.SetType) -> Plan | None:
    """What would be built or checked again is dropped before, and made again after it while nobody waits."""
    table = context.before.table(operation.table)
    if table is None or len(family(table.name, context.before)) > 1:
        return None
    plain = [index for index in table.indexes if Name(table.name.namespace, index.name) in context.effects.builds]
    if len(plain) < len(context.effects.builds) or any(index.unique for index in plain):
        return None  # one behind a constraint cannot be dropped alone, and without a unique one duplicates come in
    checks = [check for check in table.checks if check.validated and operation.column in check.expression.columns]
    gone = [op.DropIndex(Name(table.name.namespace, index.name), concurrently=True) for index in plain]
    back = [op.CreateIndex(table.name, index, concurrently=True) for index in plain]
    retyped = step(
        context,
        *(op.DropConstraint(table.name, check.name) for check in checks),
        operation,
        *(op.AddConstraint(table.name, replace(check, validated=False)) for check in checks),
    )
    validated = step(context, *(op.ValidateConstraint(table.name, check.name) for check in checks))
    return plan(
        *(alone(context, each) for each in gone),
        retyped,
        *((validated,) if checks else ()),
        *(alone(context, each) for each in back),
    )


@dataclass(frozen=True, slots=True)
class _Twin:
    """A second column beside ``column``: ``value`` computes it from a row, ``both`` where old and new code write."""

    table: Table
    column: Column
    name: str
    type: Type
    value: str
    both: bool = False

    @property
    def sync(self) -> str:
        """What the trigger and its function are called."""
        return object_name(self.table.name.local, self.name, "sync")

    @property
    def function(self) -> str:
        return quote_name(Name(self.table.name.namespace, self.sync))


def _second(context: Context, operation: op.SetType) -> Plan | None:
    """The new type in a second column; the swap waits until the code copes with it."""
    table = context.before.table(operation.table)
    column = table.column(operation.column) if table is not None else None
    if table is None or column is None or not _is_free(context.before, table, column):
        return None
    value = operation.using.text if operation.using is not None else quote(column.name)
    twin = _Twin(table, column, object_name(column.name, "", "new"), operation.type, value)
    if table.column(twin.name) is not None:
        return None
    swapped: list[op.Operation] = [
        op.DropColumn(table.name, column.name),
        op.RenameColumn(table.name, twin.name, column.name),
        *_default(twin, column.name),
    ]
    after = f"the code that is deployed takes {column.name} as {operation.type}"
    return plan(_kept_equal(context, twin), _swap(context, twin, swapped, after))


def renamed(context: Context, operation: op.RenameColumn) -> Plan | None:
    """The new name as a second column, both kept equal, until nothing uses the old one."""
    table = context.before.table(operation.table)
    column = table.column(operation.column) if table is not None else None
    if table is None or column is None or context.effects.fails or not _is_free(context.before, table, column):
        return None
    twin = _Twin(table, column, operation.to, column.type, quote(column.name), both=True)
    after = f"nothing that runs uses {table.name}.{column.name} any more"
    gone: list[op.Operation] = [op.DropColumn(table.name, column.name), *_default(twin, twin.name)]
    return plan(_kept_equal(context, twin), _swap(context, twin, gone, after))


def _default(twin: _Twin, name: str) -> list[op.Operation]:
    default = twin.column.default
    return [op.SetDefault(twin.table.name, name, default)] if default is not None else []


def _is_free(schema: Schema, table: Table, column: Column) -> bool:
    """Whether nothing but plain indexes depends on the column, so that another can take its place."""
    name = column.name
    if not schema.is_certain(table.name) or len(family(table.name, schema)) > 1 or table.partition_of or table.inherits:
        return False
    if column.identity or column.generated or column.collation or views_reading(table.name, "", schema):
        return False
    referenced = any(name in key.target_columns for _, key in schema.referencing(table.name))
    if referenced or any(of_column(table, name, schema)):
        return False
    if any(name in _columns(each) for each in table.constraints):
        return False
    return all(_is_plain(index, name) for index in table.indexes)


def _columns(constraint: object) -> tuple[str, ...]:
    expression = getattr(constraint, "expression", None)
    if expression is not None:
        return tuple(expression.columns)
    return tuple(getattr(constraint, "columns", ())) or (getattr(constraint, "column", ""),)


def _is_plain(index: Index, column: str) -> bool:
    if column not in index.reads():
        return True
    return not index.unique and index.where is None and len(index.columns) == len(index.keys)


def _kept_equal(context: Context, twin: _Twin) -> Iterator[Step]:
    """The second column, kept equal by a trigger, filled, indexed and proven as the first one is."""
    table, name = twin.table.name, quote(twin.name)
    target, first = quote_name(table), quote(twin.column.name)
    yield step(
        context,
        op.AddColumn(table, Column(twin.name, twin.type)),
        f"CREATE FUNCTION {twin.function}() RETURNS trigger LANGUAGE plpgsql AS {dollar_quoted(_body(twin))}",
        f"CREATE TRIGGER {quote(twin.sync)} BEFORE INSERT OR UPDATE ON {target} "
        f"FOR EACH ROW EXECUTE FUNCTION {twin.function}()",
    )
    yield batched(table, twin.name, twin.value, f"{name} IS NULL AND {first} IS NOT NULL")
    for index in _indexes(twin):
        yield alone(context, op.CreateIndex(table, _moved(twin, index), concurrently=True))
    if not twin.column.nullable:
        yield from checked(context, table, proof(context, table, twin.name))


def _body(twin: _Twin) -> str:
    first, second = quote(twin.column.name), quote(twin.name)
    row = quote(twin.table.name.local)
    forth = f"NEW.{second} := (SELECT {twin.value} FROM (SELECT NEW.*) AS {row});"  # noqa: S608 - written, not run
    if not twin.both:
        # a column may be called "new" as well
        return f"\n#variable_conflict use_column\nBEGIN\n  {forth}\n  RETURN NEW;\nEND\n"
    return f"""
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.{second} := coalesce(NEW.{second}, NEW.{first});
    NEW.{first} := NEW.{second};
  ELSIF NEW.{second} IS DISTINCT FROM OLD.{second} THEN
    NEW.{first} := NEW.{second};
  ELSE
    NEW.{second} := NEW.{first};
  END IF;
  RETURN NEW;
END
"""


def _indexes(twin: _Twin) -> list[Index]:
    return [index for index in twin.table.indexes if twin.column.name in index.reads()]


def _moved(twin: _Twin, index: Index) -> Index:
    """The index over the second column, under a name of its own until the first one goes."""
    keys = tuple(replace(key, column=twin.name) if key.column == twin.column.name else key for key in index.keys)
    include = tuple(twin.name if name == twin.column.name else name for name in index.include)
    return replace(index, name=object_name(index.name, "", "new"), keys=keys, include=include)


def _swap(context: Context, twin: _Twin, swapped: list[op.Operation], after: str) -> Step:
    """The first column goes with its indexes, the second takes its place."""
    table = twin.table.name
    target = quote_name(table)
    proven = proof(context, table, twin.name).name
    not_null: list[op.Operation] = (
        []
        if twin.column.nullable
        else [op.SetNullable(table, twin.name, nullable=False), op.DropConstraint(table, proven)]
    )
    comment = twin.column.comment
    final = twin.name if twin.both else twin.column.name
    return step(
        context,
        f"DROP TRIGGER {quote(twin.sync)} ON {target}",
        f"DROP FUNCTION {twin.function}()",
        *not_null,
        *swapped,
        *(op.Rename("index", Name(table.namespace, _moved(twin, index).name), index.name) for index in _indexes(twin)),
        *([op.Comment("column", table, comment, final)] if comment else []),
        after=after,
    )
