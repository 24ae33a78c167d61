"""Sources that are read when somebody first asks what they say: most changes need no model to be judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import overload

from dbtools.model.reader import Reading


class Later(Sequence[Reading]):
    """What *read* gives, once."""

    def __init__(self, read: Callable[[], Iterable[Reading]]) -> None:
        self._make = read

    @cached_property
    def _readings(self) -> tuple[Reading, ...]:
        return tuple(self._make())

    @overload
    def __getitem__(self, at: int) -> Reading: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Reading]: ...

    def __getitem__(self, at: int | slice) -> Reading | Sequence[Reading]:
        """One of them, or several."""
        return self._readings[at]

    def __len__(self) -> int:
        """How many there are."""
        return len(self._readings)
