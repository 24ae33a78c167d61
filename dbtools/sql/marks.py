"""What a transaction can go back to: how things stood when it began, and at each of its savepoints."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")
BEGINNING = ""


class Marks(Generic[T]):
    """Moments of one transaction, each the state *T* of then; going back costs the same however many there are."""

    def __init__(self) -> None:
        self._kept: list[tuple[str, T]] = []
        self._at: dict[str, list[int]] = {}

    def begin(self, state: T) -> None:
        """A transaction begins here; what is left of an earlier one is forgotten."""
        self.end()
        self.save(BEGINNING, state)

    def save(self, name: str, state: T) -> None:
        """SAVEPOINT: an earlier one of that name is hidden, not gone."""
        self._at.setdefault(name, []).append(len(self._kept))
        self._kept.append((name, state))

    def release(self, name: str) -> None:
        """RELEASE: the savepoint and all after it are gone, and what was done stays."""
        if self._at.get(name):
            self._cut(self._at[name][-1])

    def back(self, name: str = BEGINNING) -> T | None:
        """ROLLBACK TO: how things stood then; the savepoint stays, those after it are gone. None if there is none."""
        if not self._at.get(name):
            return None
        last = self._at[name][-1]
        self._cut(last + 1)
        return self._kept[last][1]

    def end(self) -> None:
        """The transaction is over."""
        self._kept.clear()
        self._at.clear()

    def _cut(self, length: int) -> None:
        while len(self._kept) > length:
            name, _ = self._kept.pop()
            self._at[name].pop()
