"""Who waited for which statement, and for how long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from dbtools.model.expression import Name
from dbtools.pg.probe import Kind, Wait
from dbtools.rehearse.blocking.acts import Act
from dbtools.rehearse.blocking.timeline import Timeline

WORTH = 0.1  # seconds; what is held for a moment costs a look a tenth of that, and less than this on a busy machine
ALIKE = 0.8
KINDS: Mapping[Kind, str] = {
    "reads": "reads of {}", "writes": "writes of {}", "rows": "writes of the rows of {} that it changed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Waited:
    """The longest that others waited for what *act* had locked in *table*; ``most`` ran for most of that time."""

    act: Act
    table: Name
    seconds: Mapping[Kind, float]
    most: Act

    @property
    def longest(self) -> float:
        """In seconds."""
        return max(self.seconds.values())

    def __str__(self) -> str:
        told = "; ".join(f"{who} waited {duration(seconds)}" for who, seconds in self._each())
        return told if self.most is self.act else f"{told}, most of it while {self.later} ran"

    @property
    def later(self) -> str:
        """The statement that ran for most of the time."""
        line, _ = self.most.place
        return "a later statement" if line == self.act.place[0] else f"line {line}"

    def _each(self) -> Iterator[tuple[str, float]]:
        seconds = dict(self.seconds)
        if {"reads", "writes"} <= seconds.keys():
            longer, shorter = max(seconds["reads"], seconds["writes"]), min(seconds["reads"], seconds["writes"])
            if shorter >= ALIKE * longer:
                del seconds["reads"], seconds["writes"]
                yield f"reads and writes of {self.table}", longer
        for kind, longest in seconds.items():
            yield KINDS[kind].format(self.table), longest


def waited(waits: Iterable[Wait], timeline: Timeline) -> list[Waited]:
    """The waits that are worth a word, joined by the statement that they are owed to, in the order of those."""
    found: dict[tuple[tuple[int, int], Name], Waited] = {}
    for wait in waits:
        seconds = timeline.seconds(wait)
        owed = timeline.owed(wait) if seconds >= WORTH else None
        if owed is None or owed.act is None:
            continue
        most = timeline.longest(wait)
        one = Waited(owed.act, wait.table, {wait.kind: seconds}, most.act if most and most.act else owed.act)
        key = (owed.act.place, wait.table)
        found[key] = _joined(found[key], one) if key in found else one
    return sorted(map(_without_same, found.values()), key=lambda each: (each.act.place, each.table))


def _joined(one: Waited, other: Waited) -> Waited:
    seconds = {
        kind: max(one.seconds.get(kind, 0.0), other.seconds.get(kind, 0.0))
        for kind in KINDS
        if kind in one.seconds or kind in other.seconds
    }
    return replace(one if one.longest >= other.longest else other, seconds=seconds)


def _without_same(each: Waited) -> Waited:
    """Who waits for the table waits for its rows."""
    rows = each.seconds.get("rows", 0.0)
    if rows <= each.seconds.get("writes", 0.0) + WORTH and len(each.seconds) > 1:
        return replace(each, seconds={kind: long for kind, long in each.seconds.items() if kind != "rows"})
    return each


def duration(seconds: float) -> str:
    """``3.1 s``, ``240 ms``: no more digits than a second run would show too."""
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 100:.0f}0 ms"
