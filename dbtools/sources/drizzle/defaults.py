"""The default that drizzle-kit writes for ``.default(...)``, by the kind of the value and the type of the column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbtools.model.expression import Expression, Type
from dbtools.sources.drizzle.notes import refuse
from dbtools.sources.drizzle.project import Project
from dbtools.sources.drizzle.sql_text import Writer, is_sql, literal
from dbtools.sources.typescript import (
    UNDEFINED,
    Call,
    Global,
    Object,
    Place,
    Value,
    is_number,
    text_value,
)
from dbtools.sql.expressions import read_expression

if TYPE_CHECKING:
    from datetime import datetime

JSON = frozenset({"json", "jsonb"})


def default_of(project: Project, value: Value, kind: Type, place: Place) -> Expression | None:
    """The default; None where there is none in the database. Unreadable where it is not known."""
    if value is UNDEFINED or value is None:
        return None
    text = _text(project, value, kind, place)
    found = read_expression(text, kind)
    return None if found.meaning == "NULL" else found


def _text(project: Project, value: Value, kind: Type, place: Place) -> str:
    if is_sql(value):
        return Writer(project, place).text(value)
    if isinstance(value, str):
        return literal(value)
    is_json = kind.base in JSON and not kind.dimensions and not kind.namespace
    if is_json and not isinstance(value, Call):
        return f"{literal(_json(value, place))}::{kind.base}"
    moment = _moment(value)
    if moment is not None:
        return literal(_moment_text(moment, kind))
    if kind.dimensions and isinstance(value, list):
        return literal(_array(value, kind, place))
    if isinstance(value, bool) or is_number(value):
        return text_value(value) or ""
    raise refuse(value, place, "a default")


def _json(value: Value, place: Place) -> str:
    """*value* as ``JSON.stringify`` writes it."""
    import json

    return json.dumps(_plain(value, place), separators=(",", ":"), ensure_ascii=False)


def _plain(value: Value, place: Place) -> object:
    """*value* as JSON has it; Unreadable where a part of it is not known."""
    if isinstance(value, Object) and not value.hidden:
        return {key: _plain(item, place) for key, item in value.entries.items() if item is not UNDEFINED}
    if isinstance(value, list):
        return [None if item is UNDEFINED else _plain(item, place) for item in value]
    if value is None or isinstance(value, str | bool):
        return value
    if is_number(value):
        return int(value) if isinstance(value, float) and value.is_integer() else value
    raise refuse(value, place, "JSON")


def _moment(value: Value) -> datetime | None:
    """The moment of ``new Date("...")`` or of a count of milliseconds."""
    if not (isinstance(value, Call) and value.new and isinstance(value.callee, Global) and value.callee.name == "Date"):
        return None
    from datetime import UTC, datetime

    first: Value = value.arguments[0] if len(value.arguments) == 1 else UNDEFINED
    try:
        if is_number(first):
            return datetime.fromtimestamp(first / 1000, UTC)
        # A date alone is UTC; a time without an offset is local, and so not known.
        found = datetime.fromisoformat(first) if isinstance(first, str) else None
        if found is None or (found.tzinfo is None and "T" in str(first)):
            return None
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _moment_text(moment: datetime, kind: Type) -> str:
    text = moment.replace(tzinfo=None).isoformat("T", "milliseconds")
    if kind.base == "date":
        return text.partition("T")[0]
    return text.replace("T", " ") if kind.base == "timestamp" and not kind.modifiers else f"{text}Z"


def _array(items: list[Value], kind: Type, place: Place) -> str:
    return "{" + ",".join(_item(item, kind, place) for item in items) + "}"


def _item(item: Value, kind: Type, place: Place) -> str:
    if isinstance(item, list):
        return _array(item, kind, place)
    if isinstance(item, bool) or is_number(item):
        return text_value(item) or ""
    if isinstance(item, str):
        return f'"{item}"'
    moment = _moment(item)
    if moment is not None:
        return f'"{_moment_text(moment, kind)}"'
    if isinstance(item, Object):
        return '"' + _json(item, place).replace('"', '\\"') + '"'
    raise refuse(item, place, "an item of a default")
