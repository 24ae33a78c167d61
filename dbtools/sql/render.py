"""One operation as the SQL statement that does it.

Total over operations. What an operation does not keep (the rows of an INSERT, the text of a trigger that nobody read)
cannot be rendered: then a comment says so, which changes nothing where it is run.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import assert_never

from dbtools.model import operation as op
from dbtools.model.expression import Name
from dbtools.model.identifiers import dollar_quoted, literal, quote, quote_all, quote_name, render_type
from dbtools.model.objects import Domain, Function
from dbtools.sql._clauses import (
    adopting_clause,
    column_clause,
    constraint_clause,
    identity_clause,
    index_clause,
    inline_clause,
    table_text,
)

ON_TABLE = frozenset({"trigger", "policy", "rule"})
SPELLINGS = {"matview": "MATERIALIZED VIEW", "statistic ext": "STATISTICS"}


def render_all(operations: Iterable[op.Operation]) -> str:
    """A script of all *operations*, one statement a line or more."""
    texts = (render(operation) for operation in operations)
    return "".join(f"{text}\n" if text.startswith("--") else f"{text};\n" for text in texts if text)


def render(operation: op.Operation) -> str:  # noqa: PLR0915 - one case for each kind
    """The statement that does *operation*, without a semicolon."""
    match operation:
        case op.CreateTable():
            return table_text(operation)
        case op.DropTable():
            return _drop("TABLE", quote_name(operation.name), operation)
        case op.CreateIndex():
            return _create_index(operation)
        case op.DropIndex():
            concurrently = " CONCURRENTLY" if operation.concurrently else ""
            return _drop(f"INDEX{concurrently}", quote_name(operation.name), operation)
        case op.CreateEnum(enum):
            return f"CREATE TYPE {quote_name(enum.name)} AS ENUM ({', '.join(map(literal, enum.labels))})"
        case op.AddEnumValue():
            return _add_enum_value(operation)
        case op.RenameEnumValue(name, label, to):
            return f"ALTER TYPE {quote_name(name)} RENAME VALUE {literal(label)} TO {literal(to)}"
        case op.CreateDomain(domain):
            return _create_domain(domain)
        case op.AddDomainCheck(name, check):
            return f"ALTER DOMAIN {quote_name(name)} ADD {constraint_clause(check)}"
        case op.AlterDomain():
            return _alter_domain(operation)
        case op.DropType():
            return _drop("TYPE", quote_name(operation.name), operation)
        case op.CreateView():
            return _create_view(operation)
        case op.DropView():
            kind = "MATERIALIZED VIEW" if operation.materialized else "VIEW"
            return _drop(kind, quote_name(operation.name), operation)
        case op.RefreshView(name, concurrently, data):
            unfilled = "" if data else " WITH NO DATA"
            return f"REFRESH MATERIALIZED VIEW {'CONCURRENTLY ' if concurrently else ''}{quote_name(name)}{unfilled}"
        case op.CreateSequence(sequence, if_not_exists):
            return f"CREATE SEQUENCE {_unless_exists(asked=if_not_exists)}{quote_name(sequence.name)}"
        case op.AlterSequence(name, (table, column)):
            return f"ALTER SEQUENCE {quote_name(name)} OWNED BY {quote_name(table)}.{quote(column)}"
        case op.DropSequence():
            return _drop("SEQUENCE", quote_name(operation.name), operation)
        case op.CreateFunction(function, or_replace):
            return _create_function(function, or_replace=or_replace)
        case op.DropFunction():
            given = "" if operation.arguments is None else f"({', '.join(operation.arguments)})"
            return _drop("ROUTINE", quote_name(operation.name) + given, operation)
        case op.CreateOpaque(opaque):
            return opaque.text or _unkept(f"CREATE {opaque.kind}", opaque.name)
        case op.AlterOpaque(kind, name, table, to):
            done = f"RENAME TO {quote(to)}"
            return _alter_named(kind, name, table, done) if to else _unkept(f"ALTER {kind}", name)
        case op.DropOpaque():
            return _drop(_kind(operation.kind), _named(operation.kind, operation.name, operation.table), operation)
        case op.Rename(kind, name, to):
            return f"ALTER {_kind(kind)} {quote_name(name)} RENAME TO {quote(to)}"
        case op.SetNamespace(kind, name, to):
            return f"ALTER {_kind(kind)} {quote_name(name)} SET SCHEMA {quote(to)}"
        case op.CreateNamespace(local, if_not_exists):
            return f"CREATE SCHEMA {_unless_exists(asked=if_not_exists)}{quote(local)}"
        case op.RenameNamespace(local, to):
            return f"ALTER SCHEMA {quote(local)} RENAME TO {quote(to)}"
        case op.DropNamespace():
            return _drop("SCHEMA", quote(operation.name), operation)
        case op.CreateExtension(local, if_not_exists):
            return f"CREATE EXTENSION {_unless_exists(asked=if_not_exists)}{quote(local)}"
        case op.DropExtension():
            return _drop("EXTENSION", quote(operation.name), operation)
        case op.Comment():
            return _comment(operation)
        case op.Delete(table, where, ()):
            return " ".join(("DELETE FROM", quote_name(table), *(("WHERE", where.text) if where else ())))
        case op.Truncate(tables, cascade, only):
            return f"TRUNCATE {_names(tables, only)}{' CASCADE' if cascade else ''}"
        case op.LockTable(tables, mode, only):
            return f"LOCK TABLE {_names(tables, only)} IN {mode} MODE"
        case op.Maintain(verb, tables):
            using = f" USING {quote(operation.index)}" if operation.index else ""
            return f"{verb.upper()} {_names(tables)}{using}".rstrip()
        case op.Reindex():
            return _reindex(operation)
        case op.AlterIndex(name, Name() as partition):
            return f"ALTER INDEX {quote_name(name)} ATTACH PARTITION {quote_name(partition)}"
        case op.SetParameter(name, None, _):
            return f"RESET {quote(name)}"
        case op.SetParameter(name, value, local):
            values = ", ".join(map(literal, (value or "").split(", ")))
            return f"SET {'LOCAL ' if local else ''}{quote(name)} TO {values}"
        case op.Transaction(verb, savepoint):
            return f"{verb.upper()} {quote(savepoint)}" if savepoint else verb.upper()
        case op.Unknown():
            return operation.text
        case (
            op.AlterSequence() | op.AlterIndex() | op.Grant() | op.Insert() | op.Update() | op.Delete() | op.Select()
            | op.Other()
        ):  # fmt: skip
            return _unkept(type(operation).__name__)
        case _:
            return _alter_table(operation)


def _unkept(what: str, name: Name | None = None) -> str:
    about = f" {quote_name(name)}" if name else ""
    return f"-- {what}{about}: the statement was not kept".replace("\n", " ")


def _drop(kind: str, name: str, operation: _Drop) -> str:
    text = f"DROP {kind} {'IF EXISTS ' if operation.if_exists else ''}{name}"
    return f"{text} CASCADE" if operation.cascade else text


_Drop = (
    op.DropTable | op.DropIndex | op.DropType | op.DropView | op.DropSequence | op.DropFunction | op.DropOpaque
    | op.DropNamespace | op.DropExtension
)  # fmt: skip


def _unless_exists(*, asked: bool) -> str:
    return "IF NOT EXISTS " if asked else ""


def _names(names: Iterable[Name], only: Container[Name] = ()) -> str:
    return ", ".join(f"{'ONLY ' if name in only else ''}{quote_name(name)}" for name in names)


def _kind(kind: str) -> str:
    return SPELLINGS.get(kind, kind.upper())


def _named(kind: str, name: Name, table: Name | None) -> str:
    if kind in ON_TABLE and table is not None:
        return f"{quote(name.local)} ON {quote_name(table)}"
    return quote_name(name)


def _alter_named(kind: str, name: Name, table: Name | None, done: str) -> str:
    return f"ALTER {_kind(kind)} {_named(kind, name, table)} {done}"


def _alter_table(operation: _Alteration) -> str:
    match operation:
        case op.RenameTable(name, to):
            return f"ALTER TABLE {quote_name(name)} RENAME TO {quote(to)}"
        case op.AttachPartition(partition, of):
            return f"ALTER TABLE {quote_name(of.parent)} ATTACH PARTITION {quote_name(partition)} {of.bound}"
        case op.DetachPartition(table, partition, concurrently):
            done = f"DETACH PARTITION {quote_name(partition)}{' CONCURRENTLY' if concurrently else ''}"
            return f"ALTER TABLE {quote_name(table)} {done}"
        case op.AlterTable():
            done = _table_setting(operation)
            return f"ALTER TABLE {quote_name(operation.table)} {done}" if done else _unkept(operation.action)
        case op.AlterColumn():
            return _unkept(f"ALTER COLUMN, {operation.action}", operation.table)
        case _:
            only = "ONLY " if getattr(operation, "only", False) else ""
            return f"ALTER TABLE {only}{quote_name(operation.table)} {_action(operation)}"


def _action(operation: _Action) -> str:
    match operation:
        case op.AddColumn(_, column, constraints, if_not_exists):
            start = f"ADD COLUMN {_unless_exists(asked=if_not_exists)}{column_clause(column)}"
            return " ".join((start, *map(inline_clause, constraints)))
        case op.DropColumn():
            return _drop_part("COLUMN", operation.column, operation)
        case op.RenameColumn(_, column, to):
            return f"RENAME COLUMN {quote(column)} TO {quote(to)}"
        case op.AddConstraint(_, constraint, using_index):
            return f"ADD {adopting_clause(constraint, using_index) if using_index else constraint_clause(constraint)}"
        case op.DropConstraint():
            return _drop_part("CONSTRAINT", operation.name, operation)
        case op.ValidateConstraint(_, name):
            return f"VALIDATE CONSTRAINT {quote(name)}"
        case op.RenameConstraint(_, name, to):
            return f"RENAME CONSTRAINT {quote(name)} TO {quote(to)}"
        case op.AlterConstraint(_, name, deferrable, enforced):
            said = {True: "", False: "NOT "}
            deferred = "" if deferrable is None else f" {said[deferrable]}DEFERRABLE"
            return f"ALTER CONSTRAINT {quote(name)}{deferred}" + (
                "" if enforced is None else f" {said[enforced]}ENFORCED"
            )
        case op.SetType() | op.SetNullable() | op.SetDefault() | op.SetIdentity() | op.SetGenerated():
            return f"ALTER COLUMN {quote(operation.column)} {_column_action(operation)}"
        case _:
            assert_never(operation)


def _column_action(operation: _ColumnAction) -> str:
    match operation:
        case op.SetType(_, _, kind, using, collation):
            collate = f" COLLATE {quote(collation)}" if collation else ""
            return f"TYPE {render_type(kind)}{collate}" + (f" USING {using.text}" if using else "")
        case op.SetNullable():
            return "DROP NOT NULL" if operation.nullable else "SET NOT NULL"
        case op.SetDefault(_, _, default):
            return f"SET DEFAULT {default.text}" if default else "DROP DEFAULT"
        case op.SetIdentity(_, _, identity) if operation.changes:
            return f"SET GENERATED {identity.upper()}"
        case op.SetIdentity(_, _, identity):
            return f"ADD {identity_clause(identity)}" if identity else _drop_kept("IDENTITY", operation)
        case op.SetGenerated(_, _, generated):
            if generated is None:
                return _drop_kept("EXPRESSION", operation)
            return f"SET EXPRESSION AS ({generated.expression.text})"


def _drop_kept(what: str, operation: op.SetIdentity | op.SetGenerated) -> str:
    return f"DROP {what}{' IF EXISTS' if operation.if_exists else ''}"


_ColumnAction = op.SetType | op.SetNullable | op.SetDefault | op.SetIdentity | op.SetGenerated
_Action = (
    _ColumnAction | op.AddColumn | op.DropColumn | op.RenameColumn | op.AddConstraint | op.DropConstraint
    | op.ValidateConstraint | op.RenameConstraint | op.AlterConstraint
)  # fmt: skip
_Alteration = _Action | op.RenameTable | op.AttachPartition | op.DetachPartition | op.AlterTable | op.AlterColumn


def _drop_part(kind: str, name: str, operation: op.DropColumn | op.DropConstraint) -> str:
    text = f"DROP {kind} {'IF EXISTS ' if operation.if_exists else ''}{quote(name)}"
    return f"{text} CASCADE" if operation.cascade else text


def _table_setting(operation: op.AlterTable) -> str:
    """The action's SQL; empty where the operation does not keep enough of it."""
    value = operation.value
    match operation.action:
        case "set logged" | "set unlogged":
            return operation.action.upper()
        case "row security" if value:
            return f"{value.upper()} ROW LEVEL SECURITY"
        case "enable trigger" | "disable trigger" | "enable rule" if value:
            return f"{operation.action.upper()} {value if value == 'USER' else quote(value)}"
        case "inherit" | "no inherit" if value:
            namespace, _, local = value.rpartition(".")
            return f"{operation.action.upper()} {quote_name(Name(namespace or 'public', local))}"
        case "set tablespace" | "set access method" if value:
            return f"{operation.action.upper()} {quote(value)}"
        case "cluster on" if value:
            return f"CLUSTER ON {quote(value)}"
    return ""


