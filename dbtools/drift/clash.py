"""One attribute on which two sources differ: what each says, what that does at run time, and what ends it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

from dbtools.drift.source import Pair
from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.model.operation import Operation
from dbtools.model.typescript import NAMESPACE

T = TypeVar("T")
UNDECIDED = "not-compared"
MISSING = "missing"
PRESENT = "present"


class Harm(NamedTuple):
    """What a difference does at run time, and how much that matters."""

    severity: Severity
    text: str


class Clash(NamedTuple):
    """``expected`` is what the truth says of ``table`` and ``object``, ``found`` what the other source says.

    ``columns`` are those it is about, ``aspect`` what a third source must be able to say to have a part in it, ``harm``
    what happens at run time, ``remedy`` the edit. ``enum``: the one whose labels they are, where ``table`` is none.
    """

    rule: str
    severity: Severity
    table: Name
    object: str
    expected: str
    found: str
    aspect: str = ""
    columns: tuple[str, ...] = ()
    harm: str = ""
    remedy: str = ""
    enum: Name | None = None


class Compared(NamedTuple):
    """What one comparison gave: a clash, or that both say the same (None)."""

    pair: Pair
    clash: Clash | None


def remedy(
    pair: Pair, expected: T | None, found: T | None, change: Callable[[T | None, T], Iterable[Operation]]
) -> str:
    """The edit that ends the difference; *change* leads a database from what it has to what it should have.

    Nothing that loses rows is proposed as SQL: what one of the two lacks is to be added there.
    """
    if pair.other.is_database:
        if expected is None:
            return f"add it to {pair.truth.label}, or drop it from {pair.other.label} if nothing needs it"
        return f"bring {pair.other.label} in line: {_script(change(found, expected))}"
    if found is None:
        return f"add it to {pair.other.label}"
    script = _script(change(expected, found))
    if f"{NAMESPACE}." in script:  # it says what rows look like, which is no type of a column
        return f"change it in {pair.other.label}, or write a migration that adds it"
    return f"change it in {pair.other.label}, or write a migration: {script}"


def _script(operations: Iterable[Operation]) -> str:
    from dbtools.sql.render import render  # 12 ms, for which nobody waits where all agree

    return "; ".join(map(render, operations))
