"""Statements and the steps of plans into as few files as their order, and what refuses a transaction, allow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Part:
    """SQL as it goes into one file; empty where nothing of a plan belongs into the first."""

    text: str
    transaction: bool = True


@dataclass(frozen=True, slots=True)
class Item:
    """What stands for one statement of the script: itself, or the steps of its plan, one file after the other.

    ``names``: what it may touch. ``adds``: the plan only adds to its table, so that plans of its kind may share files
    step by step, and ``column`` is what it adds where that is filled step by step. ``barrier``: nobody knows what it
    depends on, or it works on rows, so it stays behind all that came before it.
    """

    parts: tuple[Part, ...]
    names: frozenset[str] = frozenset()
    planned: bool = False
    adds: bool = False
    column: str = ""
    words: frozenset[str] = frozenset()
    barrier: bool = False


@dataclass(slots=True)
class _Slot:
    transaction: bool
    texts: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Placed:
    item: Item
    slots: list[_Slot]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The content of one file."""

    text: str
    transaction: bool


def arranged(items: Sequence[Item], *, strictly: bool = False) -> tuple[Sheet, ...]:
    """The files that hold all *items*; *strictly* where no statement may overtake another's last step."""
    slots: list[_Slot] = []
    placed: list[_Placed] = []
    for item in items:
        floor = max((_floor(slots, item, other, strictly=strictly) for other in placed), default=-1)
        placed.append(_Placed(item, _place(slots, item, floor)))
    return tuple(Sheet(_text(slot.texts), slot.transaction) for slot in slots)


def _floor(slots: list[_Slot], item: Item, other: _Placed, *, strictly: bool) -> int:
    """The place before which *item* must not stand because of *other*; -1 where there is none."""
    if not other.slots:
        return -1
    shared = not item.names.isdisjoint(other.item.names)
    first, last = slots.index(other.slots[0]), slots.index(other.slots[-1])
    if strictly or item.barrier or other.item.barrier:
        return last
    if item.adds and other.item.adds and other.item.column not in item.words:
        return first if shared else -1
    return last if shared else -1


def _place(slots: list[_Slot], item: Item, floor: int) -> list[_Slot]:
    found: list[_Slot] = []
    for number, part in enumerate(item.parts):
        if not number and not part.text:
            floor += 1
            continue
        start = max(floor, 0) if not found else slots.index(found[-1]) + 1
        slot = _shared(slots, start) if part.transaction else _own(slots, start, floor if not found else -1)
        slot.texts.append(part.text)
        found.append(slot)
    return found


def _shared(slots: list[_Slot], start: int) -> _Slot:
    """The first file in a transaction from *start* on, else a new last one."""
    for slot in slots[start:]:
        if slot.transaction:
            return slot
    slots.append(_Slot(transaction=True))
    return slots[-1]


def _own(slots: list[_Slot], start: int, floor: int) -> _Slot:
    """A file of its own, behind those of its kind that stand there already."""
    opens = start == 0 and bool(slots) and slots[0].transaction  # what needs no plan stays in front
    at = start + 1 if floor >= 0 or opens else start
    while at < len(slots) and not slots[at].transaction:
        at += 1
    slots.insert(at, _Slot(transaction=False))
    return slots[at]


def _text(texts: Sequence[str]) -> str:
    return "".join(_lines(texts)).lstrip("\n")


def _lines(texts: Sequence[str]) -> Iterator[str]:
    for text in texts:
        yield text if text.endswith("\n") else f"{text}\n"
