"""Why PostgreSQL refuses a statement that no rule of its own speaks of, in the words of the user's objects."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.model.expression import Name
from dbtools.model.objects import Column, ForeignKey, PrimaryKey, Table, Unique
from dbtools.model.predict import undefined
from dbtools.rules.base import Context
from dbtools.rules.wording import joined


class Reason(NamedTuple):
    """A sentence without its SQLSTATE, and where it belongs."""

    message: str
    hint: str = ""
    table: str = ""
    object: str = ""


def reason(context: Context) -> Reason:
    """The best that can be said; the SQLSTATE alone where nothing better is known."""
    tell = CODES.get(context.effects.fails or "")
    told = tell(context) if tell is not None else None
    return told or _unexplained(context)


def _unexplained(context: Context) -> Reason:
    table, thing = _subject(context.operation)
    what = f"the statement on {table or thing}" if table or thing else "the statement"
    return Reason(f"PostgreSQL refuses {what}", MANUAL, table, thing or context.text.split(None, 1)[0].upper())


MANUAL = "the SQLSTATE is explained in the manual, appendix A; rehearse the migration to see the whole error"


def _subject(operation: op.Operation) -> tuple[str, str]:
    """The table and the object of it that an operation is about."""
    match operation:
        case op.CreateTable(made):
            return str(made.name), ""
        case op.AddColumn(table, column):
            return str(table), column.name
        case op.CreateIndex(table, index):
            return str(table), index.name
        case op.AddConstraint(table, constraint):
            return str(table), constraint.name
        case op.CreateView(view):
            return str(view.name), ""
        case op.CreateFunction(function):
            return "", f"{function.name}()"
        case op.AttachPartition(partition):
            return str(partition), ""
        case op.Truncate(tables) | op.LockTable(tables):
            return str(tables[0]), ""
        case op.CreateEnum(enum):
            return "", str(enum.name)
    on, name = getattr(operation, "table", None), getattr(operation, "name", "")
    if isinstance(on, Name):
        return str(on), str(getattr(operation, "column", "") or name)
    return (str(name), "") if isinstance(name, Name) else ("", str(name))


def _columns_of(operation: op.Operation, context: Context) -> tuple[Column, ...]:
    match operation:
        case op.AddColumn(_, column):
            return (column,)
        case op.CreateTable(table):
            return table.columns
        case op.SetDefault(name, changed, default):
            there = context.before.table(name)
            found = there.column(changed) if there is not None else None
            return (Column(changed, found.type, default=default),) if found is not None else ()
    return ()


def _no_value(context: Context) -> Reason | None:
    """A default that its column's type does not take."""
    from dbtools.model.literals import is_refused, is_too_long

    table, _ = _subject(context.operation)
    for column in _columns_of(context.operation, context):
        text = column.default.text if column.default is not None else ""
        enum = context.before.enums.get(column.type.name)
        if is_refused(text, column.type, context.before):
            labels = f"its labels are {joined(enum.labels)}" if enum is not None else f"give a value of {column.type}"
            message = f"the default {text} of {table}.{column.name} is no value of {column.type}"
            return Reason(message, labels, table, column.name)
        if is_too_long(text, column.type):
            message = f"the default {text} of {table}.{column.name} does not fit {column.type}"
            return Reason(message, "shorten the default, or make the column longer", table, column.name)
    return None


def _unlike(context: Context) -> Reason | None:
    """A type change without a cast between the two types."""
    match context.operation:
        case op.SetType(table, column, kind, old=old, using=using):
            message = f"{old} of {table}.{column} does not turn into {kind}" + (" even so" if using else " by itself")
            hint = f"say how with USING, if each value can become one of {kind}; better add a second column and fill it"
            return Reason(message, hint, str(table), column)
    return None


def _no_key(context: Context) -> Reason | None:
    """A foreign key to what is no key."""
    table, keys = _foreign_keys(context)
    for key in keys:
        there = table if table is not None and key.target == table.name else context.before.table(key.target)
        primary = there.primary_key.columns if there is not None and there.primary_key else ()
        wanted = key.target_columns or primary
        on = str(table.name) if table is not None else ""
        if len(wanted) != len(key.columns):
            message = f"a foreign key of {len(key.columns)} columns cannot refer to {len(wanted)} of {key.target}"
            return Reason(message, "name as many columns on either side", on, key.name)
        if there is not None and not any(set(own) == set(wanted) for own in there.keys):
            message = f"{key.target} has no unique key over {joined(wanted)}, which a foreign key needs"
            hint = (
                f"make {joined(wanted)} of {key.target} unique first: CREATE UNIQUE INDEX CONCURRENTLY, then adopt it"
            )
            return Reason(message, hint, on, key.name)
    return None


