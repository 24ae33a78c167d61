"""What leads from one schema to another, one line per object, as people would say it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dbtools.change.renames import Renames
from dbtools.model import operation as op
from dbtools.model.diff import diff
from dbtools.model.expression import Name
from dbtools.model.objects import Column, ColumnRef, Constraint, ForeignKey, Table
from dbtools.model.schema import Schema
from dbtools.model.wording import counted
from dbtools.sql.render import render


class Line(NamedTuple):
    """One change to one object: what it is part of, which kind of thing, its name, and what happened."""

    owner: str
    kind: str
    name: str
    sign: str
    detail: str

    @property
    def place(self) -> str:
        """``User.email`` for a column, ``User_email_key on User`` for a constraint or index."""
        if self.kind == "column":
            return f"{self.owner}.{self.name}"
        return f"{self.name} on {self.owner}" if self.owner not in ("", self.name) else self.name


def renamed(found: Renames) -> Iterator[Line]:
    """What only has another name, of which ``lines`` between the schemas under the new names says nothing."""
    for table, was in found.tables.items():
        yield Line(str(table), "table", str(table), "~", f"was called {was}")
    for (table, column), before in found.columns.items():
        yield Line(str(table), "column", column, "~", f"was called {before}")


def lines(base: Schema, head: Schema) -> Iterator[Line]:
    """A new table is one line, with its constraints and indexes; everything else one line each."""
    made = {name for name in head.tables if name not in base.tables}
    gone = {name for name in base.tables if name not in head.tables}
    seen: set[Line] = set()
    for operation in diff(base, head):
        table = getattr(operation, "table", None)
        if isinstance(table, Name) and table in made | gone:
            continue
        if isinstance(operation, op.Comment) and operation.kind in {"table", "column"} and operation.name in made:
            continue
        line = _line(operation, base, head)
        if (
            line is not None
            and line not in seen
            and not (line.kind in {"index", "constraint"} and _of_gone(operation, base, gone))
        ):
            seen.add(line)
            yield line


def _of_gone(operation: op.Operation, base: Schema, gone: set[Name]) -> bool:
    owner = base.index_owner(operation.name) if isinstance(operation, op.DropIndex) else None
    return owner is not None and owner.name in gone


def _line(operation: op.Operation, base: Schema, head: Schema) -> Line | None:
    match operation:
        case op.CreateTable(table):
            return Line(str(table.name), "table", str(table.name), "+", _table(head.tables.get(table.name, table)))
        case op.DropTable(name):
            return Line(str(name), "table", str(name), "-", _table(base.tables[name]) if name in base.tables else "")
        case op.AddColumn(table=name, column=column):
            return Line(str(name), "column", column.name, "+", _column(column))
        case op.DropColumn(name, column):
            found = base.tables[name].column(column) if name in base.tables else None
            return Line(str(name), "column", column, "-", _column(found) if found else "")
        case op.SetType(name, column) | op.SetNullable(name, column) | op.SetDefault(name, column):
            return _altered(ColumnRef(name, column), base, head)
        case op.SetIdentity(name, column) | op.SetGenerated(name, column):
            return _altered(ColumnRef(name, column), base, head)
        case op.AddConstraint(name, constraint):
            return Line(str(name), "constraint", constraint.name, "+", _constraint(constraint))
        case op.DropConstraint(name, constraint_name):
            return Line(str(name), "constraint", constraint_name, "-", "")
        case op.CreateIndex(name, index):
            return Line(str(name), "index", index.name, "+", " ".join(render(operation).split()).partition(" ON ")[2])
        case op.DropIndex(name):
            owner = base.index_owner(name)
            return Line(str(owner.name) if owner else "", "index", str(name), "-", "")
        case op.CreateEnum(enum):
            return Line(str(enum.name), "enum", str(enum.name), "+", ", ".join(enum.labels))
        case op.AddEnumValue(name, label):
            return Line(str(name), "enum", str(name), "~", f"+ {label}")
        case op.DropType(name):
            kind = "enum" if name in base.enums else "domain" if name in base.domains else "type"
            return Line(str(name), kind, str(name), "-", "")
        case op.CreateView(view):
            return Line(str(view.name), "view", str(view.name), "~" if view.name in base.views else "+", "")
        case op.DropView(name):
            return None if name in head.views else Line(str(name), "view", str(name), "-", "")
    return _other(operation)


def _other(operation: op.Operation) -> Line | None:
    """Kinds that are shown by their SQL."""
    words = type(operation).__name__
    sign = "+" if words.startswith(("Create", "Add")) else "-" if words.startswith("Drop") else "~"
    sql = " ".join(render(operation).split())
    kind = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in words).split()[-1]
    return Line("", {"opaque": "object"}.get(kind, kind), "", sign, sql if len(sql) <= 120 else f"{sql[:119]}…")  # noqa: PLR2004 - one line of a report


def _table(table: Table) -> str:
    parts = [counted(len(table.columns), "column")]
    parts += [counted(keys, "foreign key")] if (keys := len(table.foreign_keys)) else []
    parts += [counted(indexes, "index", "indexes")] if (indexes := len(table.indexes)) else []
    return ", ".join(parts)


def _column(column: Column) -> str:
    parts = [str(column.type)]
    if not column.nullable:
        parts.append("not null")
    if column.default is not None:
        parts.append(f"default {column.default}")
    if column.identity:
        parts.append(column.identity if column.identity == "serial" else f"identity {column.identity}")
    if column.generated is not None:
        parts.append("generated")
    return " ".join(parts)


def _altered(ref: ColumnRef, base: Schema, head: Schema) -> Line | None:
    """Everything that is different about one column, whatever steps lead there."""
    old, new = (schema.tables[ref.table].column(ref.column) for schema in (base, head))
    if old is None or new is None:
        return None
    return Line(str(ref.table), "column", ref.column, "~", "; ".join(_differences(old, new)))


def _differences(old: Column, new: Column) -> Iterator[str]:
    if old.type != new.type:
        yield f"{old.type} → {new.type}"
    if old.nullable != new.nullable:
        yield "may be null" if new.nullable else "not null"
    if old.default != new.default:
        yield f"default {old.default or 'none'} → {new.default or 'none'}"
    if old.identity != new.identity:
        yield f"identity {old.identity or 'none'} → {new.identity or 'none'}"
    if old.generated != new.generated:
        yield f"generated as {new.generated.expression}" if new.generated else "no longer generated"
    if old.collation != new.collation:
        yield f"collation {old.collation or 'default'} → {new.collation or 'default'}"


def _constraint(constraint: Constraint) -> str:
    if isinstance(constraint, ForeignKey):
        there = f"{constraint.target} ({_listed(constraint.target_columns)})"
        return f"({_listed(constraint.columns)}) → {there} on delete {constraint.on_delete.lower()}"
    columns = getattr(constraint, "columns", ())
    kind = {"PrimaryKey": "primary key", "Exclusion": "exclude"}.get(
        type(constraint).__name__, type(constraint).__name__.lower()
    )
    expression = getattr(constraint, "expression", None)
    return f"{kind} ({expression})" if expression is not None else f"{kind} ({_listed(columns)})"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
