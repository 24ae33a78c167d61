"""How big tables are in production, and how long a statement takes on them, as a range.

Rates are megabytes of the table per second. The upper ones were measured on PostgreSQL 15.18 and 18.4, one million rows
of 120 MB in memory, on two busy cores; the lower ones of what only reads are those of a disk of 200 MB/s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Literal, NamedTuple

from dbtools.model.effects import Effects
from dbtools.model.expression import Name
from dbtools.model.objects import ForeignKey
from dbtools.model.operation import AddColumn, AddConstraint, Delete, Operation, Update, ValidateConstraint

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dbtools.model.value import dataclass

Work = Literal["scan", "foreign_key", "index", "rewrite", "update"]
MEGA = 1_000_000
RATES: Mapping[str, tuple[int, int]] = {
    "scan": (200, 1000),
    "foreign_key": (100, 500),
    "index": (100, 300),
    "rewrite": (50, 100),
    "update": (10, 20),
}


@dataclass(frozen=True, slots=True)
class TableSize:
    """``bytes`` of the table with its TOAST, without its ``index_bytes``. ``writes`` per second, None when unknown."""

    rows: int
    bytes: int
    index_bytes: int = 0
    writes: float | None = None


class Range(NamedTuple):
    """Seconds, at best and at worst."""

    low: float
    high: float

    def __str__(self) -> str:
        if self.high < 1:
            return "under a second"
        for unit, seconds in (("h", 3600), ("min", 60), ("s", 1)):
            if self.high >= 2 * seconds or unit == "s":
                low, high = (_rounded(value / seconds) for value in self)
                return f"{low} to {high} {unit}" if low != high else f"about {high} {unit}"
        raise AssertionError


def _rounded(value: float) -> str:
    """Two digits that count: 1.6, 16."""
    return f"{value:.0f}" if value >= 9.95 else f"{value:.1f}".removesuffix(".0")  # noqa: PLR2004 - shown as 10


@dataclass(frozen=True, slots=True)
class Sizes:
    """The tables of a database on the day ``taken``. Below ``brief`` seconds nobody notices a lock."""

    tables: Mapping[Name, TableSize] = field(default_factory=dict)
    taken: str = ""
    rates: Mapping[str, tuple[int, int]] = field(default_factory=lambda: RATES)
    brief: float = 1.0

    def estimate(self, table: Name, operation: Operation, effects: Effects) -> Range | None:
        """How long *operation* works on *table*; None where its size, or the work, is not known.

        Uncertain effects are taken for a rewrite, than which nothing is slower but writing rows one by one.
        """
        size, work = self.tables.get(table), _work(table, operation, effects)
        if size is None or work is None:
            return None
        work = "rewrite" if effects.uncertain and work != "update" else work
        slow, fast = self.rates[work]
        return Range(size.bytes / MEGA / fast, size.bytes / MEGA / slow)


def _work(table: Name, operation: Operation, effects: Effects) -> Work | None:
    """The slowest thing that is done to all of *table*, or to the partitions below it."""
    own = getattr(operation, "table", None) == table
    match operation:
        case Update() | Delete() if operation.table == table:
            return "update"
    if table in effects.rewrites or (own and effects.rewrites):
        return "rewrite"
    if own and effects.builds:
        return "index"
    if table not in effects.scans and not (own and effects.scans):
        return None
    match operation:
        case AddConstraint(_, ForeignKey()):
            return "foreign_key"
        case AddColumn(_, _, constraints) if any(isinstance(each, ForeignKey) for each in constraints):
            return "foreign_key"
        case ValidateConstraint():
            return "foreign_key" if len(effects.scans) > 1 else "scan"
    return "scan"


def bytes_in_words(count: int) -> str:
    """``3.1 GB``, in powers of ten."""
    for unit, size in (("TB", 10**12), ("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} bytes"
