"""One database: every object by its name, and what is not known about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

from dbtools.model.entries import Entries, Members
from dbtools.model.expression import Name
from dbtools.model.found import (
    CHILDREN,
    DEFAULTS,
    DRAWING,
    INDEXED,
    MENTIONING,
    ON,
    OWNED,
    READING,
    REFERRING,
    TYPED,
    Found,
    Opaques,
    Tables,
    Views,
)
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
_PUBLIC: Members[str] = Members({"public"})


@dataclass(frozen=True, slots=True)
class Schema:
    """All objects of one database; two schemas are equal when all their objects are.

    ``complete``: whether an object that is not here is known not to exist. ``uncertain``: relations
    that something unread may have changed; ``uncertain_all`` when it may have been any of them.
    Neither takes part in ``==``. Dicts and sets are kept as ``Entries`` and ``Members``.
    """

    tables: Mapping[Name, Table] = field(default_factory=Tables)
    views: Mapping[Name, View] = field(default_factory=Views)
    enums: Mapping[Name, Enum] = field(default_factory=Entries)
    domains: Mapping[Name, Domain] = field(default_factory=Entries)
    sequences: Mapping[Name, Sequence] = field(default_factory=Entries)
    functions: Mapping[FunctionKey, Function] = field(default_factory=Entries)
    opaques: Mapping[OpaqueKey, Opaque] = field(default_factory=Opaques)
    namespaces: Members[str] = _PUBLIC
    extensions: Members[str] = field(default_factory=Members)
    complete: bool = field(default=True, compare=False)
    uncertain: Members[Name] = field(default_factory=Members, compare=False)
    uncertain_all: bool = field(default=False, compare=False)

    def __post_init__(self) -> None:
        for name, kind in _KINDS.items():
            if type(getattr(self, name)) is not kind:
                object.__setattr__(self, name, kind(getattr(self, name)))

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
        copy = object.__new__(Schema)
        for name in _OTHERS:
            object.__setattr__(copy, name, getattr(self, name))
        object.__setattr__(copy, "tables", _found(self.tables).having(table.name, table))
        return copy

    def is_certain(self, name: Name) -> bool:
        """Whether what is said here about the relation called *name* can be relied on."""
        return not self.uncertain_all and name not in self.uncertain

    def doubting(self, *names: Name) -> Schema:
        """A copy in which what is said about *names* is uncertain."""
        return replace(self, uncertain=self.uncertain.having(*names))

    def trusting(self, *names: Name) -> Schema:
        """A copy in which what is said about *names* is certain, as far as that is known of any."""
        left = self.uncertain.without(*names)
        return self if left is self.uncertain else replace(self, uncertain=left)

    def index_owner(self, index: Name) -> Table | None:
        """The table whose index or index-backed constraint is called *index*."""
        return next(self.owning(index), None)

    def owning(self, name: Name) -> Iterator[Table]:
        """The tables that have an index or a constraint called *name*."""
        return _found(self.tables).by(OWNED, name)

    def referencing(self, target: Name) -> tuple[tuple[Table, ForeignKey], ...]:
        """Every foreign key that points at *target*, with its table, by name."""
        referring = _found(self.tables).by(REFERRING, target)
        found = [(table, key) for table in referring for key in table.foreign_keys if key.target == target]
        return tuple(sorted(found, key=lambda pair: (pair[0].name, pair[1].name)))

    def partitions(self, parent: Name) -> tuple[Table, ...]:
        """The direct partitions and inheriting tables of *parent*, by name."""
        return tuple(sorted(self.children(parent), key=lambda table: table.name))

    def children(self, parent: Name) -> Iterator[Table]:
        """The same, the oldest first."""
        return _found(self.tables).by(CHILDREN, parent)

    def count_children(self, parent: Name) -> int:
        """How many there are."""
        return _found(self.tables).count(CHILDREN, parent)

    def default_partition(self, parent: Name) -> Table | None:
        """The partition of *parent* that takes what no other does."""
        return next(_found(self.tables).by(DEFAULTS, parent), None)

    def typed(self, name: Name) -> Iterator[Table]:
        """The tables of the type called *name*, or with a column of it or of arrays of it; none for a built-in type."""
        return _found(self.tables).by(TYPED, name)

    def drawing(self, sequence: Name) -> Iterator[Table]:
        """The tables with a column that owns *sequence*, going by the name that PostgreSQL gives it."""
        return _found(self.tables).by(DRAWING, sequence)

    def indexed(self, index: Name) -> Iterator[View]:
        """The materialized views with an index called *index*."""
        return _found(self.views).by(INDEXED, index)

    def mentioning(self, relation: Name) -> Iterator[Opaque]:
        """The policies and rules that name *relation*."""
        return _found(self.opaques).by(MENTIONING, relation)

    def reading(self, relation: Name) -> Iterator[View]:
        """The views that name or read *relation*."""
        return _found(self.views).by(READING, relation)

    def on(self, table: Name) -> Iterator[Opaque]:
        """The triggers, policies and rules of *table*."""
        return _found(self.opaques).by(ON, table)

    def in_order(self) -> tuple[Table, ...]:
        """Every table, by name."""
        return tuple(self.tables[name] for name in sorted(self.tables))


_OTHERS = tuple(each.name for each in fields(Schema) if each.name != "tables")
_KINDS: Mapping[str, type[Any]] = {
    "tables": Tables, "views": Views, "enums": Entries, "domains": Entries, "sequences": Entries, "functions": Entries,
    "opaques": Opaques, "namespaces": Members, "extensions": Members, "uncertain": Members,
}  # fmt: skip


def _found(entries: Mapping[K, V]) -> Found[K, V]:
    found: Found[K, V] = entries  # type: ignore[assignment]  # since __post_init__
    return found


def added(mapping: Mapping[K, V], key: K, value: V) -> Mapping[K, V]:
    """A copy of *mapping* with one entry more, or replaced."""
    return (mapping if isinstance(mapping, Entries) else Entries(mapping)).having(key, value)


def removed(mapping: Mapping[K, V], key: K) -> Mapping[K, V]:
    """A copy of *mapping* without *key*."""
    return (mapping if isinstance(mapping, Entries) else Entries(mapping)).without(key)
