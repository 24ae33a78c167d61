"""Tables, views and the rest, found not only by name but by what they refer to, without going through all of them.

PostgreSQL keeps indexes on its catalog for the same reason: a statement's cost must not grow with the number of tables.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, TypeVar

from dbtools.model.entries import Entries, Members
from dbtools.model.expression import Name
from dbtools.model.lengths import object_name
from dbtools.model.objects import Constraint, ForeignKey, Index, Opaque, OpaqueKey, Table, View

K = TypeVar("K")
V = TypeVar("V")
Topics = tuple[frozenset[Name], ...]
_NOBODY: Members[Any] = Members()
_NOTHING: frozenset[Name] = frozenset()


class Found(Entries[K, V]):
    """Entries with an index per topic, made with the first change and kept up to date from then on."""

    __slots__ = ("_topics",)
    TOPICS: ClassVar[int] = 1

    def __init__(self, entries: Mapping[K, V] | Iterable[tuple[K, V]] = ()) -> None:
        super().__init__(entries)
        self._topics: tuple[Entries[Name, Members[K]], ...] | None = None

    @staticmethod
    @abstractmethod
    def topics(value: Any) -> Topics:
        """The names by which *value* is found, topic by topic."""

    @staticmethod
    def alike(before: Any, after: Any) -> bool:
        """Whether it can be seen at once that both are found by the same names."""
        return before is after

    def having(self, key: K, value: V) -> Found[K, V]:
        """A copy with one entry more, or replaced."""
        return self._indexed(key, self.get(key), value, super().having(key, value))

    def without(self, key: K) -> Found[K, V]:
        """A copy without *key*."""
        return self._indexed(key, self[key], None, super().without(key)) if key in self else self

    def _indexed(self, key: K, before: V | None, after: V | None, copy: Entries[K, V]) -> Found[K, V]:
        made: Found[K, V] = copy  # type: ignore[assignment]  # it makes its own class
        topics = self._ready()
        if before is None or after is None or not self.alike(before, after):
            topics = _moved(topics, key, *(() if each is None else self.topics(each) for each in (before, after)))
        made._topics = topics
        return made

    def by(self, topic: int, name: Name) -> Iterator[V]:
        """What is found by *name*, the oldest first."""
        keys: Members[K] = self._ready()[topic].get(name, _NOBODY)
        return (self[key] for key in keys)

    def count(self, topic: int, name: Name) -> int:
        """How many are found by *name*."""
        return len(self._ready()[topic].get(name, _NOBODY))

    def _ready(self) -> tuple[Entries[Name, Members[K]], ...]:
        """The index: made once for the schemas that come of this one, whichever way they go."""
        if self._topics is None:
            self._topics = self._gathered()
        return self._topics

    def _gathered(self) -> tuple[Entries[Name, Members[K]], ...]:
        gathered: list[dict[Name, list[K]]] = [{} for _ in range(self.TOPICS)]
        for key, value in self.items():
            for names, keys in zip(self.topics(value), gathered, strict=True):
                for name in names:
                    keys.setdefault(name, []).append(key)
        return tuple(Entries({name: Members(keys) for name, keys in topic.items()}) for topic in gathered)


def _moved(
    topics: tuple[Entries[Name, Members[K]], ...], key: K, before: Topics, after: Topics
) -> tuple[Entries[Name, Members[K]], ...]:
    if before == after:
        return topics
    olds, news = (each or (_NOTHING,) * len(topics) for each in (before, after))
    return tuple(_one(entries, key, old - new, new - old) for entries, old, new in zip(topics, olds, news, strict=True))


def _one(
    entries: Entries[Name, Members[K]], key: K, gone: frozenset[Name], come: frozenset[Name]
) -> Entries[Name, Members[K]]:
    for name in gone:
        left = entries[name].without(key)
        entries = entries.having(name, left) if left else entries.without(name)
    for name in come:
        entries = entries.having(name, entries.get(name, _NOBODY).having(key))
    return entries


OWNED, REFERRING, CHILDREN, DEFAULTS, TYPED, DRAWING = range(6)
READING, INDEXED = range(2)
ON, MENTIONING = range(2)


class Tables(Found[Name, Table]):
    """Tables by name, and by what concerns them.

    What is on them, what they refer to, what they inherit from, whose default partition they are, the types they are
    made of, and the sequences that their columns own.
    """

    __slots__ = ()
    TOPICS = 6

    @staticmethod
    def alike(before: Table, after: Table) -> bool:
        """Most changes of a table are to columns of built-in types."""
        return (
            before.constraints is after.constraints
            and before.indexes is after.indexes
            and before.name == after.name
            and before.partition_of == after.partition_of
            and before.inherits == after.inherits
            and (before.columns is after.columns or _kinds(before) == _kinds(after))
        )

    @staticmethod
    def topics(value: Table) -> Topics:
        """Six of them."""
        namespace, part = value.name.namespace, value.partition_of
        named: tuple[Constraint | Index, ...] = (*value.constraints, *value.indexes)
        parents = value.inherits if part is None else (*value.inherits, part.parent)
        return (
            frozenset([Name(namespace, each.name) for each in named]),
            frozenset([each.target for each in value.constraints if isinstance(each, ForeignKey)]),
            frozenset(parents),
            frozenset([part.parent]) if part is not None and part.bound == "DEFAULT" else _NOTHING,
            _types(value),
            frozenset([Name(namespace, object_name(value.name.local, column, "seq")) for column in _drawing(value)]),
        )


def _kinds(table: Table) -> tuple[frozenset[Name], list[str]]:
    return _types(table), _drawing(table)


def _drawing(table: Table) -> list[str]:
    return [column.name for column in table.columns if column.identity]


def _types(table: Table) -> frozenset[Name]:
    """The types of its columns that are not built in, and the one that it is a table of."""
    own = [] if table.of is None else [table.of]
    return frozenset([column.type.name for column in table.columns if column.type.namespace] + own)


class Views(Found[Name, View]):
    """Views by name, by the relations that their queries name and read, and by the names of their indexes."""

    __slots__ = ()
    TOPICS = 2

    @staticmethod
    def alike(before: View, after: View) -> bool:
        """Its comment may change."""
        same = before.mentions is after.mentions and before.reads is after.reads
        return same and before.indexes is after.indexes and before.name == after.name

    @staticmethod
    def topics(value: View) -> Topics:
        """Two of them."""
        namespace = value.name.namespace
        return (
            frozenset([*value.mentions, *(ref.table for ref in value.reads or ())]),
            frozenset([Name(namespace, index.name) for index in value.indexes]),
        )


class Opaques(Found[OpaqueKey, Opaque]):
    """What is kept by its text, by the table that it is on, and by the relations that it names."""

    __slots__ = ()
    TOPICS = 2

    @staticmethod
    def topics(value: Opaque) -> Topics:
        """Two of them."""
        return _NOTHING if value.table is None else frozenset([value.table]), frozenset(value.mentions)
