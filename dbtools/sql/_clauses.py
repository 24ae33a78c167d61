"""Columns, constraints, indexes and tables as the clauses that define them."""

from __future__ import annotations

import re

from dbtools.model.expression import Expression
from dbtools.model.identifiers import quote, quote_all, quote_name, render_type
from dbtools.model.objects import (
    Check,
    Column,
    Constraint,
    Exclusion,
    ForeignKey,
    Generated,
    Identity,
    Index,
    IndexKey,
    NotNull,
    PrimaryKey,
    Table,
    Unique,
)
from dbtools.model.operation import CreateTable

SERIAL = {"smallint": "smallserial", "integer": "serial", "bigint": "bigserial"}
# What DEFAULT takes without brackets: a constant, a name, or one call, each perhaps cast.
_SIMPLE = re.compile(
    r"(?:'(?:[^']|'')*'|-?\d[\d.]*|[a-z_][\w.]*(?:\((?:'(?:[^']|'')*'(?:::\w+)?|[\w, ]*)\))?)(?:::\w+)?",
    re.IGNORECASE,
)


def column_clause(column: Column) -> str:
    """``name type COLLATE ... DEFAULT ... NOT NULL``."""
    serial = column.identity == "serial"
    parts = [quote(column.name), SERIAL[column.type.base] if serial else render_type(column.type)]
    if column.collation:
        parts.append(f"COLLATE {quote(column.collation)}")
    if column.generated:
        parts.append(generated_clause(column.generated))
    if column.default is not None:
        parts.append(f"DEFAULT {_operand(column.default)}")
    if column.identity and not serial:
        parts.append(identity_clause(column.identity))
    if not column.nullable:
        parts.append("NOT NULL")
    return " ".join(parts)


def _operand(expression: Expression) -> str:
    return expression.text if _SIMPLE.fullmatch(expression.text) else f"({expression.text})"


def identity_clause(identity: Identity) -> str:
    """``GENERATED ... AS IDENTITY``."""
    return f"GENERATED {'ALWAYS' if identity == 'always' else 'BY DEFAULT'} AS IDENTITY"


def generated_clause(generated: Generated) -> str:
    """``GENERATED ALWAYS AS (...) STORED | VIRTUAL``."""
    return f"GENERATED ALWAYS AS ({generated.expression.text}) {'STORED' if generated.stored else 'VIRTUAL'}"


def constraint_clause(constraint: Constraint) -> str:
    """``CONSTRAINT name ...``; without a name where PostgreSQL is to choose it."""
    name = f"CONSTRAINT {quote(constraint.name)} " if constraint.name else ""
    return name + _definition(constraint)


def _definition(constraint: Constraint) -> str:
    match constraint:
        case PrimaryKey():
            return f"PRIMARY KEY ({quote_all(constraint.columns)})"
        case Unique():
            nulls = "" if constraint.nulls_distinct else "NULLS NOT DISTINCT "
            return f"UNIQUE {nulls}({quote_all(constraint.columns)}){_deferrable(constraint)}"
        case ForeignKey():
            return f"FOREIGN KEY ({quote_all(constraint.columns)}) {_foreign_key(constraint)}"
        case Check():
            return f"CHECK ({constraint.expression.text}){_state(constraint)}"
        case NotNull():
            return f"NOT NULL {quote(constraint.column)}{'' if constraint.validated else ' NOT VALID'}"
        case Exclusion():
            return constraint.text


def _foreign_key(key: ForeignKey) -> str:
    columns = f" ({quote_all(key.target_columns)})" if key.target_columns else ""
    text = f"REFERENCES {quote_name(key.target)}{columns}{' MATCH FULL' if key.full else ''}"
    if key.on_delete != "NO ACTION":
        text += f" ON DELETE {key.on_delete}{f' ({quote_all(key.clears)})' if key.clears else ''}"
    if key.on_update != "NO ACTION":
        text += f" ON UPDATE {key.on_update}"
    return text + _deferrable(key) + _state(key)


def _deferrable(constraint: Unique | ForeignKey) -> str:
    if constraint.deferrable and constraint.deferred:
        return " DEFERRABLE INITIALLY DEFERRED"
    return " DEFERRABLE" if constraint.deferrable else ""


