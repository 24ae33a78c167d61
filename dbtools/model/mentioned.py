"""The names that an operation holds, whatever kind of operation it is."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model.expression import Name
from dbtools.model.operation import Operation


def mentioned(operation: Operation) -> Iterator[Name]:
    """Every name that *operation* holds, by itself or in a list."""
    for each in operation.__match_args__:
        value = getattr(operation, each)
        if isinstance(value, Name):
            yield value
        elif isinstance(value, tuple):
            yield from (found for found in value if isinstance(found, Name))
