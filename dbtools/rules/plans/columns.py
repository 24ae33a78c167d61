"""New columns whose rows are filled in batches, and whose constraints come after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeGuard

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.model.expression import Name
from dbtools.model.identifiers import dollar_quoted, literal, quote, quote_name
from dbtools.model.naming import chosen_name, object_name, sequence_name
from dbtools.model.objects import Check, Column, Constraint, ForeignKey, PrimaryKey, Unique
from dbtools.model.plan import Plan, Step, plan
from dbtools.rules.base import Context
from dbtools.rules.plans.constraints import built, checked, is_partitioned, not_null, step

BATCH = 256  # pages: some 2 MB, a fraction of a second
PASSES = 5
FILLED = "the code that fills {column} is deployed and the old rows are filled"


def added(context: Context, operation: op.AddColumn) -> Plan | None:
    """ADD COLUMN without what reads or writes every row; that comes after it."""
    column = operation.column
    if column.generated is not None or _is_constrained_domain(context, column):
        return None
    indexed = [each for each in operation.constraints if isinstance(each, PrimaryKey | Unique)]
    if indexed and is_partitioned(context, operation.table):
        return None
    required = not column.nullable or any(isinstance(each, PrimaryKey) for each in indexed)
    scanning = [each for each in operation.constraints if _scans(each, column)]
    kept = tuple(each for each in operation.constraints if each not in (*indexed, *scanning))
    operation = replace(operation, constraints=kept)
    scanning = _named(context, operation.table, scanning)
    start, *filled = _filled(context, operation, required=required, taken=[each.name for each in scanning])
    pairs = [checked(context, operation.table, each) for each in scanning]
    first = replace(start, sql=start.sql + tuple(text for pair in pairs for text in pair[0].sql))
    validated = [Step(tuple(text for pair in pairs for text in pair[1].sql))] if pairs else []
    return plan(first, _beside(filled, validated), *(built(context, operation.table, each) for each in indexed))


def _beside(steps: list[Step], others: list[Step]) -> Iterator[Step]:
    """*others* in the same file as the last of *steps*, where that one takes more."""
    if steps and others and steps[-1].transaction and not steps[-1].after:
        yield from steps[:-1]
        yield replace(steps[-1], sql=others[0].sql + steps[-1].sql)  # to validate needs no strong lock: it goes first
        return
    waiting = any(each.after for each in steps)
    yield from (*others, *steps) if waiting else (*steps, *others)


def _is_constrained_domain(context: Context, column: Column) -> bool:
    domain = context.before.domains.get(column.type.name)
    return domain is not None and domain.constrained and not column.type.dimensions


def _scans(constraint: Constraint, column: Column) -> TypeGuard[Check | ForeignKey]:
    """Whether it looks at every row when it stands on a new column; a foreign key finds only nulls without a value."""
    if isinstance(constraint, ForeignKey):
        return column.default is not None
    return isinstance(constraint, Check) and constraint.validated and constraint.enforced


def _named(context: Context, table: Name, scanning: list[Check | ForeignKey]) -> list[Check | ForeignKey]:
    """Every constraint with a name that none of the others takes."""
    names: list[str] = []
    for each in scanning:
        names.append(each.name or chosen_name(context.before, table, each, taken=names))
    return [replace(each, name=name) for each, name in zip(scanning, names, strict=True)]


def _filled(context: Context, operation: op.AddColumn, *, required: bool, taken: list[str]) -> Iterator[Step]:
    """The column, what fills it, and its NOT NULL."""
    table, column = operation.table, operation.column
    bare = replace(operation, column=replace(column, nullable=True, default=None, identity=""))
    proof: tuple[Step, ...] = not_null(context, table, column.name, taken=taken) if required or column.identity else ()
    if column.identity:
        yield from _numbered(context, bare, column, proof)
    elif column.default is not None and _writes_rows(context, operation):
        yield step(context, bare, op.SetDefault(table, column.name, column.default))
        yield batched(table, column.name, "DEFAULT", f"{quote(column.name)} IS NULL")
        yield from proof
    elif required and context.effects.fails == sqlstate.NOT_NULL_VIOLATION:
        yield step(context, bare)
        yield replace(proof[0], after=FILLED.format(column=column.name))
        yield from proof[1:]
    else:
        yield step(context, operation)


def _writes_rows(context: Context, operation: op.AddColumn) -> bool:
    return bool(context.effects.rewrites) or bool(context.effects.uncertain and operation.column.default)


def _numbered(context: Context, bare: op.AddColumn, column: Column, proof: tuple[Step, ...]) -> Iterator[Step]:
    """Numbers from a sequence: a serial keeps it, an identity column takes over where it stands."""
    table, name = bare.table, column.name
    serial = column.identity == "serial"
    sequence = (
        sequence_name(context.before, table, name)
        if serial
        else Name(table.namespace, object_name(table.local, name, "fill"))
    )
    spelled = quote_name(sequence)
    owned = f" OWNED BY {quote_name(table)}.{quote(name)}" if serial else ""
    yield step(
        context,
        bare,
        f"CREATE SEQUENCE {spelled} AS {column.type}{owned}",
        f"ALTER TABLE {quote_name(table)} ALTER COLUMN {quote(name)} SET DEFAULT nextval({literal(spelled)})",
    )
    yield batched(table, name, "DEFAULT", f"{quote(name)} IS NULL")
    yield from proof
    if not serial:
        own = f"pg_get_serial_sequence({literal(quote_name(table))}, {literal(name)})"
        yield step(
            context,
            op.SetDefault(table, name, None),
            op.SetIdentity(table, name, column.identity),
            f"SELECT setval({own}, nextval({literal(spelled)}), false)",
            op.DropSequence(sequence),
        )


def batched(table: Name, column: str, value: str, where: str) -> Step:
    """Every row that meets *where* gets *value*, a few pages of the table per transaction.

    Rows that others move meanwhile are found by the next pass.
    """
    name, text = quote_name(table), literal(quote_name(table))
    pages = f"SELECT max(pg_relation_size(relid)) FROM pg_partition_tree({text})"  # noqa: S608 - written, not run
    size = f"coalesce(({pages}), pg_relation_size({text})) / current_setting('block_size')::int"
    first, after = (f"format('(%s,0)', dbtools_page{more})::tid" for more in ("", f" + {BATCH}"))
    body = f"""
DECLARE
  dbtools_filled bigint;
  dbtools_total bigint;
BEGIN
  FOR dbtools_pass IN 1 .. {PASSES} LOOP
    dbtools_total := 0;
    FOR dbtools_page IN 0 .. {size} BY {BATCH} LOOP
      UPDATE {name} SET {quote(column)} = {value}
      WHERE {where} AND ctid >= {first} AND ctid < {after};
      GET DIAGNOSTICS dbtools_filled = ROW_COUNT;
      dbtools_total := dbtools_total + dbtools_filled;
      COMMIT;
    END LOOP;
    EXIT WHEN dbtools_total = 0;
  END LOOP;
END
"""  # noqa: S608 - written, not run
    return Step((f"DO {dollar_quoted(body)}",), transaction=False)