def _create_index(operation: op.CreateIndex) -> str:
    index = operation.index
    unique = "UNIQUE " if index.unique else ""
    concurrently = "CONCURRENTLY " if operation.concurrently else ""
    name = f"{_unless_exists(asked=operation.if_not_exists)}{quote(index.name)} " if index.name else ""
    table = f"{'ONLY ' if operation.only else ''}{quote_name(operation.table)}"
    return f"CREATE {unique}INDEX {concurrently}{name}ON {table} {index_clause(index)}"


def _add_enum_value(operation: op.AddEnumValue) -> str:
    place = f" {'BEFORE' if operation.before else 'AFTER'} {literal(operation.beside)}" if operation.beside else ""
    unless = _unless_exists(asked=operation.if_not_exists)
    return f"ALTER TYPE {quote_name(operation.name)} ADD VALUE {unless}{literal(operation.label)}{place}"


def _create_domain(domain: Domain) -> str:
    parts = [f"CREATE DOMAIN {quote_name(domain.name)} AS {render_type(domain.base)}"]
    if domain.default is not None:
        parts.append(f"DEFAULT ({domain.default.text})")
    if not domain.nullable:
        parts.append("NOT NULL")
    return " ".join((*parts, *map(constraint_clause, domain.checks)))


def _alter_domain(operation: op.AlterDomain) -> str:
    default = f"SET DEFAULT {operation.default.text}" if operation.default else "DROP DEFAULT"
    action = {
        "validate": f"VALIDATE CONSTRAINT {quote(operation.value)}",
        "drop constraint": f"DROP CONSTRAINT {quote(operation.value)}",
        "not null": "SET NOT NULL",
        "nullable": "DROP NOT NULL",
        "default": default,
    }[operation.action]
    return f"ALTER DOMAIN {quote_name(operation.name)} {action}"


