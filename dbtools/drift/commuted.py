"""Conditions that differ only in the order in which they are written: ``a AND b``, ``IN ('x', 'y')``, ``0 < a``."""

from __future__ import annotations

import re
from collections.abc import Iterator

STRING = r"E?'(?:[^']|'')*'"
NUMBER = r"-?\d+(?:\.\d+)?"
TOKEN = re.compile(rf"""{STRING}|"(?:[^"]|"")*"|\d+(?:\.\d+)?|\w+|[<>=!~*|&+/%^@#?:-]+|\S""")
_LITERAL = rf"(?:{STRING}|{NUMBER})"
_LIST = re.compile(rf"\bIN \(({_LITERAL}(?:, {_LITERAL})*)\)")
_PLAIN = re.compile(r"'[A-Za-z_ -]+'|'?(?:0|[1-9]\d*)'?")
_TURNED = re.compile(rf"""({_LITERAL}) (=|<>|<=?|>=?) (\w+|"(?:[^"]|"")*")""")
_OPPOSITE = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


def in_order(meaning: str) -> str:
    """*meaning* with everything in one order of which the order does not matter."""
    for word in ("OR", "AND"):
        parts = list(_split(meaning, word))
        if len(parts) > 1:
            return f" {word} ".join(sorted(in_order(part) for part in parts))
    if meaning.startswith("(") and _closing(meaning) == len(meaning):
        return f"({in_order(meaning[1:-1])})"
    turned = _TURNED.fullmatch(meaning)
    if turned:
        constant, operator, column = turned.groups()
        return f"{column} {_OPPOSITE.get(operator, operator)} {constant}"
    return _LIST.sub(_sorted, meaning)


def differ_in_lists(one: str, other: str) -> bool:
    """Whether two meanings are the same but for what stands in their lists, which are plain words or numbers."""
    if _LIST.sub("IN ()", one) != _LIST.sub("IN ()", other):
        return False
    lists = [[frozenset(re.findall(_LITERAL, items)) for items in _LIST.findall(each)] for each in (one, other)]
    return lists[0] != lists[1] and all(_PLAIN.fullmatch(item) for side in lists for items in side for item in items)


def _sorted(found: re.Match[str]) -> str:
    return f"IN ({', '.join(sorted(re.findall(_LITERAL, found[1])))})"


def _split(meaning: str, word: str) -> Iterator[str]:
    """The parts between *word*, outside of brackets; the whole where it has CASE or BETWEEN, which use AND as well."""
    if re.search(r"\b(?:CASE|BETWEEN)\b", meaning):
        yield meaning
        return
    depth = start = 0
    for token in TOKEN.finditer(meaning):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token[0], 0)
        if depth == 0 and token[0] == word:
            yield meaning[start : token.start()].strip()
            start = token.end()
    yield meaning[start:].strip()


def _closing(meaning: str) -> int:
    """The end of the bracket that opens first."""
    depth = 0
    for token in TOKEN.finditer(meaning):
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        if depth == 0:
            return token.end()
    return 0
