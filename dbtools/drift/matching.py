"""Pairs of what two sources have, by content and not by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

T = TypeVar("T")


def matches(ours: list[T], theirs: list[T], test: Callable[[T, T], bool]) -> Iterator[tuple[T, T]]:
    """The pairs that pass *test*, each taken out of both lists as it is found."""
    for one in list(ours):
        found = next((other for other in theirs if test(one, other)), None)
        if found is not None:
            ours.remove(one)
            theirs.remove(found)
            yield one, found


def present(truth: T | None, other: T | None) -> T:
    """The one of two that is there, the truth's first; ValueError where neither is."""
    found = truth if truth is not None else other
    if found is None:
        raise ValueError("neither source has it")
    return found