def _state(constraint: Check | ForeignKey) -> str:
    if not constraint.enforced:
        return " NOT ENFORCED"
    return "" if constraint.validated else " NOT VALID"


def inline_clause(constraint: Constraint) -> str:
    """A constraint written on its one column."""
    name = f"CONSTRAINT {quote(constraint.name)} " if constraint.name else ""
    match constraint:
        case PrimaryKey():
            return f"{name}PRIMARY KEY"
        case Unique():
            nulls = "" if constraint.nulls_distinct else " NULLS NOT DISTINCT"
            return f"{name}UNIQUE{nulls}{_deferrable(constraint)}"
        case ForeignKey():
            return name + _foreign_key(constraint)
        case NotNull():
            return f"{name}NOT NULL"
        case Check() | Exclusion():
            return constraint_clause(constraint)


def adopting_clause(constraint: Constraint, index: str) -> str:
    """``CONSTRAINT name UNIQUE USING INDEX index``."""
    name = f"CONSTRAINT {quote(constraint.name)} " if constraint.name else ""
    kind = "PRIMARY KEY" if isinstance(constraint, PrimaryKey) else "UNIQUE"
    deferrable = _deferrable(constraint) if isinstance(constraint, Unique) else ""
    return f"{name}{kind} USING INDEX {quote(index)}{deferrable}"


def index_clause(index: Index) -> str:
    """What follows ``ON table``: method, keys, INCLUDE and WHERE."""
    text = "" if index.method == "btree" else f"USING {quote(index.method)} "
    text += f"({', '.join(map(_key, index.keys))})"
    if index.include:
        text += f" INCLUDE ({quote_all(index.include)})"
    if not index.nulls_distinct:
        text += " NULLS NOT DISTINCT"
    return text if index.where is None else f"{text} WHERE {index.where.text}"


def _key(key: IndexKey) -> str:
    parts = [quote(key.column) if key.column else f"({key.expression or ''})"]
    if key.collation:
        parts.append(f"COLLATE {quote(key.collation)}")
    if key.opclass:
        parts.append(quote(key.opclass))
    if key.descending:
        parts.append("DESC")
    if key.nulls_first != key.descending:
        parts.append("NULLS FIRST" if key.nulls_first else "NULLS LAST")
    return " ".join(parts)


def table_text(operation: CreateTable) -> str:
    """CREATE TABLE, whole."""
    table = operation.table
    kind = {"permanent": "", "unlogged": "UNLOGGED ", "temporary": "TEMPORARY "}[table.persistence]
    name = quote(table.name.local) if table.persistence == "temporary" else quote_name(table.name)
    text = f"CREATE {kind}TABLE {'IF NOT EXISTS ' if operation.if_not_exists else ''}{name}"
    if operation.query:
        return f"{text} AS {operation.query}{'' if operation.populated else ' WITH NO DATA'}"
    if table.of is not None:
        return f"{text} OF {quote_name(table.of)}{_settings(table)}"
    inside = _inside(operation)
    if table.partition_of is not None:
        text += f" PARTITION OF {quote_name(table.partition_of.parent)}{f' ({inside})' if inside else ''}"
        text += f" {table.partition_of.bound}"
    else:
        text += f" ({inside})"
    if table.inherits:
        text += f" INHERITS ({', '.join(map(quote_name, table.inherits))})"
    if table.partition_by is not None:
        text += f" PARTITION BY {table.partition_by.strategy} ({_partition_key(table)})"
    return text + _settings(table)


def _settings(table: Table) -> str:
    method = "" if table.method == "heap" else f" USING {quote(table.method)}"
    return method + (f" TABLESPACE {quote(table.tablespace)}" if table.tablespace else "")


def _inside(operation: CreateTable) -> str:
    table = operation.table
    return ", ".join(
        (
            *(f"LIKE {quote_name(source)}" for source in operation.like),
            *map(column_clause, table.columns),
            *map(constraint_clause, table.constraints),
        )
    )


def _partition_key(table: Table) -> str:
    keys = table.partition_by.columns if table.partition_by else ()
    return ", ".join(quote(key) if table.column(key) or key.isidentifier() else f"({key})" for key in keys)
