"""Constants as values of a type, as far as that takes no server: what it surely refuses, and what is too long."""

from __future__ import annotations

import json
import re

from dbtools.model.expression import Type
from dbtools.model.schema import Schema

# Compiled where they are used, by re, which keeps them.
STRING = r"'((?:[^'\\]|'')*)'(?:::[\w\". ]+(?:\(\d+(?:, ?\d+)?\))?)?"
NUMBERS = frozenset({"smallint", "integer", "bigint"})
NUMBER = r"\s*[-+]?(?:\d[\d_]*|0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+)\s*"
UUID = r"\{?(?:[\da-fA-F]{4}-?){7}[\da-fA-F]{4}\}?"
TRUTH = ("true", "false", "yes", "no", "on", "off", "1", "0")


def strings(text: str) -> frozenset[str]:
    """What stands in single quotes in *text*."""
    return frozenset(found.replace("''", "'") for found in re.findall("'((?:[^']|'')*)'", text))


def is_refused(text: str, kind: Type, schema: Schema) -> bool:
    """Whether the constant *text* is no value of *kind*: 22P02. False for what is no plain string."""
    value = _string(text)
    if value is None or kind.dimensions:
        return False
    if kind.namespace:
        enum = schema.enums.get(kind.name)
        return enum is not None and schema.is_certain(kind.name) and value not in enum.labels
    match kind.base:
        case base if base in NUMBERS:
            return not re.fullmatch(NUMBER, value)
        case "uuid":
            return not re.fullmatch(UUID, value)
        case "boolean":
            said = value.strip().lower()
            return not said or not any(word.startswith(said) for word in TRUTH) or said == "o"
        case "json" | "jsonb":
            return not _is_json(value)
    return False


def is_too_long(text: str, kind: Type) -> bool:
    """Whether the constant *text* has more characters than *kind* takes, blanks at its end aside: 22001."""
    value = _string(text)
    if value is None or kind.dimensions or kind.namespace or kind.base not in {"varchar", "char"}:
        return False
    most = kind.modifiers[0] if kind.modifiers else 1 if kind.base == "char" else None
    return isinstance(most, int) and len(value.rstrip(" ")) > most


def _string(text: str) -> str | None:
    found = re.fullmatch(STRING, text.strip())
    return found[1].replace("''", "'") if found else None


def _is_json(value: str) -> bool:
    try:
        json.loads(value)
    except (ValueError, RecursionError):
        return False
    return True