def _create_view(operation: op.CreateView) -> str:
    view = operation.view
    words = ["CREATE", "OR REPLACE" if operation.replace else "", "MATERIALIZED" if view.materialized else "", "VIEW"]
    columns = f" ({quote_all(view.columns)})" if view.columns else ""
    name = f"{_unless_exists(asked=operation.if_not_exists)}{quote_name(view.name)}{columns}"
    data = "" if operation.populated else " WITH NO DATA"
    return f"{' '.join(word for word in words if word)} {name} AS {view.query.rstrip().rstrip(';')}{data}"


def _create_function(function: Function, *, or_replace: bool) -> str:
    kind = "FUNCTION" if function.returns else "PROCEDURE"
    returns = f" RETURNS {function.returns}" if function.returns else ""
    volatile = function.volatility.name if function.returns and function.volatility.name in VOLATILITIES else ""
    start = f"CREATE {'OR REPLACE ' if or_replace else ''}{kind} {quote_name(function.name)}"
    text = f"{start}({', '.join(function.arguments)}){returns} LANGUAGE {quote(function.language or 'sql')}"
    return f"{text}{f' {volatile}' if volatile else ''} AS {dollar_quoted(function.body)}"


VOLATILITIES = frozenset({"IMMUTABLE", "STABLE"})


def _comment(operation: op.Comment) -> str:
    if operation.kind in ON_TABLE or operation.kind in {"tabconstraint", "domconstraint"}:
        return _unkept(f"COMMENT ON {operation.kind}", operation.name)
    name = quote_name(operation.name) + (f".{quote(operation.column)}" if operation.column else "")
    return (
        f"COMMENT ON {_kind(operation.kind)} {name} IS {'NULL' if operation.text is None else literal(operation.text)}"
    )


def _reindex(operation: op.Reindex) -> str:
    whole = operation.kind in {"schema", "database", "system"}
    name = quote(operation.name.namespace) if whole else quote_name(operation.name)
    return f"REINDEX {operation.kind.upper()} {'CONCURRENTLY ' if operation.concurrently else ''}{name}".rstrip()
