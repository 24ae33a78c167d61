"""The text that drizzle-kit prints for ``sql`` templates and for conditions such as ``isNull(table.column)``."""

from __future__ import annotations

from dbtools.sources.drizzle.library import function_of
from dbtools.sources.drizzle.notes import Unreadable, refuse
from dbtools.sources.drizzle.project import Project
from dbtools.sources.typescript import (
    UNDEFINED,
    Call,
    Member,
    Object,
    Place,
    Template,
    Value,
    is_symbol,
    shown,
    text_value,
)

BINARY = {
    "eq": "=", "ne": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "like": "like", "notLike": "not like",
    "ilike": "ilike", "notIlike": "not ilike", "inArray": "in", "notInArray": "not in", "arrayContains": "@>",
    "arrayContained": "<@", "arrayOverlaps": "&&",
}  # fmt: skip
JOINED = {"and": " and ", "or": " or "}
SUFFIXED = {"isNull": " is null", "isNotNull": " is not null", "asc": " asc", "desc": " desc"}
FUNCTIONS = frozenset({"sql", "not", "between", "notBetween", *BINARY, *JOINED, *SUFFIXED})


class Writer:
    """Writes SQL for one place. ``inline``: whether values are written out rather than as ``$1``."""

    def __init__(self, project: Project, place: Place, *, inline: bool = False) -> None:
        self.project = project
        self.place = place
        self.inline = inline

    def text(self, value: Value) -> str:
        """*value* as SQL; Unreadable where drizzle-kit would not write it, or it is not known."""
        if value is UNDEFINED:
            return ""
        if isinstance(value, list):
            return f"({', '.join(self.text(item) for item in value)})"
        if isinstance(value, Template):
            return self._template(value)
        if isinstance(value, Call):
            return self._call(value)
        if isinstance(value, Member):
            column = self.project.target(value, self.place)
            return f"{_quoted(column.table.name.local)}.{_quoted(column.column)}"
        return self._parameter(value)

    def _template(self, template: Template) -> str:
        if function_of(template.tag) != "sql":
            raise refuse(template, template.place, "SQL")
        parts = [template.strings[0]]
        for value, string in zip(template.values, template.strings[1:], strict=True):
            parts += [self.text(value), string]
        return "".join(parts)

    def _call(self, call: Call) -> str:
        callee = call.callee
        if isinstance(callee, Member) and function_of(callee.of) == "sql":
            return self._helper(callee.name, call)
        if isinstance(callee, Member) and isinstance(callee.of, Call | Template):
            if callee.name == "inlineParams":
                return Writer(self.project, self.place, inline=True).text(callee.of)
            if callee.name in {"mapWith", "getSQL"}:
                return self.text(callee.of)
        name = function_of(callee)
        if name in BINARY and len(call.arguments) == 2:  # noqa: PLR2004 - left and right
            return f"{self.text(call.arguments[0])} {BINARY[name]} {self.text(call.arguments[1])}"
        if name in SUFFIXED and call.arguments:
            return self.text(call.arguments[0]) + SUFFIXED[name]
        if name in JOINED:
            parts = [self.text(each) for each in call.arguments if each is not UNDEFINED]
            return parts[0] if len(parts) == 1 else f"({JOINED[name].join(parts)})"
        if name == "not" and call.arguments:
            return f"not {self.text(call.arguments[0])}"
        if name in {"between", "notBetween"} and len(call.arguments) == 3:  # noqa: PLR2004 - a column and two bounds
            column, low, high = (self.text(each) for each in call.arguments)
            return f"{column} {'not ' if name == 'notBetween' else ''}between {low} and {high}"
        return self._named(call)

    def _helper(self, name: str, call: Call) -> str:
        """``sql.raw(...)`` and its like."""
        first = call.arguments[0] if call.arguments else UNDEFINED
        match name:
            case "raw" if isinstance(first, str):
                return first
            case "identifier" if isinstance(first, str):
                return _quoted(first)
            case "empty":
                return ""
            case "param":
                return self._parameter(first)
            case "join" if isinstance(first, list):
                between = self.text(call.arguments[1]) if len(call.arguments) > 1 else ""
                return between.join(self.text(each) for each in first)
            case "fromList" if isinstance(first, list):
                return "".join(self.text(each) for each in first)
        raise refuse(first if is_symbol(first) else call, call.place, "SQL")

    def _named(self, call: Call) -> str:
        """A table or enum by its name."""
        defined = self.project.defined(call)
        if defined is None or defined.kind not in {"pgTable", "pgEnum"}:
            raise refuse(call, call.place, "SQL")
        namespace, local = defined.name
        return _quoted(local) if defined.made.namespace is None else f"{_quoted(namespace)}.{_quoted(local)}"

    def _parameter(self, value: Value) -> str:
        text = text_value(value)
        if text is None or isinstance(value, Object):
            raise refuse(value, self.place, "SQL")
        if not self.inline:
            reason = (
                f"drizzle-kit writes $1 for {text} in {shown(self.place.node)}, which PostgreSQL refuses: use sql.raw"
            )
            raise Unreadable(reason, self.place)
        return literal(value)


def literal(value: Value) -> str:
    """A literal as SQL."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return text_value(value) or "null"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def is_sql(value: Value) -> bool:
    """Whether *value* is an ``sql`` template, ``sql.raw``, a condition, or what is made of them."""
    while isinstance(value, Call | Member):
        value = value.callee if isinstance(value, Call) else value.of
    return isinstance(value, Template) or function_of(value) in FUNCTIONS
