"""What a statement does to the relations that stood before it: predicted by ``predict``, measured by ``observe``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from enum import IntEnum
from typing import TYPE_CHECKING

from dbtools.model.expression import Name

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dbtools.model.value import dataclass


class LockMode(IntEnum):
    """PostgreSQL's table lock modes, weakest first (manual, 13.3.1)."""

    ACCESS_SHARE = 1
    ROW_SHARE = 2
    ROW_EXCLUSIVE = 3
    SHARE_UPDATE_EXCLUSIVE = 4
    SHARE = 5
    SHARE_ROW_EXCLUSIVE = 6
    EXCLUSIVE = 7
    ACCESS_EXCLUSIVE = 8

    def __str__(self) -> str:
        return self.name.replace("_", " ")

    @property
    def blocks_reads(self) -> bool:
        """Whether a plain SELECT waits."""
        return self is LockMode.ACCESS_EXCLUSIVE

    @property
    def blocks_writes(self) -> bool:
        """Whether INSERT, UPDATE and DELETE wait."""
        return self >= LockMode.SHARE


@dataclass(frozen=True, slots=True)
class Loss:
    """Rows or values that are gone afterwards: of one column, or of the table when it is empty."""

    table: Name
    column: str = ""


@dataclass(frozen=True, slots=True)
class Effects:
    """The effects of one statement on relations that existed before it.

    ``locks``: the strongest mode per table, view or sequence. ``rewrites``: tables whose heap is written anew.
    ``scans``: tables read from end to end. ``builds``: indexes built or rebuilt, by name.
    ``loses``: what cannot be read any more afterwards. ``fails``: the SQLSTATE it ends with.
    ``uncertain``: why the other fields may be wrong, empty when they are not.
    """

    locks: Mapping[Name, LockMode] = field(default_factory=dict)
    rewrites: frozenset[Name] = frozenset()
    scans: frozenset[Name] = frozenset()
    builds: frozenset[Name] = frozenset()
    loses: frozenset[Loss] = frozenset()
    fails: str | None = None
    uncertain: str = ""

    def __or__(self, other: Effects) -> Effects:
        """Both, one after the other: the strongest locks, everything that either does."""
        return Effects(
            strongest((self.locks, other.locks)),
            self.rewrites | other.rewrites,
            self.scans | other.scans,
            self.builds | other.builds,
            self.loses | other.loses,
            self.fails or other.fails,
            self.uncertain or other.uncertain,
        )

    def lock(self, table: Name) -> LockMode | None:
        """The strongest lock taken on *table*."""
        return self.locks.get(table)


def overall(several: Iterable[Effects]) -> Effects:
    """What all of them do, one after the other; however many they are, each is looked at once."""
    every = tuple(several)
    if len(every) == 1:
        return every[0]
    return Effects(
        strongest(each.locks for each in every),
        frozenset[Name]().union(*(each.rewrites for each in every)),
        frozenset[Name]().union(*(each.scans for each in every)),
        frozenset[Name]().union(*(each.builds for each in every)),
        frozenset[Loss]().union(*(each.loses for each in every)),
        next((each.fails for each in every if each.fails), None),
        next((each.uncertain for each in every if each.uncertain), ""),
    )


def strongest(several: Iterable[Mapping[Name, LockMode]]) -> dict[Name, LockMode]:
    """One mapping with the strongest mode per relation."""
    merged: dict[Name, LockMode] = {}
    for locks in several:
        for name, mode in locks.items():
            merged[name] = max(mode, merged.get(name, mode))
    return merged