def _foreign_keys(context: Context) -> tuple[Table | None, tuple[ForeignKey, ...]]:
    match context.operation:
        case op.AddConstraint(name, ForeignKey() as key):
            return context.before.table(name), (key,)
        case op.AddColumn(name, column, constraints):
            table = context.before.table(name)
            keys = tuple(found for found in constraints if isinstance(found, ForeignKey))
            return table and table.with_column(column), keys
        case op.CreateTable(table):
            return table, table.foreign_keys
    return None, ()


def _invalid_table(context: Context) -> Reason | None:
    """42P16: primary keys, partition keys, inherited columns."""
    match context.operation:
        case op.AddConstraint(table, PrimaryKey()):
            return Reason(f"{table} has a primary key already", "drop the old one first", str(table), "")
        case op.CreateTable(table):
            return Reason(f"{table.name} is given two primary keys", "make one of them UNIQUE", str(table.name))
        case op.SetNullable(table, column):
            message = f"{column} is in the primary key of {table}, and so is never null"
            return Reason(message, "drop the primary key first, if the column is to take nulls", str(table), column)
        case op.DropColumn(table, column) | op.SetType(table, column) | op.RenameColumn(table, column):
            there = context.before.table(table)
            if there is not None and there.partition_by is not None and column in there.partition_by.columns:
                message = f"{table} is partitioned by {column}, which can neither be dropped nor change its type"
                return Reason(message, "make a new partitioned table and move the rows", str(table), column)
            message = f"{table} inherits {column}, so it cannot be changed here"
            return Reason(message, "change it on the parent, and all partitions follow", str(table), column)
    return None


def _unsupported(context: Context) -> Reason | None:
    """0A000: keys of partitioned tables, subqueries, references between columns."""
    operation = context.operation
    match operation:
        case op.Truncate(tables):
            message = f"cannot truncate {joined(tables)}: a foreign key of another table refers to it"
            return Reason(message, "name that table in the same TRUNCATE", str(tables[0]))
        case op.CreateIndex(table, index):
            return _without_partition_key(context, table, index.name)
        case op.AddConstraint(table, PrimaryKey() | Unique() as constraint):
            return _without_partition_key(context, table, constraint.name)
        case op.AddColumn(table, column) if column.default is not None and column.default.columns:
            message = f"the default of {table}.{column.name} names a column"
            return Reason(message, "fill it with UPDATE, or make it a generated column", str(table), column.name)
        case op.AddColumn(table, column):
            return _without_partition_key(context, table, column.name)
        case op.CreateTable(table):
            if table.partition_by is not None:
                message = f"a key of {table.name} leaves out {joined(table.partition_by.columns)}, its partition key"
                return Reason(message, "a unique key of a partitioned table holds its partition key", str(table.name))
            message = f"{table.name} has a default that names a column, or a CHECK with a subquery"
            return Reason(message, "neither can look beyond its own value or row: use a trigger", str(table.name))
        case op.AddConstraint(table, constraint):
            message = f"the CHECK on {table} holds a subquery"
            return Reason(
                message, "a CHECK sees its own row only: use a foreign key or a trigger", str(table), constraint.name
            )
    return None


def _without_partition_key(context: Context, table: Name, name: str) -> Reason | None:
    there = context.before.table(table)
    if there is None or there.partition_by is None:
        return None
    by = joined(there.partition_by.columns)
    message = f"a unique key of {table} must hold {by}, by which it is partitioned"
    return Reason(message, f"add {by} to the key", str(table), name)


def _wrong_kind(context: Context) -> Reason | None:
    """42809: the object is of another kind."""
    operation, before = context.operation, context.before
    match operation:
        case op.CreateView(view):
            return Reason(f"{view.name} is no view that could be replaced", "choose another name", str(view.name))
        case op.AddColumn(table) if (found := before.table(table)) and found.partition_of:
            message = f"{table} is a partition, whose columns are those of {found.partition_of.parent}"
            return Reason(message, "add the column to the parent", str(table), operation.column.name)
        case op.AttachPartition(partition, of):
            found = before.table(partition)
            already = found is not None and found.partition_of is not None
            message = f"{partition} is a partition already" if already else f"{of.parent} is not partitioned"
            return Reason(message, "", str(partition))
        case op.AddConstraint(table, ForeignKey()) if table in before.tables:
            message = f"PostgreSQL {context.session.version} takes no NOT VALID foreign key on the partitioned {table}"
            return Reason(message, "add it to each partition: NOT VALID first, then VALIDATE", str(table))
    misnamed = undefined.misnamed(operation, before)
    if misnamed is None:
        return None
    name, kind = misnamed
    _, thing = _subject(operation)
    article = "an" if kind == "index" else "a"
    match operation:
        case op.DropTable() | op.DropView() | op.DropIndex() | op.DropSequence():
            return Reason(f"{name} is {article} {kind}", f"say DROP {kind.upper()}", str(name))
        case op.Rename() | op.SetNamespace() | op.AlterSequence() | op.AlterIndex():
            return Reason(f"{name} is {article} {kind}", f"say ALTER {kind.upper()}", str(name))
        case op.AddColumn() | op.DropColumn() | op.SetType() | op.SetNullable() | op.AddConstraint() | op.CreateIndex():
            return Reason(f"{name} is {article} {kind}, and has no columns or indexes of its own", "", str(name), thing)
    return Reason(f"{name} is {article} {kind}, which the statement cannot be about", "", str(name), thing)


