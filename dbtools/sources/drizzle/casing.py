"""How drizzle-kit turns a key into a column name where none is given (``casing`` in its configuration)."""

from __future__ import annotations

import re
from collections.abc import Callable

WORD = re.compile(r"[\da-z]+|[A-Z]+(?![a-z])|[A-Z][\da-z]+")
CASINGS = ("snake_case", "camelCase")


def cased(key: str, casing: str) -> str:
    """*key* in snake_case or camelCase; as it is where *casing* is empty. Words are parted as drizzle-orm does."""
    return _CASINGS.get(casing, str)(key)


def _words(key: str) -> list[str]:
    return WORD.findall(re.sub("['\u2019]", "", key))


def _snake(key: str) -> str:
    return "_".join(word.lower() for word in _words(key))


def _camel(key: str) -> str:
    first, *rest = _words(key) or [""]
    return first.lower() + "".join(word[0].upper() + word[1:] for word in rest)


_CASINGS: dict[str, Callable[[str], str]] = {"snake_case": _snake, "camelCase": _camel}
