"""Mappings and sets that never change, and of which a copy with one entry more is cheap.

A history is folded operation by operation, and every schema on the way is a value of its own. Copying a plain dict of n
names each time takes n steps per statement; here a copy shares its base with the original and keeps what differs
apart, until that is more than the square root of the whole: then both are merged into a new base.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from collections.abc import Set as AbstractSet
from math import isqrt
from typing import Any, Final, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")
FEW = 16  # differences that are kept apart however small the whole is

_GONE: Final[Any] = object()
_NOTHING: Final[Mapping[Any, Any]] = {}


class Entries(Mapping[K, V]):
    """Keys and values; in the order in which the keys were first added."""

    __slots__ = ("_base", "_changes", "_size", "_whole")

    def __init__(self, entries: Mapping[K, V] | Iterable[tuple[K, V]] = ()) -> None:
        self._base: dict[K, V] = dict(entries)
        self._changes: Mapping[K, V] = _NOTHING
        self._size = len(self._base)
        self._whole: dict[K, V] | None = self._base

    def __getitem__(self, key: K) -> V:
        found: V = self._changes.get(key, self._base.get(key, _GONE))
        if found is _GONE:
            raise KeyError(key)
        return found

    def get(self, key: K, default: Any = None) -> Any:
        """The value of *key*."""
        found = self._changes.get(key, self._base.get(key, _GONE))
        return default if found is _GONE else found

    def __contains__(self, key: object) -> bool:
        return self._changes.get(key, self._base.get(key, _GONE)) is not _GONE  # type: ignore[arg-type]

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[K]:
        return iter(self._all())

    def keys(self) -> KeysView[K]:
        """The keys."""
        return self._all().keys()

    def values(self) -> ValuesView[V]:
        """The values."""
        return self._all().values()

    def items(self) -> ItemsView[K, V]:
        """Keys with their values."""
        return self._all().items()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mapping):
            return NotImplemented
        theirs = other._all() if isinstance(other, Entries) else other
        return self._all() == theirs

    __hash__ = None  # type: ignore[assignment]  # like any mapping

    def __repr__(self) -> str:
        return repr(self._all())

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._all(),)

    def _all(self) -> dict[K, V]:
        """Base and changes merged, once."""
        if self._whole is None:
            merged = {**self._base, **self._changes}
            self._whole = {key: value for key, value in merged.items() if value is not _GONE}
        return self._whole

    def having(self, key: K, value: V) -> Entries[K, V]:
        """A copy with one entry more, or replaced."""
        return self._changed(key, value, self._size + (key not in self))

    def without(self, key: K) -> Entries[K, V]:
        """A copy without *key*."""
        return self._changed(key, _GONE, self._size - 1) if key in self else self

    def _changed(self, key: K, value: V, size: int) -> Entries[K, V]:
        copy = object.__new__(type(self))
        copy._size = size
        copy._whole = None
        copy._base = self._base
        copy._changes = {**self._changes, key: value}
        if len(copy._changes) > FEW + isqrt(len(self._base)):
            copy._base, copy._changes = copy._all(), _NOTHING
        return copy


class Members(AbstractSet[K], Generic[K]):
    """A set of which copies are cheap."""

    __slots__ = ("_entries",)

    def __init__(self, members: Iterable[K] = ()) -> None:
        self._entries: Entries[K, None] = Entries((member, None) for member in members)

    @classmethod
    def _from_iterable(cls, members: Iterable[Any]) -> frozenset[Any]:  # what & and | make
        return frozenset(members)

    def __contains__(self, member: object) -> bool:
        return member in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[K]:
        return iter(self._entries)

    def __hash__(self) -> int:
        return self._hash()

    def __repr__(self) -> str:
        return f"{{{', '.join(map(repr, self))}}}"

    def having(self, *members: K) -> Members[K]:
        """A copy with *members*."""
        entries = self._entries
        for member in members:
            entries = entries if member in entries else entries.having(member, None)
        return self._of(entries)

    def without(self, *members: K) -> Members[K]:
        """A copy without *members*."""
        entries = self._entries
        for member in members:
            entries = entries.without(member)
        return self._of(entries)

    def __or__(self, other: Iterable[Any]) -> Members[Any]:
        return self.having(*other)

    def __sub__(self, other: Iterable[Any]) -> Members[K]:
        return self.without(*other)

    def _of(self, entries: Entries[K, None]) -> Members[K]:
        if entries is self._entries:
            return self
        copy: Members[K] = object.__new__(Members)
        copy._entries = entries
        return copy
