"""The names that PostgreSQL gives to what was left unnamed, and how it cuts names that are too long.

Follows ``ChooseIndexName``, ``ChooseConstraintName`` and ``makeObjectName`` of the server's sources; measured
on 15 and 18. An expression's label is read from its text as far as that needs no parser.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from itertools import count

from dbtools.model.expression import Name
from dbtools.model.lengths import LONGEST, clipped, object_name, truncated
from dbtools.model.objects import Check, Constraint, Exclusion, ForeignKey, Index, NotNull, PrimaryKey, Unique
from dbtools.model.schema import Schema

__all__ = [
    "LONGEST", "chosen_name", "domain_check_name", "is_relation", "object_name", "sequence_name", "truncated",
    "written",
]  # fmt: skip

_INTERNAL = {
    "integer": "int4", "int": "int4", "bigint": "int8", "smallint": "int2", "real": "float4", "boolean": "bool",
    "double precision": "float8", "decimal": "numeric", "character varying": "varchar", "character": "bpchar",
    "char": "bpchar", "timestamp with time zone": "timestamptz", "timestamp without time zone": "timestamp",
    "time with time zone": "timetz", "time without time zone": "time",
}  # fmt: skip
_IDENTIFIER = r'(?:"(?:[^"]|"")+"|[^\W\d][\w$]*)'
_PART = re.compile(_IDENTIFIER)
_PATH = re.compile(rf"{_IDENTIFIER}(?:\.{_IDENTIFIER})*")
_CAST = re.compile(rf"::({_IDENTIFIER}(?:\.{_IDENTIFIER}| [a-z]+)*)(?:\([^)]*\))?((?: [a-z]+)*)(?:\[\])*")
_CAST_CALL = re.compile(r"^cast\((.*) as ([^()]+(?:\([\d, ]*\))?)\)$", re.IGNORECASE | re.DOTALL)
_BRACKETS = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|[()\[\]]""")


def written(text: str, namespace: str = "public") -> Name:
    """The name that *text* writes in SQL (``shop."Order"``); *namespace* where it gives none."""
    parts = [_plain(part) for part in _PART.findall(text)]
    return Name(parts[-2] if len(parts) > 1 else namespace, parts[-1] if parts else text)


def chosen_name(schema: Schema, table: Name, unnamed: Constraint | Index, *, taken: Container[str] = ()) -> str:
    """The name the server would give *unnamed* on *table*; *taken* are names that *schema* does not hold yet."""
    middle, label = _parts(unnamed)
    for number in count():
        name = object_name(table.local, middle, f"{label}{number or ''}")
        if name not in taken and not _in_use(schema, Name(table.namespace, name), unnamed):
            return name
    raise AssertionError  # pragma: no cover - count() does not end


def sequence_name(schema: Schema, table: Name, column: str) -> Name:
    """The name of the sequence that the server would make for a serial *column*."""
    for number in count():
        name = Name(table.namespace, object_name(table.local, column, f"seq{number or ''}"))
        if not is_relation(schema, name) and name.local not in _implied_sequences(schema, name.namespace):
            return name
    raise AssertionError  # pragma: no cover - count() does not end


def domain_check_name(domain: Name, taken: Container[str]) -> str:
    """The name the server would give an unnamed CHECK of *domain*."""
    names = (object_name(domain.local, "", f"check{number or ''}") for number in count())
    return next(name for name in names if name not in taken)


def is_relation(schema: Schema, name: Name) -> bool:
    """Whether a table, view or sequence is called *name*."""
    return name in schema.tables or name in schema.views or name in schema.sequences


def _parts(unnamed: Constraint | Index) -> tuple[str, str]:
    match unnamed:
        case PrimaryKey():
            return "", "pkey"
        case Unique():
            return _joined(unnamed.columns), "key"
        case ForeignKey():
            return _joined(unnamed.columns), "fkey"
        case Exclusion():
            return _joined(unnamed.columns), "excl"
        case NotNull():
            return unnamed.column, "not_null"
        case Check():
            columns = sorted(set(unnamed.expression.columns))
            return columns[0] if len(columns) == 1 else "", "check"
        case Index():
            return _joined(_distinct((*_key_labels(unnamed), *unnamed.include))), "idx"


def _in_use(schema: Schema, name: Name, unnamed: Constraint | Index) -> bool:
    """Indexes share the names of relations, constraints those of constraints; what is both must be free in both."""
    if isinstance(unnamed, Index | PrimaryKey | Unique | Exclusion) and is_relation_or_index(schema, name):
        return True
    return not isinstance(unnamed, Index) and _is_constraint(schema, name)


def is_relation_or_index(schema: Schema, name: Name) -> bool:
    """Whether a table, view, sequence or index is called *name*, also an index behind a constraint."""
    if is_relation(schema, name):
        return True
    local = name.local
    for table in schema.owning(name):
        if table.index(local) is not None or isinstance(table.constraint(local), PrimaryKey | Unique | Exclusion):
            return True
    return next(schema.indexed(name), None) is not None


def _is_constraint(schema: Schema, name: Name) -> bool:
    namespace, local = name
    if any(table.constraint(local) is not None for table in schema.owning(name)):
        return True
    domains = (domain for domain in schema.domains.values() if domain.name.namespace == namespace)
    return any(check.name == local for domain in domains for check in domain.checks)


def _implied_sequences(schema: Schema, namespace: str) -> frozenset[str]:
    return frozenset(
        object_name(table.name.local, column.name, "seq")
        for table in schema.tables.values()
        if table.name.namespace == namespace
        for column in table.columns
        if column.identity
    )


def _joined(columns: Iterable[str]) -> str:
    joined = ""
    for column in columns:
        joined = f"{joined}_{column}" if joined else column
        if len(joined.encode()) > LONGEST:
            break
    return joined


def _distinct(labels: Iterable[str]) -> list[str]:
    seen: list[str] = []
    for label in labels:
        tries = (clipped(label, LONGEST - len(str(number or ""))) + str(number or "") for number in count())
        seen.append(next(name for name in tries if name not in seen))
    return seen


def _key_labels(index: Index) -> Iterator[str]:
    for key in index.keys:
        yield key.column or (_label(key.expression.text.strip()) if key.expression else "") or "expr"


def _label(text: str) -> str:
    """What ``FigureColname`` calls it: the function, the column, or the type it is cast to; empty for an operator."""
    outermost = ""
    while True:
        text = _CAST_CALL.sub(r"(\1)::\2", text)
        if text[:5].lower() in {"case ", "array"}:
            return text[:5].strip().lower()
        path = _PATH.match(text)
        head = end = _closing(text, path.end() if path else 0)
        while cast := _CAST.match(text, end):
            last, end = cast.group(1) + cast.group(2), cast.end()
            outermost = last if end == len(text) and not outermost else outermost
        if end == len(text) and path:
            return _plain(_PART.findall(path.group())[-1])
        if end < len(text) or not text.startswith("("):
            return _type_label(outermost) if outermost else ""
        text = text[1 : head - 1]


def _closing(text: str, start: int) -> int:
    """The end of the bracket that opens at *start*; *start* itself where none does."""
    if text[start : start + 1] != "(":
        return start
    depth = 0
    for token in _BRACKETS.finditer(text, start):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.group(), 0)
        if depth == 0:
            return token.end()
    return len(text)


def _type_label(written_type: str) -> str:
    lowered = written_type.lower()
    return _INTERNAL.get(lowered) or _plain(_PART.findall(written_type)[-1])


def _plain(identifier: str) -> str:
    return identifier[1:-1].replace('""', '"') if identifier.startswith('"') else identifier.lower()
