"""How the bound of a partition goes with checks and with other bounds: implied, excluded, overlapping.

PostgreSQL skips the scan of ATTACH PARTITION where valid checks and NOT NULL imply the bound
(``predicate_implied_by``), and that of the default partition where its checks exclude it. Followed are bounds over one
column that is compared with constants of its own kind; anything else that may prove something is None: unknown.
Moments with a time zone are compared where the session is in UTC, as those are taken to have been that wrote the rest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from dbtools.model.expression import Name, Type
from dbtools.model.objects import Fit, PartitionOf, Table
from dbtools.model.predict.relations import branch, default_partition
from dbtools.model.schema import Schema
from dbtools.sql import dialect
from dbtools.sql.judge_types import has_no_offset

if TYPE_CHECKING:
    from sqlglot import exp

Value = Decimal | datetime | str
INTEGERS = frozenset({"smallint", "integer", "bigint"})
NUMBERS = INTEGERS | {"numeric", "real", "double precision"}
MOMENTS = frozenset({"date", "timestamp"})
STRINGS = frozenset({"text", "varchar", "char", "bpchar", "uuid"})
HASH = re.compile(r"FOR VALUES WITH \(modulus (\d+), remainder (\d+)\)")
MOST_SIBLINGS = 1000  # partitions that a new one is compared with
FLIPPED = {"GT": "LT", "GTE": "LTE", "LT": "GT", "LTE": "GTE", "EQ": "EQ"}


class _End(NamedTuple):
    """Where values begin or end."""

    value: Value
    inside: bool


@dataclass(frozen=True, slots=True)
class _Values:
    """The values of one column that a condition leaves: between two ends, or one of a list.

    ``whole``: whether the condition says nothing else of the column.
    """

    lower: _End | None = None
    upper: _End | None = None
    listed: frozenset[Value] | None = None
    null: bool = True
    whole: bool = True


def fit(partition: Name, of: PartitionOf, schema: Schema, timezone: str | None = "UTC") -> Fit:
    """How *partition* fits in as *of*, in a session of *timezone*."""
    parent, default = schema.table(of.parent), default_partition(of.parent, schema)
    if parent is None or parent.partition_by is None:
        return Fit()
    key = _key(parent)
    if key is not None and key[1].base == "timestamptz" and not (timezone and has_no_offset(timezone)):
        return Fit()
    overlaps = _overlaps(of, partition, parent, schema)
    bound = _bound(of.bound, key[1]) if key else None
    if key is None or bound is None:
        plain = of.bound.startswith("FOR VALUES WITH")
        return Fit(implied=False if plain else None, excluded=False if plain else None, overlaps=overlaps)
    members = branch(partition, schema)
    implied = _within(_checked(members[0], *key), bound) if len(members) == 1 else None
    excluded = _apart(_checked(default, *key), bound) if default is not None else None
    return Fit(implied, excluded, overlaps)


def _key(parent: Table) -> tuple[str, Type] | None:
    """The one column that decides, with its type."""
    keys = parent.partition_by.columns if parent.partition_by else ()
    column = parent.column(keys[0]) if len(keys) == 1 else None
    return (column.name, column.type) if column is not None else None


@lru_cache(maxsize=4096)
def _bound(text: str, kind: Type) -> _Values | None:
    """The values that a bound takes; None for a hash, the default, and what is not compared here."""
    if text.startswith("FOR VALUES IN "):
        found = _constants(text.removeprefix("FOR VALUES IN "), kind)
        if found is None:
            return None
        values = frozenset(value for value in found if value is not None)
        return _Values(listed=values, null=None in found)
    ends = re.fullmatch(r"FOR VALUES FROM (\(.*\)) TO (\(.*\))", text, re.DOTALL)
    if ends is None:
        return None
    lower, upper = (_end(part, kind, inside=inside) for part, inside in ((ends[1], True), (ends[2], False)))
    return None if lower is False or upper is False else _Values(lower, upper, null=False)  # type: ignore[arg-type]


def _end(text: str, kind: Type, *, inside: bool) -> _End | bool | None:
    """One end of a range, None where it is open, False where it is not compared here."""
    if text.strip("() ").upper() in {"MINVALUE", "MAXVALUE"}:
        return None
    found = _constants(text, kind)
    if found is None or len(found) != 1 or found[0] is None:
        return False
    return _End(found[0], inside)


def _constants(text: str, kind: Type) -> tuple[Value | None, ...] | None:
    from sqlglot import exp

    tree = dialect.parse(f"SELECT {text}")
    if not isinstance(tree, exp.Select) or len(tree.expressions) != 1:
        return None
    inner = tree.expressions[0]
    parts = inner.expressions if isinstance(inner, exp.Tuple) else [inner.unnest()]
    found = [(True, None) if isinstance(part, exp.Null) else _constant(part, kind) for part in parts]
    return tuple(value for _, value in found) if all(known for known, _ in found) else None


def _constant(node: exp.Expr, kind: Type) -> tuple[bool, Value | None]:
    """Whether *node* is a constant of the column's kind, and its value as something that compares."""
    from sqlglot import exp

    node = node.unnest()
    if isinstance(node, exp.Cast):
        named = node.to.sql(dialect="postgres").lower()
        allowed = STRINGS | {"character varying"} if kind.base in STRINGS else {kind.base, _SQLGLOT.get(kind.base, "")}
        if named.split("(")[0] not in allowed:
            return False, None
        return _constant(node.this, kind)
    negative = isinstance(node, exp.Neg)
    literal = node.this if negative else node
    if not isinstance(literal, exp.Literal) or kind.dimensions or kind.namespace:
        return False, None
    value = _value(f"-{literal.name}" if negative else literal.name, kind.base)
    return value is not None, value


