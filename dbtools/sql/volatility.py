"""How volatile an expression is, given what is known of its columns' types.

Where PostgreSQL would choose between functions of different volatility and the choice is not known, the answer is the
milder one if a column's type decides (``volatility_by_type`` tries the types one by one, so what only two columns
together decide is missed), else UNKNOWN. tests/data/expressions.json holds what servers made of 2,900 expressions.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from functools import lru_cache
from typing import TYPE_CHECKING

from dbtools.model.expression import Volatility
from dbtools.sql.built_in import (
    CHOICES,
    IMMUTABLE,
    KEYWORD_CALLS,
    LETTERS,
    NUMBERS,
    STABLE,
    TEXTUAL,
    UNKNOWN,
    Part,
    candidate_types,
    conversion,
    functions,
    overloads,
    stable_pairs,
    text_conversion,
)
from dbtools.sql.types import BUILT_IN, read_type

if TYPE_CHECKING:
    from sqlglot import exp

LITERAL = "unknown"  # PostgreSQL's own name for the type of a quoted constant
# Keywords that the grammar turns into functions, and those that only sqlglot takes for columns.
KEYWORDS = {
    "CurrentTimestamp": "timestamptz", "CurrentDate": "date", "CurrentTime": "timetz", "Localtimestamp": "timestamp",
    "Localtime": "time", "CurrentUser": "name", "SessionUser": "name", "CurrentSchema": "name",
    "CurrentCatalog": "name", "CurrentRole": "name",
}  # fmt: skip
NAMED_KEYWORDS = frozenset({"user", "current_role", "system_user", "current_catalog"})
# SQL functions over any type that the planner inlines: as volatile as the text of their argument.
QUOTING = frozenset({"quote_literal", "quote_nullable"})
COMPARISONS = {
    "EQ": "=", "NEQ": "<>", "LT": "<", "LTE": "<=", "GT": ">", "GTE": ">=", "NullSafeEQ": "=", "NullSafeNEQ": "<>",
}  # fmt: skip
RESULTS = {
    "Substring": "text", "Trim": "text", "Overlay": "text", "StrPosition": "integer", "JSONExtractScalar": "text",
    "JSONBExtractScalar": "text", "Interval": "interval", "Boolean": "boolean",
}  # fmt: skip
# Of several implicit casts PostgreSQL takes the one to its category's preferred type, here a STABLE one.
PREFERRED = {"date": "timestamptz", "time": "timetz"}
ARITHMETIC = {
    ("date", "integer"): "date", ("date", "interval"): "timestamp", ("date", "time"): "timestamp",
    ("date", "timetz"): "timestamptz", ("timestamp", "interval"): "timestamp",
    ("timestamptz", "interval"): "timestamptz",
}  # fmt: skip


def _candidates(tree: exp.Expr) -> Iterator[str]:
    """The candidate types, and arrays of them with ``[]`` where something turns an array into something else."""
    from sqlglot import exp

    yield from candidate_types()
    if any(
        isinstance(part, exp.Cast) or part.name.lower() in QUOTING for part in tree.find_all(exp.Cast, exp.Anonymous)
    ):
        yield from (f"{element}[]" for element in candidate_types())


def volatility(tree: exp.Expr) -> Volatility:
    """The worst of all parts of *tree*, as far as they do not hang on a column's type."""
    return _part(tree, {}, {}).how


def volatility_by_type(tree: exp.Expr) -> Iterator[tuple[str, str, Volatility]]:
    """What the whole comes to when one column has one of the candidate types, the others left open."""
    from sqlglot import exp

    parts: dict[int, Part] = {}
    _part(tree, {}, parts)
    columns = list(tree.find_all(exp.Column))
    for name in sorted({column.name for column in columns}):
        above = {id(part) for column in columns if column.name == name for part in _upwards(column)}
        beside = {at: part for at, part in parts.items() if at not in above}
        for type_ in _candidates(tree):
            yield name, type_, _part(tree, {name: type_}, ChainMap({}, beside)).how


def _upwards(node: exp.Expr | None) -> Iterator[exp.Expr]:
    while node is not None:
        yield node
        node = node.parent


