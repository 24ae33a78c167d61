"""One database: every object by its name, and what is not known about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from dbtools.model.expression import Name
from dbtools.model.objects import (
    Domain,
    Enum,
    ForeignKey,
    Function,
    FunctionKey,
    Opaque,
    OpaqueKey,
    Sequence,
    Table,
    View,
)

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Schema:
    """All objects of one database; two schemas are equal when all their objects are.

    ``complete``: whether an object that is not here is known not to exist. ``uncertain``: relations
    that something unread may have changed; ``uncertain_all`` when it may have been any of them.
    Neither takes part in ``==``.
    """

    tables: Mapping[Name, Table] = field(default_factory=dict)
    views: Mapping[Name, View] = field(default_factory=dict)
    enums: Mapping[Name, Enum] = field(default_factory=dict)
    domains: Mapping[Name, Domain] = field(default_factory=dict)
    sequences: Mapping[Name, Sequence] = field(default_factory=dict)
    functions: Mapping[FunctionKey, Function] = field(default_factory=dict)
    opaques: Mapping[OpaqueKey, Opaque] = field(default_factory=dict)
    namespaces: frozenset[str] = frozenset({"public"})
    extensions: frozenset[str] = frozenset()
    complete: bool = field(default=True, compare=False)
    uncertain: frozenset[Name] = field(default=frozenset(), compare=False)
    uncertain_all: bool = field(default=False, compare=False)

    @classmethod
    def of(
        cls,
        tables: Iterable[Table] = (),
        *,
        views: Iterable[View] = (),
        enums: Iterable[Enum] = (),
        domains: Iterable[Domain] = (),
    ) -> Schema:
        """A schema from objects in any order."""
        return cls(
            tables={table.name: table for table in tables},
            views={view.name: view for view in views},
            enums={enum.name: enum for enum in enums},
            domains={domain.name: domain for domain in domains},
        )

    def table(self, name: Name) -> Table | None:
        """The table called *name*."""
        return self.tables.get(name)

    def with_table(self, table: Table) -> Schema:
        """A copy where *table* replaces its namesake, or is added."""
        return replace(self, tables=added(self.tables, table.name, table))

    def is_certain(self, name: Name) -> bool:
        """Whether what is said here about the relation called *name* can be relied on."""
        return not self.uncertain_all and name not in self.uncertain

    def index_owner(self, index: Name) -> Table | None:
        """The table whose index or index-backed constraint is called *index*."""
        for table in self.tables.values():
            if table.name.namespace == index.namespace and (table.index(index.local) or table.constraint(index.local)):
                return table
        return None

    def referencing(self, target: Name) -> tuple[tuple[Table, ForeignKey], ...]:
        """Every foreign key that points at *target*, with its table, by name."""
        found = [(table, key) for table in self.tables.values() for key in table.foreign_keys if key.target == target]
        return tuple(sorted(found, key=lambda pair: (pair[0].name, pair[1].name)))

    def partitions(self, parent: Name) -> tuple[Table, ...]:
        """The direct partitions and inheriting tables of *parent*, by name."""
        found = (
            table
            for table in self.tables.values()
            if (table.partition_of and table.partition_of.parent == parent) or parent in table.inherits
        )
        return tuple(sorted(found, key=lambda table: table.name))

    def in_order(self) -> tuple[Table, ...]:
        """Every table, by name."""
        return tuple(self.tables[name] for name in sorted(self.tables))


def added(mapping: Mapping[K, V], key: K, value: V) -> Mapping[K, V]:
    """A copy of *mapping* with one entry more, or replaced."""
    return {**mapping, key: value}


def removed(mapping: Mapping[K, V], key: K) -> Mapping[K, V]:
    """A copy of *mapping* without *key*."""
    return {old: value for old, value in mapping.items() if old != key}