_SQLGLOT = {"integer": "int", "numeric": "decimal"}


def _value(text: str, base: str) -> Value | None:
    try:
        if base in INTEGERS and not text.removeprefix("-").isdigit():
            return None  # the column would be compared as numeric, by operators that prove nothing of it
        if base in NUMBERS:
            return Decimal(text)
        if base == "timestamptz":  # without an offset it is meant in the session's zone, which is UTC here
            found = datetime.fromisoformat(text)
            return None if found.utcoffset() else found.replace(tzinfo=None)
        if base in MOMENTS:
            found = datetime.fromisoformat(text)
            return (
                None if found.tzinfo is not None or (base == "date" and found.time() != datetime.min.time()) else found
            )
    except (InvalidOperation, ValueError):
        return None
    return text if base in STRINGS else None


def _checked(table: Table, column: str, kind: Type) -> _Values:
    """What the valid checks and NOT NULL of a table leave of a column."""
    found = table.column(column)
    values = _Values(null=found is None or found.nullable)
    for check in table.checks:
        if check.validated and check.enforced and column in check.expression.columns:
            tree = dialect.parse(f"SELECT {check.expression.text}")
            values = (
                replace(values, whole=False) if tree is None else _narrowed(values, tree.expressions[0], column, kind)
            )
    return values


def _narrowed(values: _Values, node: exp.Expr, column: str, kind: Type) -> _Values:
    """*values*, as far as a condition says that they lie between constants."""
    from sqlglot import exp

    node = node.unnest()
    match node:
        case exp.And():
            return _narrowed(_narrowed(values, node.left, column, kind), node.right, column, kind)
        case exp.Is(this=exp.Column(this=exp.Identifier(this=name)), expression=exp.Null()) if name == column:
            return replace(values, null=False) if node.args.get("negate") else replace(values, whole=False)
        case exp.Not(this=exp.Is(this=exp.Column(this=exp.Identifier(this=name)), expression=exp.Null())):
            return replace(values, null=False) if name == column else values
        case exp.Between() if _is(node.this, column):
            low, high = _constant(node.args["low"], kind), _constant(node.args["high"], kind)
            if low[0] and high[0]:
                return _cut(_cut(values, "GTE", low[1]), "LTE", high[1])
        case exp.In() if _is(node.this, column) and node.expressions:
            listed = [_constant(part, kind) for part in node.expressions]
            if all(known for known, _ in listed):
                chosen = frozenset(value for _, value in listed if value is not None)
                return replace(values, listed=chosen if values.listed is None else values.listed & chosen)
        case exp.EQ() | exp.GT() | exp.GTE() | exp.LT() | exp.LTE():
            operator = type(node).__name__
            for side, other, way in ((node.left, node.right, operator), (node.right, node.left, FLIPPED[operator])):
                known, value = _constant(other, kind)
                if _is(side, column) and known:
                    return _cut(values, way, value)
    return replace(values, whole=False) if any(each.name == column for each in node.find_all(exp.Column)) else values


