"""What has been decided so far, the schema that it leads to, and the one that is wanted."""

from __future__ import annotations

from dataclasses import dataclass, field

from dbtools.model.apply import apply
from dbtools.model.expression import Name
from dbtools.model.objects import ForeignKey, Table
from dbtools.model.operation import Operation
from dbtools.model.schema import Schema


@dataclass(slots=True)
class Plan:
    """``now`` is where ``operations`` lead; ``wanted`` is where they shall lead."""

    now: Schema
    wanted: Schema
    operations: list[Operation] = field(default_factory=list)

    def do(self, operation: Operation) -> None:
        """Decide on *operation*, and see what it leads to."""
        self.now = apply(self.now, operation)
        self.operations.append(operation)

    def pairs(self) -> list[tuple[Table, Table]]:
        """The tables that are there and stay, with what they shall be; parents before those that inherit."""
        names = (name for name in parents_first(self.wanted) if name in self.now.tables)
        return [(self.now.tables[name], self.wanted.tables[name]) for name in names]


def parents_first(schema: Schema) -> list[Name]:
    """The names of all tables, partitions and inheriting tables after what they come from."""
    depths: dict[Name, int] = {}

    def depth(name: Name) -> int:
        if name not in depths:
            depths[name] = 0
            parents = parents_of(schema.tables[name])
            depths[name] = 1 + max((depth(parent) for parent in parents if parent in schema.tables), default=0)
        return depths[name]

    return sorted(schema.tables, key=lambda name: (depth(name), name))


def parents_of(table: Table) -> tuple[Name, ...]:
    """What *table* is a partition of, or inherits from."""
    return (*((table.partition_of.parent,) if table.partition_of else ()), *table.inherits)


def referred(table: Table) -> frozenset[Name]:
    """The other tables that the foreign keys of *table* point at."""
    targets = (found.target for found in table.constraints if isinstance(found, ForeignKey))
    return frozenset(targets) - {table.name}
