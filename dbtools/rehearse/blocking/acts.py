"""What each statement of a migration locks, by the names that relations had before the migration."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from dbtools.model import operation as op
from dbtools.model.effects import Effects, LockMode, strongest
from dbtools.model.expression import Name
from dbtools.model.schema import Schema
from dbtools.pg.probe import Kind, Target
from dbtools.rehearse.watch import Watched

NONE = LockMode.ACCESS_SHARE  # which stops nobody but who wants ACCESS EXCLUSIVE


@dataclass(frozen=True, slots=True)
class Act:
    """One statement. ``takes``: the locks on what stood before that its transaction did not hold yet.

    ``touches``: all that it locks, as seen and as foretold. ``called``: the names of what was renamed before it.
    """

    watched: Watched
    takes: Mapping[Name, LockMode]
    touches: Mapping[Name, LockMode]
    called: Mapping[Name, Name]

    @property
    def place(self) -> tuple[int, int]:
        """The line and column where it stands."""
        place = self.watched.statement.place
        return place.line, place.column

    def blocks(self, table: Name, kind: Kind) -> bool:
        """Whether it may be what those wait for who read or write *table*, or its rows."""
        if kind == "rows":
            return self._locks_rows(self.touches.get(table, NONE))
        mode = self.takes.get(table, NONE)
        return mode.blocks_reads if kind == "reads" else mode.blocks_writes

    def _locks_rows(self, mode: LockMode) -> bool:
        """Whether rows of a table under *mode* may be updated, deleted or locked."""
        for operation in self.watched.operations:
            match operation:
                case op.Update() | op.Delete() | op.Unknown() | op.Select() if mode >= LockMode.ROW_EXCLUSIVE:
                    return True
                case op.Select(locks=True) if mode >= LockMode.ROW_SHARE:
                    return True
        return False


def acts(watched: Iterable[Watched], before: Schema) -> Iterator[Act]:
    """What the statements of a migration did that ran on *before*."""
    first: dict[Name, Name] = {}  # what a relation was called, by what it is called now
    for each in watched:
        seen, foretold = each.observation.effects, each.predicted
        takes = _locks(seen if each.observation.locks_seen else foretold, first, before)
        yield Act(each, takes, _locks(seen | foretold, first, before), {old: now for now, old in first.items()})
        for operation in each.operations if not each.failed else ():
            for old, new in _renamed(operation, before):
                first[new] = first.pop(old, old)


def targets(every: Iterable[Act], before: Schema) -> list[Target]:
    """What is worth watching, the most firmly locked first."""
    modes: dict[Name, LockMode] = {}
    rows = set()
    for act in every:
        rows |= {name for name in act.touches if act.blocks(name, "rows")}
        modes = strongest((modes, {name: mode for name, mode in act.touches.items() if mode.blocks_writes}))
    modes = {**dict.fromkeys(rows, LockMode.ROW_EXCLUSIVE), **modes}
    ranked = sorted(modes.items(), key=lambda each: (-each[1], each[0]))
    return [Target(name, name in before.tables, name in rows) for name, _ in ranked]


def _renamed(operation: op.Operation, before: Schema) -> Iterator[tuple[Name, Name]]:
    """The old and the new name of each relation that gets another one."""
    match operation:
        case op.RenameTable(name, to) | op.Rename("view" | "materialized view", name, to):
            yield name, Name(name.namespace, to)
        case op.SetNamespace("table" | "view" | "materialized view", name, to):
            yield name, Name(to, name.local)
        case op.RenameNamespace(namespace, to):
            for name in (*before.tables, *before.views):
                if name.namespace == namespace:
                    yield name, Name(to, name.local)


def _locks(effects: Effects, first: Mapping[Name, Name], before: Schema) -> dict[Name, LockMode]:
    """The locks on what stood in *before*, by the names that it had."""
    named = strongest({first.get(name, name): mode} for name, mode in effects.locks.items())
    return {name: mode for name, mode in named.items() if name in before.tables or name in before.views}