def _part(node: exp.Expr, types: Mapping[str, str], memo: MutableMapping[int, Part]) -> Part:
    """*node* judged once per *memo*."""
    from sqlglot import exp

    found = memo.get(id(node))
    if found is not None:
        return found
    found = _leaf(node, types)
    if found is None:
        inner = [_part(child, types, memo) for child in node.iter_expressions() if not isinstance(child, exp.DataType)]
        own = _own(node, type(node).__name__, inner)
        found = own._replace(how=_worst(own.how, *(part.how for part in inner)))
    memo[id(node)] = found
    return found


def _leaf(node: exp.Expr, types: Mapping[str, str]) -> Part | None:
    """What has no parts, or whose parts are not looked at."""
    from sqlglot import exp

    match node:
        case exp.Query():
            return Part(UNKNOWN)
        case exp.Column():
            keyword = not node.this.quoted and node.name in NAMED_KEYWORDS
            return Part(STABLE, "name") if keyword else Part(IMMUTABLE, types.get(node.name))
        case exp.Literal(is_string=False):
            return Part(IMMUTABLE, "numeric" if "." in node.name else "integer")
        case exp.Literal() | exp.Null() | exp.ByteString() | exp.RawString() | exp.BitString() | exp.HexString():
            return Part(IMMUTABLE, LITERAL)
        case _ if type(node).__name__ in KEYWORDS:
            return Part(STABLE, KEYWORDS[type(node).__name__])
    return None


def _worst(*several: Volatility) -> Volatility:
    """What is volatile stays so beside what is unknown, and what is unknown here is never more than stable."""
    certain = max((how for how in several if how is not UNKNOWN), default=IMMUTABLE)
    return certain if certain >= STABLE or UNKNOWN not in several else UNKNOWN


def _own(node: exp.Expr, kind: str, parts: list[Part]) -> Part:
    from sqlglot import exp

    types = [part.type for part in parts]
    match kind:
        case "Cast":
            return _cast(node, types[0] if types else None)
        case "Anonymous":
            return _call(
                node, node.name if isinstance(node.this, str) else node.this.name, types[-len(node.expressions) :]
            )
        case "Dot":
            return parts[-1]
        case "AtTimeZone":
            return _call(node, "timezone", [types[1], types[0]])
        case "Extract":
            return _call(node, "extract", ["text", types[-1]])
        case "Between":
            return Part(max(_operator(node, ">=", types[0], bound) for bound in types[1:]), "boolean")
        case "In":
            return Part(max((_operator(node, "=", types[0], item) for item in types[1:]), default=IMMUTABLE), "boolean")
        case "Add" | "Sub":
            return Part(_operator(node, "+" if kind == "Add" else "-", *types), _sum(kind, *types))
        case "DPipe":
            return Part(max(_as_text(type_) for type_ in types), _joined(types))
        case "MatchAgainst":
            return Part(_operator(node, "@@", types[1], types[0]), "boolean")
        case "Array":
            return Part(IMMUTABLE, LITERAL if set(types) <= {LITERAL} else f"{_first(types)}[]")
        case "Case":
            return Part(IMMUTABLE, _first(types[1:] if node.this else types))
        case "If":
            return Part(IMMUTABLE, types[1])
        case _ if kind in COMPARISONS:
            return Part(_operator(node, COMPARISONS[kind], *types), "boolean")
    if isinstance(node, exp.Predicate | exp.Connector | exp.Not):
        return Part(IMMUTABLE, "boolean")
    return Part(
        IMMUTABLE, RESULTS.get(kind) or (types[0] if len(types) == 1 or kind in {"Collate", "JSONExtract"} else None)
    )


def _doubt(node: exp.Expr) -> Volatility:
    """What cannot be known of *node*: a column's type will tell, or nothing."""
    from sqlglot import exp

    return IMMUTABLE if node.find(exp.Column) else UNKNOWN


def _call(node: exp.Expr, name: str, types: list[str | None]) -> Part:
    if not _is_quoted(node):
        name = name.lower()
    if name in CHOICES:
        return Part(IMMUTABLE, _first(types))
    if name in QUOTING and types:
        return Part(text_conversion(_first(types) or "text", 1), "text")
    if name in KEYWORD_CALLS:
        return Part(STABLE, KEYWORD_CALLS[name])
    if name in functions():
        return functions()[name]
    if name not in overloads():
        return Part(IMMUTABLE)  # not built in: the schema decides
    return _overloaded(node, name, types)


def _is_quoted(node: exp.Expr) -> bool:
    return bool(getattr(node.this, "quoted", False))


