"""How often Python looks for cycles among its values: seldom, where many are made and all of them stay."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# A run is short and its values stay: looking for cycles among them takes a tenth of the time, two fifths of that of a
# reader, and finds few.
FEW_COLLECTIONS = 300_000


@contextmanager
def few_collections() -> Iterator[None]:
    """As few as in a run of ``dbtools``, for those who call a reader from a program of their own."""
    before = gc.get_threshold()
    gc.set_threshold(max(before[0], FEW_COLLECTIONS) if before[0] else 0, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
