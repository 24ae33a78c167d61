"""Columns: added, dropped, retyped, made NOT NULL."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model import operation as op
from dbtools.model.effects import Effects, LockMode, Loss
from dbtools.model.expression import Expression, Name, Type, TypeChange, Volatility
from dbtools.model.limits import MOST_COLUMNS, TOO_MANY_COLUMNS
from dbtools.model.objects import Check, Column, ForeignKey, PrimaryKey, Table, Unique
from dbtools.model.predict import constraints
from dbtools.model.predict.relations import (
    AE,
    DEPENDENT_OBJECTS,
    DUPLICATE_COLUMN,
    FEATURE_NOT_SUPPORTED,
    SYNTAX_ERROR,
    UNDEFINED_COLUMN,
    UNDEFINED_OBJECT,
    assumed,
    dependents,
    family,
    index_names,
    locks,
    missing,
    not_null_scan,
    rewrite,
    stored,
    unresolved,
    views_reading,
)
from dbtools.model.predict.session import SET_EXPRESSION_SINCE, VIRTUAL_SINCE, Session
from dbtools.model.schema import Schema

SUE = LockMode.SHARE_UPDATE_EXCLUSIVE
NOT_NULL_VIOLATION, UNSAFE_NEW_LABEL, PRIMARY_KEY_COLUMN = "23502", "55P04", "42P16"


def known(table: Name, column: str, schema: Schema) -> Effects | None:
    """None when the column exists; else the effects of naming one that does not, or that nobody knows."""
    found = schema.table(table)
    if found is None:
        return missing(table, schema, AE)
    if found.column(column) is None:
        if schema.is_certain(table):
            return Effects(fails=UNDEFINED_COLUMN)
        return Effects({table: AE}, uncertain=f"{table}.{column} is not known")
    return None


def brief(table: Name, column: str, schema: Schema) -> Effects:
    """A change of the catalogue only, on the table and what inherits from it."""
    return known(table, column, schema) or Effects(locks(family(table, schema), AE))


def alter(operation: op.AlterColumn, schema: Schema) -> Effects:
    """SET STATISTICS and options let everything through, SET STORAGE and COMPRESSION nothing."""
    mode = SUE if operation.action in {"statistics", "options"} else AE
    found = known(operation.table, operation.column, schema)
    return found or Effects(locks(family(operation.table, schema), mode))


def volatility(expression: Expression, schema: Schema) -> Volatility:
    """The worst of an expression's parts; a function that the schema does not hold is unknown.

    A volatile SQL function whose body is inlined behaves as its body: measured for ``select 1``.
    """
    worst = expression.volatility
    for call in expression.calls:
        found = [function for (name, _), function in schema.functions.items() if name == call]
        if not found:
            return Volatility.UNKNOWN
        if any(function.language == "sql" for function in found) and worst < Volatility.VOLATILE:
            # Inlining depends on the body; a constant body was measured to be inlined whatever it is declared as.
            worst = max(worst, *(_inlined(function.body, function.volatility) for function in found))
        else:
            worst = max(worst, *(function.volatility for function in found))
    return worst


def _inlined(body: str, declared: Volatility) -> Volatility:
    words = body.strip().rstrip(";").lower().split()
    constant = len(words) == len(("select", "1")) and words[0] == "select" and "(" not in words[1]
    return Volatility.IMMUTABLE if constant else declared


def add(operation: op.AddColumn, schema: Schema, session: Session) -> Effects:
    """ADD COLUMN is brief unless every row needs a value of its own, or a constraint has to look at them."""
    table, column = schema.table(operation.table), operation.column
    if table is None:
        found = missing(operation.table, schema, AE)
        return found if found.fails else found | add(operation, assumed(operation.table, schema), session)
    if table.column(column.name) is not None:
        return Effects({table.name: AE}, fails=None if operation.if_not_exists else DUPLICATE_COLUMN)
    if len(table.columns) >= MOST_COLUMNS:
        return Effects({table.name: AE}, fails=TOO_MANY_COLUMNS)
    if column.generated is not None and not column.generated.stored and session.version < VIRTUAL_SINCE:
        return Effects(fails=SYNTAX_ERROR)
    if uses_new_label(column.type, column.default, session):
        return Effects(fails=UNSAFE_NEW_LABEL)
    members = family(operation.table, schema)
    effects = Effects(locks(members, AE))
    reason = _rewrites(column, schema)
    if reason is None:
        effects |= Effects(uncertain=f"whether the default of {column.name} is volatile is not known")
    elif reason:
        effects |= rewrite(members)
    filled = column.default is not None or column.identity or column.generated is not None
    if not column.nullable and not filled and not _has_domain_default(column.type, schema):
        full = stored(members) - session.empty
        effects |= Effects(scans=stored(members), fails=NOT_NULL_VIOLATION if full else None)
    return effects | _inline(operation, table, schema)


def uses_new_label(kind: Type, default: Expression | None, session: Session) -> bool:
    """A label added in this transaction may not be used in it, unless the type is as new (since 17; measured on 18)."""
    if default is None or (kind.name, default.meaning.strip("'")) not in session.new_labels:
        return False
    return session.version < SET_EXPRESSION_SINCE or kind.name not in session.new_types


def _has_domain_default(kind: Type, schema: Schema) -> bool:
    domain = schema.domains.get(kind.name)
    return domain is not None and domain.default is not None


def _rewrites(column: Column, schema: Schema) -> bool | None:
    """Whether existing rows get a value each; None when nobody knows."""
    if column.identity:
        return True
    if column.generated is not None:
        return column.generated.stored
    domain = None if column.type.dimensions else schema.domains.get(column.type.name)
    if domain is not None and domain.constrained:
        return True
    default = column.default or (domain.default if domain else None)
    if default is None:
        return False
    worst = volatility(default, schema)
    return None if worst is Volatility.UNKNOWN else worst is Volatility.VOLATILE


def _inline(operation: op.AddColumn, table: Table, schema: Schema) -> Effects:
    """The constraints written on a new column; a foreign key has nothing to look at while all values are null."""
    effects = Effects()
    members = stored(family(table.name, schema))
    for constraint in operation.constraints:
        match constraint:
            case Check(validated=True):
                effects |= Effects(scans=members)
            case PrimaryKey() | Unique():
                name = constraints.index_name(constraint, operation.table, schema)
                effects |= Effects(scans=members, builds=frozenset({name}))
            case ForeignKey():
                effects |= constraints.target(constraint, operation.table, schema)
                if operation.column.default is not None:
                    effects |= Effects(scans=members | {constraint.target})
    return effects


def drop(operation: op.DropColumn, schema: Schema) -> Effects:
    """DROP COLUMN is brief; it drops indexes and constraints with it, and foreign keys lock their other side."""
    table = schema.table(operation.table)
    if table is None or table.column(operation.column) is None:
        if operation.if_exists and table is not None and schema.is_certain(table.name):
            return Effects({operation.table: AE})
        found = known(operation.table, operation.column, schema) or Effects()
        return found | Effects(loses=frozenset({Loss(operation.table, operation.column)}))
    members = family(operation.table, schema)
    taken = locks(members, AE)
    taken |= {key.target: AE for member in members for key in member.foreign_keys if operation.column in key.columns}
    views = views_reading(table.name, operation.column, schema)
    referencing = [
        other.name for other, key in schema.referencing(table.name) if operation.column in key.target_columns
    ]
    lost = frozenset(Loss(member.name, operation.column) for member in members)
    stands = bool(views or [name for name in referencing if name != table.name])
    stands = stands or any(dependents(table, operation.column, schema))
    unsure = "a view that reads this table could not be resolved" if unresolved(table.name, schema) else ""
    if stands and not operation.cascade:
        return Effects(taken, loses=lost, fails=DEPENDENT_OBJECTS)
    taken |= dict.fromkeys((*referencing, *(view.name for view in views)), AE)
    return Effects(taken, loses=lost, uncertain=unsure)


def set_nullable(operation: op.SetNullable, schema: Schema) -> Effects:
    """SET NOT NULL reads the table unless a valid check already proves it (PostgreSQL 12 on)."""
    found = known(operation.table, operation.column, schema)
    if found is not None:
        return found
    table = schema.tables[operation.table]
    members = family(operation.table, schema)
    effects = Effects(locks(members, AE))
    if operation.nullable:
        key = table.primary_key
        fails = PRIMARY_KEY_COLUMN if key is not None and operation.column in key.columns else None
        return effects | Effects(fails=fails)
    return effects | not_null_scan(operation.column, members)


def set_default(operation: op.SetDefault, schema: Schema, session: Session) -> Effects:
    """SET DEFAULT and DROP DEFAULT are brief."""
    found = known(operation.table, operation.column, schema)
    if found is not None:
        return found
    column = schema.tables[operation.table].column(operation.column)
    if column is not None and uses_new_label(column.type, operation.default, session):
        return Effects(fails=UNSAFE_NEW_LABEL)
    return Effects(locks(family(operation.table, schema), AE))


def set_generated(operation: op.SetGenerated, schema: Schema, session: Session) -> Effects:
    """SET EXPRESSION (17 on) rewrites a stored column; DROP EXPRESSION is brief."""
    found = known(operation.table, operation.column, schema)
    if found is not None:
        return found
    members = family(operation.table, schema)
    if operation.generated is None:
        return Effects(locks(members, AE))
    if session.version < SET_EXPRESSION_SINCE:
        return Effects(fails=SYNTAX_ERROR)
    column = schema.tables[operation.table].column(operation.column)
    stays_virtual = column is not None and column.generated is not None and not column.generated.stored
    return Effects(locks(members, AE)) if stays_virtual else rewrite(members)


def set_type(operation: op.SetType, schema: Schema) -> Effects:
    """ALTER COLUMN TYPE: rewritten, or only its dependents looked at, by the measured table of type pairs."""
    if operation.type.base in {"serial", "bigserial", "smallserial"} and not operation.type.namespace:
        return Effects(fails=UNDEFINED_OBJECT)
    found = known(operation.table, operation.column, schema)
    if found is not None:
        return found
    table = schema.tables[operation.table]
    members = family(operation.table, schema)
    effects = Effects(locks(members, AE)) | _other_sides(operation, members, schema)
    blocked = views_reading(table.name, operation.column, schema) or any(dependents(table, operation.column, schema))
    if blocked:
        effects |= Effects(fails=FEATURE_NOT_SUPPORTED)
    if operation.change is None:
        return effects | Effects(
            uncertain=f"what turning {operation.old or '?'} into {operation.type} costs is not known"
        )
    if operation.change.fails:
        return effects | Effects(fails=operation.change.fails)
    if operation.change.rewrites:
        return effects | rewrite(members) | _new_keys(operation, members, schema)
    return effects | _dependents(operation, operation.change, members)


def _other_sides(operation: op.SetType, members: tuple[Table, ...], schema: Schema) -> Effects:
    """Foreign keys on the column, in either direction, are made anew: ACCESS EXCLUSIVE on their other side."""
    there = [key.target for member in members for key in member.foreign_keys if operation.column in key.columns]
    here = [other.name for other, key in schema.referencing(operation.table) if operation.column in key.target_columns]
    return Effects(dict.fromkeys((*there, *here), AE))


def _new_keys(operation: op.SetType, members: tuple[Table, ...], schema: Schema) -> Effects:
    """A foreign key whose equality operator changes with the type is checked anew: both tables are read."""
    if operation.old is None or operation.old.base == operation.type.base:
        return Effects()
    out = {key.target for member in members for key in member.foreign_keys if operation.column in key.columns}
    into = {other.name for other, key in schema.referencing(operation.table) if operation.column in key.target_columns}
    return Effects(scans=frozenset(out | into))


def _dependents(operation: op.SetType, change: TypeChange, members: tuple[Table, ...]) -> Effects:
    """A change that keeps the heap still rebuilds partial and expression indexes, and checks read every row."""
    effects = Effects()
    for member in members:
        rebuilt = frozenset(_rebuilt(member, operation, change))
        checked = any(check.validated and operation.column in check.expression.columns for check in member.checks)
        if member.partition_by is None and (rebuilt or checked):
            effects |= Effects(scans=frozenset({member.name}), builds=rebuilt)
    return effects


def _rebuilt(table: Table, operation: op.SetType, change: TypeChange) -> Iterator[Name]:
    column = operation.column
    collation = operation.collation is not None or _loses_collation(table, operation)
    keys_change = change.rebuilds or collation
    plain = {index.name: index for index in table.indexes}
    for name in index_names(table):
        index = plain.get(name.local)
        if index is None:
            owner = table.constraint(name.local)
            if keys_change and isinstance(owner, PrimaryKey | Unique) and column in owner.columns:
                yield name
            continue
        inside = index.reads() - set(index.columns) - set(index.include)
        predicate = index.where is not None and column in index.where.columns
        if predicate or column in inside or (keys_change and column in index.columns):
            yield name


def _loses_collation(table: Table, operation: op.SetType) -> bool:
    existing = table.column(operation.column)
    return existing is not None and existing.collation is not None and operation.collation != existing.collation
