"""The tables of a schema, with what would otherwise be looked for in all of them: names, references, children.

PostgreSQL keeps indexes on its catalog for the same reason: a statement's cost must not grow with the number of tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from dbtools.model.entries import Entries, Members
from dbtools.model.expression import Name
from dbtools.model.objects import Constraint, ForeignKey, Index, Table

_NOBODY: Members[Name] = Members()


_Kind = Entries[Name, Members[Name]]


class _Found(NamedTuple):
    """Names of tables: by the name of what is on them, by what they refer to, by what they inherit from."""

    owners: _Kind
    referring: _Kind
    children: _Kind


class Tables(Entries[Name, Table]):
    """Tables by name, each under its own."""

    __slots__ = ("_found",)

    def __init__(self, entries: Mapping[Name, Table] | Iterable[tuple[Name, Table]] = ()) -> None:
        super().__init__(entries)
        self._found: _Found | None = None

    def having(self, key: Name, value: Table) -> Tables:
        """A copy with one table more, or replaced."""
        return self._with(self.get(key), value, super().having(key, value))

    def without(self, key: Name) -> Tables:
        """A copy without the table called *key*."""
        before = self.get(key)
        return self if before is None else self._with(before, None, super().without(key))

    def _with(self, before: Table | None, after: Table | None, copy: Entries[Name, Table]) -> Tables:
        made: Tables = copy  # type: ignore[assignment]  # it makes its own class
        made._found = None if self._found is None else _moved(self._found, before, after)
        return made

    def owning(self, name: Name) -> Iterator[Table]:
        """The tables that have an index or a constraint called *name*."""
        return self._named(self._ready().owners.get(name, _NOBODY))

    def referring(self, target: Name) -> Iterator[Table]:
        """The tables with a foreign key that points at *target*."""
        return self._named(self._ready().referring.get(target, _NOBODY))

    def children(self, parent: Name) -> Iterator[Table]:
        """The partitions and inheriting tables of *parent*."""
        return self._named(self._ready().children.get(parent, _NOBODY))

    def _named(self, names: Iterable[Name]) -> Iterator[Table]:
        return (self[name] for name in names)

    def _ready(self) -> _Found:
        if self._found is None:
            self._found = _gathered(self.values())
        return self._found


def _gathered(tables: Iterable[Table]) -> _Found:
    kinds: tuple[dict[Name, list[Name]], ...] = ({}, {}, {})
    for table in tables:
        for kind, keys in zip(kinds, _keys(table), strict=True):
            for key in keys:
                kind.setdefault(key, []).append(table.name)
    return _Found(*map(_entries, kinds))


def _entries(kind: Mapping[Name, list[Name]]) -> _Kind:
    return Entries({key: Members(names) for key, names in kind.items()})


def _moved(found: _Found, before: Table | None, after: Table | None) -> _Found:
    """*found*, once *after* stands where *before* stood."""
    if before is not None and after is not None and _same_keys(before, after):
        return found
    parts = zip(found, _keys(before), _keys(after), strict=True)
    return _Found(*(_with(_without(kind, old - new, before), new - old, after) for kind, old, new in parts))


def _without(kind: _Kind, keys: Iterable[Name], table: Table | None) -> _Kind:
    if table is not None:
        for key in keys:
            left = kind[key].without(table.name)
            kind = kind.having(key, left) if left else kind.without(key)
    return kind


def _with(kind: _Kind, keys: Iterable[Name], table: Table | None) -> _Kind:
    if table is not None:
        for key in keys:
            kind = kind.having(key, kind.get(key, _NOBODY).having(table.name))
    return kind


def _same_keys(before: Table, after: Table) -> bool:
    """Whether nothing has changed that tables are found by; most changes are to columns."""
    return (
        before.constraints is after.constraints
        and before.indexes is after.indexes
        and before.partition_of == after.partition_of
        and before.inherits == after.inherits
    )


def _keys(table: Table | None) -> tuple[frozenset[Name], frozenset[Name], frozenset[Name]]:
    """What a table is found by."""
    if table is None:
        return frozenset(), frozenset(), frozenset()
    namespace = table.name.namespace
    named: tuple[Constraint | Index, ...] = (*table.constraints, *table.indexes)
    parents = table.inherits if table.partition_of is None else (*table.inherits, table.partition_of.parent)
    return (
        frozenset(Name(namespace, each.name) for each in named),
        frozenset(each.target for each in table.constraints if isinstance(each, ForeignKey)),
        frozenset(parents),
    )
