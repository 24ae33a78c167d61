"""An index as its chain of calls says it: ``index("name").using("gin", table.a.op("x")).where(sql`...`)``."""

from __future__ import annotations

from dbtools.model.naming import truncated
from dbtools.model.objects import Index, IndexKey
from dbtools.sources.drizzle.library import Method, chain, function_of
from dbtools.sources.drizzle.notes import Unreadable, refuse
from dbtools.sources.drizzle.project import Defined, Project
from dbtools.sources.drizzle.sql_text import Writer, is_sql
from dbtools.sources.typescript import UNDEFINED, Call, Member, Value, shown
from dbtools.sql import opclasses
from dbtools.sql.expressions import read_expression

HARMLESS = frozenset({"concurrently", "with"})


def index_of(project: Project, table: Defined, root: Call, methods: list[Method]) -> Index:
    """The index; Unreadable where a part of it is not known."""
    name: Value = root.arguments[0] if root.arguments else UNDEFINED
    where, method, keys = None, "btree", None
    if not isinstance(name, str) and name is not UNDEFINED:
        raise refuse(name, root.place, "a name")
    for each in methods:
        match each.name:
            case "on" | "onOnly":
                keys = each.arguments
            case "using":
                method, keys = _method(each), each.arguments[1:]
            case "where":
                where = read_expression(Writer(project, each.place).text(each.arguments[0])) if each.arguments else None
            case other if other not in HARMLESS:
                raise Unreadable(f"{shown(each.place.node)}: what .{other}() says of an index is not known", each.place)
    if not keys:
        raise Unreadable(f"{shown(root.place.node)} names no columns", root.place)
    if any(is_sql(key) for key in keys) and not name:
        raise Unreadable(f"{shown(root.place.node)}: an index on an expression needs a name", root.place)
    found = tuple(_key(project, key, method, root) for key in keys)
    written = str(name) if name else f"{table.name.local}_{'_'.join(key.column for key in found)}_index"
    unique = function_of(root.callee) == "uniqueIndex"
    return Index(truncated(written), found, unique=unique, method=method, where=where)


def _method(using: Method) -> str:
    method = using.arguments[0] if using.arguments else UNDEFINED
    if not isinstance(method, str):
        raise refuse(method, using.place, "an index method")
    return method.lower()


def _key(project: Project, value: Value, method: str, root: Call) -> IndexKey:
    if is_sql(value) and not isinstance(value, Member):
        return _expression(IndexWriter(project, root.place).text(value), method, root)
    column, options = chain(value)
    target = project.target(column, root.place)
    order = {"asc": False, "desc": True}
    descending = nulls_first = False
    opclass = ""
    for option in options:
        match option.name:
            case "asc" | "desc":
                descending = order[option.name]
            case "nullsFirst" | "nullsLast":
                nulls_first = option.name == "nullsFirst"
            case "op" if option.arguments and isinstance(option.arguments[0], str):
                opclass = option.arguments[0]
            case _:
                raise refuse(value, root.place, "a key of an index")
    if opclass:  # drizzle-kit writes the class and leaves out the order
        return IndexKey(target.column, opclass=opclasses.written(method, opclass))
    return IndexKey(target.column, descending=descending, nulls_first=nulls_first)


class IndexWriter(Writer):
    """In the keys of an index, columns stand without their table."""

    def text(self, value: Value) -> str:
        """*value* as SQL."""
        if isinstance(value, Member) and not is_sql(value):
            return '"' + self.project.target(value, self.place).column.replace('"', '""') + '"'
        return super().text(value)


def _expression(text: str, method: str, root: Call) -> IndexKey:
    """The key that PostgreSQL reads from *text*, which may hold an order and an operator class."""
    from dbtools.model import operation as op  # what reads whole statements, nothing else here needs
    from dbtools.sql.read import read as read_sql

    for statement in read_sql(f"CREATE INDEX i ON t USING {method} ({text})"):
        for operation in statement.operations:
            if isinstance(operation, op.CreateIndex) and len(operation.index.keys) == 1:
                return operation.index.keys[0]
    raise Unreadable(f"{text} is no key of an index that PostgreSQL can read", root.place)