def _is(node: exp.Expr, column: str) -> bool:
    from sqlglot import exp

    node = node.unnest()
    if isinstance(node, exp.Cast) and node.to.is_type("text"):
        node = node.this.unnest()
    return isinstance(node, exp.Column) and node.name == column


def _cut(values: _Values, way: str, value: Value | None) -> _Values:
    if value is None:
        return replace(values, whole=False)
    if way == "EQ":
        return replace(values, listed=frozenset({value}))
    if isinstance(value, str):
        return replace(values, whole=False)  # their order is the collation's
    end = _End(value, way in {"GTE", "LTE"})
    if way in {"GT", "GTE"}:
        return replace(values, lower=end if values.lower is None or _after(end, values.lower) else values.lower)
    return replace(values, upper=end if values.upper is None or _before(end, values.upper) else values.upper)


def _after(one: _End, two: _End) -> bool:
    """Whether a lower end cuts off at least as much."""
    return one.value > two.value or (one.value == two.value and (two.inside or not one.inside))  # type: ignore[operator]


def _before(one: _End, two: _End) -> bool:
    """Whether an upper end cuts off at least as much."""
    return one.value < two.value or (one.value == two.value and (two.inside or not one.inside))  # type: ignore[operator]


def _within(known: _Values, bound: _Values) -> bool | None:
    """Whether every value that checks leave lies within the bound."""
    nulls = bound.null or not known.null
    if nulls and _values_within(known, bound):
        return True
    return False if known.whole else None


def _values_within(known: _Values, bound: _Values) -> bool:
    if bound.listed is not None:
        return known.listed is not None and known.listed <= bound.listed
    if known.listed is not None:
        return all(_holds(bound, value) for value in known.listed)
    low = bound.lower is None or (known.lower is not None and _after(known.lower, bound.lower))
    high = bound.upper is None or (known.upper is not None and _before(known.upper, bound.upper))
    return low and high


def _holds(bound: _Values, value: Value) -> bool:
    if isinstance(value, str):
        return False
    exact = _End(value, inside=True)
    low = bound.lower is None or _after(exact, bound.lower)
    return low and (bound.upper is None or _before(exact, bound.upper))


def _apart(known: _Values, bound: _Values) -> bool | None:
    """Whether no value that checks leave lies within the bound."""
    if (not bound.null or not known.null) and _values_apart(known, bound):
        return True
    return False if known.whole else None


def _values_apart(known: _Values, bound: _Values) -> bool:
    if known.listed is not None and bound.listed is not None:
        return known.listed.isdisjoint(bound.listed)
    if known.listed is not None:
        return all(not isinstance(value, str) and not _holds(bound, value) for value in known.listed)
    if bound.listed is not None:
        return all(not isinstance(value, str) and not _holds(known, value) for value in bound.listed)
    return _beyond(known.lower, bound.upper) or _beyond(bound.lower, known.upper)


def _beyond(lower: _End | None, upper: _End | None) -> bool:
    if lower is None or upper is None:
        return False
    if lower.value == upper.value:
        return not (lower.inside and upper.inside)
    return lower.value > upper.value  # type: ignore[operator]


def _overlaps(of: PartitionOf, partition: Name, parent: Table, schema: Schema) -> bool | None:
    """Whether another partition takes some of the same values."""
    if schema.count_children(parent.name) > MOST_SIBLINGS:
        return None
    others = [
        sibling.partition_of.bound
        for sibling in schema.children(parent.name)
        if sibling.partition_of is not None and sibling.name != partition and sibling.partition_of.bound != "DEFAULT"
    ]
    if of.bound == "DEFAULT" or not others:
        return False
    if mine := HASH.fullmatch(of.bound):
        theirs = [HASH.fullmatch(bound) for bound in others]
        return None if None in theirs else any(_same_hash(mine, each) for each in theirs if each)
    key = _key(parent)
    found = [_bound(bound, key[1]) if key else None for bound in (of.bound, *others)]
    if any(bound is None for bound in found):
        return True if of.bound in others else None
    known = [bound for bound in found if bound is not None]
    return any(not _values_apart(other, known[0]) or (other.null and known[0].null) for other in known[1:])


def _same_hash(one: re.Match[str], two: re.Match[str]) -> bool:
    """Whether two parts of a hash share rows: of two moduli, one divides the other."""
    (_, at), (modulus, remainder) = sorted(((int(each[1]), int(each[2])) for each in (one, two)), reverse=True)
    return at % modulus == remainder
