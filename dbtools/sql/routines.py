"""What PL/pgSQL does, as far as names go: its queries and expressions, its variables, the columns that they copy.

libpg_query parses a block without its function's parameters; those that it misses are declared around the block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from dbtools.sql.grammar import GrammarError, parse_plpgsql
from dbtools.sql.named import COMMENT
from dbtools.sql.plpgsql import constant_of

TYPED = re.compile(r'((?:"[^"]+"|\w+)(?:\s*\.\s*(?:"[^"]+"|\w+))?)\s*\.\s*("[^"]+"|\w+)\s*%\s*TYPE\b', re.IGNORECASE)
ROWTYPE = re.compile(r"%\s*ROWTYPE\b", re.IGNORECASE)
UNKNOWN_VARIABLE = re.compile(r'"([^".]+)(\.[^"]*)?" is not a known variable')
NOT_SCALAR = re.compile(r'"([^"]+)" is not a scalar variable')
ASSIGNED = re.compile(r"\A([^:=]*?):?=")
SIGNATURES = (
    "f() RETURNS record",
    "f() RETURNS SETOF record",
    "f() RETURNS void",
    "f(OUT a int, OUT b int) RETURNS SETOF record",
)
MOST_PARAMETERS = 60
STATEMENT, EXPRESSION = 0, 2  # raw_parser's modes; those above are assignments


@dataclass(frozen=True, slots=True)
class Routine:
    """A block.

    ``queries``: all that it runs, expressions as SELECT. ``dynamic``: expressions that give the text of a statement.
    ``records``: variables with fields, each with the queries that fill it. ``typed``: ``t.c%TYPE``, as it is written.
    """

    queries: tuple[str, ...] = ()
    dynamic: tuple[str, ...] = ()
    records: tuple[tuple[str, tuple[str, ...]], ...] = ()
    typed: tuple[tuple[str, str], ...] = ()


@lru_cache(maxsize=512)
def routine(body: str) -> Routine:
    """The block *body*; GrammarError where it cannot be parsed."""
    plain = COMMENT.sub(" ", body)
    found = _Found()
    found.walk(_tree(ROWTYPE.sub("", plain)))
    typed = tuple((path, column) for path, column in TYPED.findall(plain))
    records = tuple((name, tuple(filled)) for name, filled in found.records.items())
    return Routine(tuple(found.queries), tuple(found.dynamic), records, typed)


def _tree(body: str) -> Any:
    error = GrammarError("")
    for signature in SIGNATURES:
        declared: dict[str, str] = {"new": "record", "old": "record"}
        for _ in range(MOST_PARAMETERS):
            variables = " ".join(f'"{name}" {kind};' for name, kind in declared.items())
            try:
                return parse_plpgsql(signature, f"DECLARE {variables} BEGIN {body.strip().rstrip(';')}; END")
            except GrammarError as failed:
                error = failed
                if not _declares(str(failed), declared):
                    break
    raise error


def _declares(complaint: str, declared: dict[str, str]) -> bool:
    """Whether a parameter explains the *complaint*: then it is declared."""
    if unknown := UNKNOWN_VARIABLE.search(complaint):
        name, kind = unknown[1], "record" if unknown[2] else "text"
    elif scalar := NOT_SCALAR.search(complaint):
        name, kind = scalar[1], "text"
    else:
        return False
    known = declared.get(name)
    declared[name] = kind
    return known != kind


@dataclass(slots=True)
class _Found:
    queries: list[str] = field(default_factory=list)
    dynamic: list[str] = field(default_factory=list)
    records: dict[str, list[str]] = field(default_factory=dict)

    def walk(self, tree: Any) -> None:
        """Everything below *tree*."""
        if isinstance(tree, list):
            for item in tree:
                self.walk(item)
        elif isinstance(tree, dict):
            for key, value in tree.items():
                self._node(key, value)

    def _node(self, key: str, value: Any) -> None:
        match key:
            case "PLpgSQL_expr":
                self.queries.append(_query(value))
            case "PLpgSQL_rec" if "refname" in value:
                self.records.setdefault(value["refname"], [])
            case "PLpgSQL_stmt_dynexecute" | "PLpgSQL_stmt_dynfors":
                self._executed(value)
            case "PLpgSQL_stmt_return_query" if "dynquery" in value:
                self._executed({**value, "query": value["dynquery"]})
            case "PLpgSQL_stmt_fors" | "PLpgSQL_stmt_execsql":
                source = value.get("query") or value.get("sqlstmt")
                self._fill(value, _query(source["PLpgSQL_expr"]))
                self.walk(value)
            case _:
                self.walk(value)

    def _executed(self, value: dict[str, Any]) -> None:
        expression = value["query"]["PLpgSQL_expr"]["query"]
        constant = constant_of(expression)
        if constant is None:
            self.dynamic.append(expression)
        else:
            self.queries.append(constant)
            self._fill(value, constant)
        self.walk({key: inner for key, inner in value.items() if key not in {"query", "dynquery"}})

    def _fill(self, value: dict[str, Any], query: str) -> None:
        target = value.get("target") or value.get("var") or {}
        name = target.get("PLpgSQL_rec", {}).get("refname") if isinstance(target, dict) else None
        if name is not None:
            self.records.setdefault(name, []).append(query)


def _query(expression: dict[str, Any]) -> str:
    text, mode = str(expression["query"]), expression.get("parseMode", STATEMENT)
    if mode == STATEMENT:
        return text
    if mode == EXPRESSION:
        return f"SELECT {text}"
    target = ASSIGNED.match(text)
    return f"SELECT {text[target.end() :]}, {target[1]}" if target else f"SELECT {text}"


def fields(query: str, record: str) -> Iterator[str]:
    """The fields of *record* that *query* names: ``*`` for all, an empty one where it takes the row as a whole."""
    name = rf'(?<![\w."$])(?:{re.escape(record)}|"{re.escape(record)}")(?![\w"$])'
    for match in re.finditer(rf'{name}(?:\s*\.\s*("(?:[^"]|"")+"|\w+|\*))?', query, re.IGNORECASE):
        said = match[1] or ""
        yield said[1:-1].replace('""', '"') if said.startswith('"') else said.lower()