def _overloaded(node: exp.Expr, name: str, types: list[str | None]) -> Part:
    fitting = _fitting(name, [_meant(type_, "text") for type_ in types]) or _fitting(name, types)
    if not fitting and len(types) == 1 and name in BUILT_IN and types[0]:  # date(x) is x::date
        return Part(conversion(types[0], name), name)
    if not fitting:
        zoned = [PREFERRED.get(type_ or "", type_) for type_ in types]
        fitting = [("s", result) for _, result in _fitting(name, zoned)]
    results = {result for _, result in fitting}
    result = results.pop() if len(results) == 1 else None
    volatilities = {LETTERS[how] for how, _ in fitting}
    return Part(volatilities.pop() if len(volatilities) == 1 else _doubt(node), result)


def _fitting(name: str, types: list[str | None]) -> list[tuple[str, str]]:
    """Volatility and result of each overload that takes arguments of these *types*."""
    signatures = (signature.split(",") for signature in overloads()[name])
    return [
        (how, result)
        for how, result, *wanted in signatures
        if len(wanted) == len(types) and all(map(_takes, wanted, types))
    ]


def _takes(wanted: str, given: str | None) -> bool:
    if given is None or given == LITERAL or wanted.startswith("any"):
        return True
    return wanted == given or any(wanted in family and given in family for family in (TEXTUAL, NUMBERS))


def _operator(node: exp.Expr, symbol: str, left: str | None, right: str | None) -> Volatility:
    """A quoted constant takes the type of the other side, except in a sum, where it becomes an interval."""
    sides = [_meant(side, "interval" if symbol == "+" else other) for side, other in ((left, right), (right, left))]
    known = [side if side not in TEXTUAL else "text" for side in sides]
    matching = [row for row in stable_pairs("operators") if row[0] == symbol and all(map(_matches, row[1:], known))]
    if not matching:
        return IMMUTABLE
    return STABLE if None not in known else _doubt(node)


def _meant(side: str | None, instead: str | None) -> str | None:
    return instead if side == LITERAL else side


def _matches(wanted: str, known: str | None) -> bool:
    return known is None or known == wanted


def _sum(kind: str, left: str | None, right: str | None) -> str | None:
    if left is None or right is None:
        return None
    if left == right and left in {"timestamp", "timestamptz", "date", "time"}:
        return "integer" if left == "date" else "interval"
    if LITERAL in (left, right):
        other = right if left == LITERAL else left
        return ARITHMETIC.get((other, "interval"), other) if kind == "Add" else None
    return ARITHMETIC.get((left, right)) or ARITHMETIC.get((right, left)) or (left if left == right else None)


def _as_text(type_: str | None) -> Volatility:
    """Of one side of ``||``, which becomes text unless both sides are arrays or documents."""
    if type_ is None:
        return IMMUTABLE
    if type_ in {LITERAL, "jsonb", "bytea", "bit", "varbit", "tsvector", "tsquery"} or type_.endswith("[]"):
        return IMMUTABLE
    return text_conversion(type_, 1)


def _joined(types: Iterable[str | None]) -> str | None:
    known = set(types) - {LITERAL}
    return "text" if known & TEXTUAL or not known else known.pop() if len(known) == 1 else None


def _first(types: Iterable[str | None]) -> str | None:
    return next((type_ for type_ in types if type_ not in {None, LITERAL}), None)


def _without_brackets(datatype: exp.DataType) -> exp.DataType:
    """What sqlglot prints of ``interval(3)`` is no type."""
    if not datatype.expressions or datatype.args.get("nested"):
        return datatype
    bare = datatype.copy()
    bare.set("expressions", None)
    return bare


def _cast(node: exp.Expr, source: str | None) -> Part:
    target = _spelled(node.args["to"])
    if source == LITERAL:
        return Part(IMMUTABLE, target)  # the parser makes it a constant
    if target is None:
        return Part(UNKNOWN)
    if source is None:
        return Part(_doubt(node), target)
    return Part(conversion(source, target), target)


@lru_cache(maxsize=256)
def _spelled(datatype: exp.DataType) -> str | None:
    """A built-in type in short spelling without brackets, arrays with theirs; None for any other."""
    try:
        found = read_type(_without_brackets(datatype).sql(dialect="postgres"))
    except ValueError:
        return None
    return None if found.namespace else found.base + "[]" * found.dimensions