def _not_in_state(context: Context) -> Reason | None:
    """55000: identity columns, REFRESH CONCURRENTLY."""
    match context.operation:
        case op.SetIdentity(table, column) as operation if operation.changes:
            return Reason(f"{table}.{column} is no identity column", "ADD GENERATED ... first", str(table), column)
        case op.SetIdentity(table, column):
            message = f"{table}.{column} must be NOT NULL, without a default and no identity column yet"
            return Reason(message, "make it so in the statements before", str(table), column)
        case op.RefreshView(name):
            message = f"{name} has no unique index over all its rows, which REFRESH ... CONCURRENTLY needs"
            return Reason(message, "create one, over columns and without WHERE", str(name))
    return None


def _syntax(context: Context) -> Reason | None:
    """42601: identity and generated columns, and what an older server does not know."""
    version = context.session.version
    match context.operation:
        case op.SetDefault(table, column) | op.SetNullable(table, column):
            message = f"{table}.{column} is an identity or generated column, which has no default and takes no null"
            return Reason(message, "DROP IDENTITY or DROP EXPRESSION first", str(table), column)
        case op.AddColumn(table, column):
            message = f"PostgreSQL {version} knows no VIRTUAL generated columns"
            return Reason(message, "18 does; before, only STORED, which rewrites the table", str(table), column.name)
        case op.SetGenerated(table, column):
            return Reason(f"PostgreSQL {version} knows no SET EXPRESSION", "17 does", str(table), column)
        case op.AddConstraint(table, constraint):
            message = f"PostgreSQL {version} knows neither NOT ENFORCED nor a named NOT NULL constraint"
            return Reason(message, "18 does", str(table), constraint.name)
    return None


def _returns(context: Context) -> Reason | None:
    match context.operation:
        case op.CreateFunction(function):
            old = context.before.functions.get((function.name, function.arguments))
            message = f"function {function.name}() returns {old.returns if old else '?'}, not {function.returns}"
            hint = "OR REPLACE keeps what is returned: DROP FUNCTION and CREATE it again, in the same transaction"
            return Reason(message, hint, "", f"{function.name}()")
    return None


def _outside(context: Context) -> Reason | None:
    match context.operation:
        case op.LockTable(tables):
            return Reason("LOCK TABLE locks nothing outside a transaction", "BEGIN before it", str(tables[0]))
    return None


def _invalid_object(context: Context) -> Reason | None:
    match context.operation:
        case op.CreateTable(table) if table.partition_of is not None:
            return Reason(f"{table.partition_of.parent} is not partitioned", "", str(table.name))
    return None


def _label(context: Context) -> Reason | None:
    table, thing = _subject(context.operation)
    return Reason("an enum label is longer than 63 bytes", "shorten it", table, thing)


CODES: dict[str, Callable[[Context], Reason | None]] = {
    sqlstate.INVALID_TEXT_REPRESENTATION: _no_value,
    sqlstate.STRING_DATA_RIGHT_TRUNCATION: _no_value,
    sqlstate.DATATYPE_MISMATCH: _unlike,
    sqlstate.CANNOT_COERCE: _unlike,
    sqlstate.STRING_DATA_LENGTH_MISMATCH: _unlike,
    sqlstate.INVALID_FOREIGN_KEY: _no_key,
    sqlstate.INVALID_TABLE_DEFINITION: _invalid_table,
    sqlstate.FEATURE_NOT_SUPPORTED: _unsupported,
    sqlstate.WRONG_OBJECT_TYPE: _wrong_kind,
    sqlstate.OBJECT_NOT_IN_PREREQUISITE_STATE: _not_in_state,
    sqlstate.SYNTAX_ERROR: _syntax,
    sqlstate.INVALID_FUNCTION_DEFINITION: _returns,
    sqlstate.NO_ACTIVE_SQL_TRANSACTION: _outside,
    sqlstate.INVALID_OBJECT_DEFINITION: _invalid_object,
    sqlstate.INVALID_NAME: _label,
}
