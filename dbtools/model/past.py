"""What a transaction, or a script, has done before one of its statements: which locks it still holds, and why."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator
from typing import TYPE_CHECKING

from dbtools.model.effects import Effects, LockMode
from dbtools.model.expression import Name
from dbtools.model.finding import Location
from dbtools.model.operation import Operation, RenameTable

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dbtools.model.value import dataclass


@dataclass(frozen=True, slots=True)
class Done:
    """One operation that ran before, with its effects and where it stands."""

    operation: Operation
    effects: Effects
    location: Location


class Log:
    """Operations in the order they ran. It only grows; ``Past`` is how it stood at one moment."""

    def __init__(self) -> None:
        self.done: list[Done] = []
        self.climbs: dict[Name, list[int]] = {}  # per relation, where its lock became stronger than before
        self.exclusive: list[tuple[int, Name]] = []  # where a relation came under ACCESS EXCLUSIVE, each once
        self.blocking: list[tuple[int, Name]] = []  # where it came under a lock that blocks writes, each once

    def add(self, done: Done, born: Container[Name] = ()) -> None:
        """One more; a table that is renamed keeps its locks under its new name. Nobody waits for what is *born*."""
        number = len(self.done)
        self.done.append(done)
        for name, mode in done.effects.locks.items():
            self._climb(name, mode, number, waited_for=name not in born)
        match done.operation:
            case RenameTable(name, to) if name in self.climbs:
                self._climb(Name(name.namespace, to), LockMode.ACCESS_EXCLUSIVE, number, waited_for=name not in born)

    def _climb(self, name: Name, mode: LockMode, number: int, *, waited_for: bool) -> None:
        climbs = self.climbs.setdefault(name, [])
        before = self._mode(name, climbs[-1]) if climbs else None
        if before is not None and before >= mode:
            return
        climbs.append(number)
        if not waited_for:
            return
        if mode.blocks_writes and not (before is not None and before.blocks_writes):
            self.blocking.append((number, name))
        if mode is LockMode.ACCESS_EXCLUSIVE:
            self.exclusive.append((number, name))

    def _mode(self, name: Name, number: int) -> LockMode:
        return self.done[number].effects.lock(name) or LockMode.ACCESS_EXCLUSIVE

    def undone(self, length: int) -> Log:
        """As it stood after *length* operations; the locks of what is rolled back to a savepoint are free again."""
        if length == len(self.done):
            return self
        log = Log()
        log.done, log.climbs = self.done[:length], dict(self.climbs)
        touched = {name for done in self.done[length:] for name in done.effects.locks}
        touched |= {Name(each.operation.name.namespace, each.operation.to) for each in self.done[length:]
                    if isinstance(each.operation, RenameTable)}  # fmt: skip
        for name in touched & log.climbs.keys():
            log.climbs[name] = [number for number in log.climbs[name] if number < length]
            if not log.climbs[name]:
                del log.climbs[name]
        log.exclusive = self.exclusive[: bisect_left(self.exclusive, (length,))]
        log.blocking = self.blocking[: bisect_left(self.blocking, (length,))]
        return log

    def now(self) -> Past:
        """What has been done so far, whatever is added later."""
        return Past(self, len(self.done))


@dataclass(frozen=True, slots=True)
class Past:
    """The first ``length`` operations of a log."""

    log: Log
    length: int

    def __iter__(self) -> Iterator[Done]:
        """The latest first."""
        return (self.log.done[number] for number in range(self.length - 1, -1, -1))

    def __len__(self) -> int:
        return self.length

    def held(self, relation: Name) -> LockMode | None:
        """The strongest lock on *relation* that was taken and is held still."""
        taken = self.taken(relation)
        if taken is None:
            return None
        return taken.effects.lock(relation) or LockMode.ACCESS_EXCLUSIVE

    def taken(self, relation: Name) -> Done | None:
        """What took that lock."""
        before = [number for number in self.log.climbs.get(relation, ()) if number < self.length]
        return self.log.done[before[-1]] if before else None

    def exclusive(self) -> Iterator[tuple[Name, Done]]:
        """Every relation of before the change under ACCESS EXCLUSIVE with what took it, the earliest first."""
        yield from self._until(self.log.exclusive)

    def blocking(self) -> Iterator[tuple[Name, Done]]:
        """The same for every lock that blocks writes."""
        yield from self._until(self.log.blocking)

    def _until(self, taken: Iterable[tuple[int, Name]]) -> Iterator[tuple[Name, Done]]:
        for number, name in taken:
            if number >= self.length:
                return
            yield name, self.log.done[number]


NOTHING = Past(Log(), 0)
