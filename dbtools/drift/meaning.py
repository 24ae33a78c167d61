"""Whether two expressions mean the same, as far as their text can tell.

A verdict is ``UNDECIDED`` wherever a server might see them as equal: only values of types whose spelling is plain, and
expressions that differ in one telling token, are found ``DIFFERENT``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from enum import Enum

from dbtools.drift.commuted import NUMBER, STRING, TOKEN, differ_in_lists, in_order
from dbtools.model.expression import Expression, Name, Type
from dbtools.model.identifiers import quote
from dbtools.model.question import Question

NUMBERS = frozenset({"smallint", "integer", "bigint", "numeric", "real", "double precision", "oid"})
TEXTS = frozenset({"text", "varchar", "char", "bpchar", "name"})
# Without arguments, no two of these ever give the same value; nor does one equal a constant.
DISTINCT = frozenset(
    f"{name}()"
    for name in (
        "now", "statement_timestamp", "clock_timestamp", "timeofday", "gen_random_uuid", "uuidv7", "uuid_generate_v1",
        "uuid_generate_v1mc", "random",
    )
)  # fmt: skip
# What the moment of the insert is to a column of these types, in all of its spellings.
MOMENT = {
    "date": frozenset({"now()", "now()::date", "current_date", "localtimestamp"}),
    "time": frozenset({"now()", "current_time", "localtime", "localtimestamp"}),
    "timestamp": frozenset({"now()", "localtimestamp"}),
}
# Months, days and seconds are kept apart: a day is not always 24 hours.
UNITS = {
    **dict.fromkeys(("year", "years", "y"), (12, 0, 0)),
    **dict.fromkeys(("month", "months", "mon", "mons"), (1, 0, 0)),
    **dict.fromkeys(("week", "weeks", "w"), (0, 7, 0)),
    **dict.fromkeys(("day", "days", "d"), (0, 1, 0)),
    **dict.fromkeys(("hour", "hours", "h"), (0, 0, 3600)),
    **dict.fromkeys(("minute", "minutes", "min", "mins"), (0, 0, 60)),
    **dict.fromkeys(("second", "seconds", "sec", "secs", "s"), (0, 0, 1)),
}
SPAN = re.compile(r"([+-]?\d+) ?([a-z]+)\s*")
COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">="})
LOGIC = frozenset({"AND", "OR"})
TESTS = frozenset({"ISNULL", "NOTNULL"})
ARITHMETIC = frozenset({"+", "-", "*", "/", "%", "^", "||"})
# Functions of one argument, no two of which always give the same.
APART = frozenset({"lower", "upper", "initcap", "length", "md5", "abs", "floor", "ceil", "sqrt", "reverse"})
WORD = re.compile(r"'[A-Za-z_]+'")
LITERAL = re.compile(rf"{STRING}|{NUMBER}|true|false")
ARRAY = re.compile(rf"ARRAY\[((?:{STRING}|{NUMBER}|true|false|, )*)\]")
TRUE = frozenset({"true", "t", "yes", "y", "on", "1"})


class Verdict(Enum):
    """What the text tells."""

    SAME = "same"
    DIFFERENT = "different"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Meanings:
    """Verdicts on expressions: by their text, and where that does not tell by the ``answers`` of a server.

    ``asked`` gathers the questions that have no answer yet.
    """

    answers: Mapping[Question, str] = field(default_factory=dict)
    asked: set[Question] = field(default_factory=set)

    def conditions(self, table: Name, one: Expression | None, other: Expression | None) -> Verdict:
        """The verdict on two conditions or computed values of a table; None is "there is none"."""
        verdict = compare_expressions(one, other)
        if verdict is not Verdict.UNDECIDED or one is None or other is None:
            return verdict
        return self._answered(Question(table, one.text), Question(table, other.text))

    def defaults(self, table: Name, one: Expression, other: Expression, kind: Type) -> Verdict:
        """The verdict on two defaults of a column of type *kind*."""
        verdict = compare_defaults(one, other, kind)
        if verdict is not Verdict.UNDECIDED:
            return verdict
        return self._answered(Question(table, one.text, kind), Question(table, other.text, kind))

    def _answered(self, one: Question, other: Question) -> Verdict:
        if one not in self.answers or other not in self.answers:
            self.asked.update((one, other))
            return Verdict.UNDECIDED
        same = in_order(self.answers[one]) == in_order(self.answers[other])
        return Verdict.SAME if same else Verdict.DIFFERENT


def compare_expressions(one: Expression | None, other: Expression | None) -> Verdict:
    """The verdict on two conditions or computed values; None is "there is none"."""
    if one == other:
        return Verdict.SAME
    if one is None or other is None or set(one.columns) != set(other.columns):
        return Verdict.DIFFERENT
    ordered = in_order(one.meaning), in_order(other.meaning)
    if ordered[0] == ordered[1]:
        return Verdict.SAME
    if ordered[0] in _negated(ordered[1]) or ordered[1] in _negated(ordered[0]) or differ_in_lists(*ordered):
        return Verdict.DIFFERENT
    left, right = (TOKEN.findall(_tested_for_null(each)) for each in ordered)
    if len(left) != len(right):
        return Verdict.UNDECIDED
    changed = [(a, b) for a, b in zip(left, right, strict=True) if a != b]
    return Verdict.DIFFERENT if _are_telling(changed, left) else Verdict.UNDECIDED


def compare_defaults(one: Expression, other: Expression, kind: Type) -> Verdict:
    """The verdict on two defaults of a column of type *kind*."""
    if one == other:
        return Verdict.SAME
    moment = MOMENT.get("" if kind.dimensions else kind.base, frozenset())
    meanings = {"now()" if said.meaning in moment else said.meaning for said in (one, other)}
    if meanings == {"now()"}:
        return Verdict.SAME
    distinct = DISTINCT & meanings
    if len(distinct) == len(meanings) or (distinct and _is_constant(*(meanings - distinct))):
        return Verdict.DIFFERENT
    left, right = _value(one.meaning, kind), _value(other.meaning, kind)
    if left is None or right is None:
        return Verdict.UNDECIDED
    return Verdict.SAME if left == right else Verdict.DIFFERENT


def is_literal(expression: Expression) -> bool:
    """Whether *expression* is a constant, or an array of constants."""
    return bool(LITERAL.fullmatch(expression.meaning) or ARRAY.fullmatch(expression.meaning))


def with_names(expression: Expression, names: Mapping[str, str]) -> Expression:
    """*expression* with columns renamed."""
    spelled = {quote(old): quote(new) for old, new in names.items()}
    if not set(names).intersection(expression.columns):
        return expression
    text, meaning = (
        TOKEN.sub(lambda token: spelled.get(token[0], token[0]), said) for said in (expression.text, expression.meaning)
    )
    columns = tuple(names.get(column, column) for column in expression.columns)
    return Expression(text, meaning, columns)


def _tested_for_null(meaning: str) -> str:
    """Each test of one word, so that the two are alike but for that."""
    return meaning.replace(" IS NOT NULL", " NOTNULL").replace(" IS NULL", " ISNULL")


def _negated(meaning: str) -> tuple[str, str]:
    return f"NOT {meaning}", f"NOT ({meaning})"


def _are_telling(changed: list[tuple[str, str]], tokens: list[str]) -> bool:
    """Whether two expressions that differ in these tokens alone cannot be equal."""
    if len(changed) == 1:
        return _is_telling(*changed[0], tokens)
    if ARITHMETIC.intersection(tokens):
        return False
    numbers = all(re.fullmatch(NUMBER, token) for pair in changed for token in pair)
    return numbers or all(WORD.fullmatch(token) for pair in changed for token in pair)


def _is_telling(one: str, other: str, tokens: list[str]) -> bool:
    """The same of a single token."""
    pair = {one, other}
    if pair in (TESTS, LOGIC) or pair <= COMPARISONS or pair <= APART:
        return True
    if pair <= ARITHMETIC:
        return not {"0", "1"}.intersection(tokens)
    if re.fullmatch(NUMBER, one) and re.fullmatch(NUMBER, other):
        return True
    return all(WORD.fullmatch(token) for token in pair)


def _is_constant(meaning: str) -> bool:
    return bool(LITERAL.fullmatch(meaning)) and _unquoted(meaning).lower() not in {"now", "today"}


def _value(meaning: str, kind: Type) -> object | None:
    """What *meaning* is as a value of *kind*, comparable with ``==``; None where that takes a server."""
    if kind.dimensions:
        items = _items(meaning)
        values = None if items is None else [_value(item, kind.element()) for item in items]
        return None if values is None or None in values else values
    if not LITERAL.fullmatch(meaning):
        return None
    text = _unquoted(meaning)
    if kind.base in TEXTS:
        return text.rstrip(" ") if kind.base in {"char", "bpchar"} else text
    try:
        return _scalar(text, kind.base)
    except (ValueError, InvalidOperation):
        return None


def _scalar(text: str, base: str) -> object | None:
    if base in NUMBERS:
        return Decimal(text)
    match base:
        case "boolean":
            return text.lower() in TRUE
        case "json" | "jsonb":
            return ("json", json.dumps(json.loads(text), sort_keys=True))
        case "uuid":
            return text.lower().replace("-", "").strip("{}")
        case "date" | "timestamp":  # the server ignores an offset here
            return _moment(text).replace(tzinfo=None)
        case "timestamptz":
            moment = _moment(text)
            return None if moment.tzinfo is None else moment
        case "time":
            return time.fromisoformat(text).replace(tzinfo=None)
        case "interval":
            return _span(text.lower())
        case "bytea" if text.startswith("\\x"):
            return bytes.fromhex(text[2:])
        case "bit" | "varbit" if not text.strip("01"):
            return text
    return None


def _span(text: str) -> tuple[int, ...] | None:
    """Months, days and seconds of ``1 day 2 hours``; None where it is written otherwise."""
    if not re.fullmatch(f"(?:{SPAN.pattern})+", text):
        return None
    parts = [(int(count), UNITS.get(unit)) for count, unit in SPAN.findall(text)]
    if any(unit is None for _, unit in parts):
        return None
    return tuple(sum(count * unit[at] for count, unit in parts if unit) for at in range(3))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(re.sub(r" (?=[+-]\d\d)", "", text))


def _items(meaning: str) -> list[str] | None:
    """The elements of ``ARRAY['a', 'b']`` or ``'{a,b}'`` as literals; None where they are nested or null."""
    if written := ARRAY.fullmatch(meaning):
        return LITERAL.findall(written[1])
    text = _unquoted(meaning) if LITERAL.fullmatch(meaning) else ""
    inside = text[1:-1]
    if not (text.startswith("{") and text.endswith("}")) or re.search(r"[{\\]|\bnull\b", inside, re.IGNORECASE):
        return None
    found = re.findall(r'\s*(?:"([^"]*)"|([^,"]+?))\s*(?:,|$)', inside)
    return ["'" + (quoted or bare).replace("'", "''") + "'" for quoted, bare in found]


def _unquoted(literal: str) -> str:
    if not literal.endswith("'"):
        return literal
    text = literal.removeprefix("E")[1:-1].replace("''", "'")
    return text.replace("\\\\", "\\") if literal.startswith("E") else text
