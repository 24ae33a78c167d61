"""Numbers in sentences."""

from __future__ import annotations


def counted(number: int, thing: str, things: str = "") -> str:
    """``1 index``, ``3 indexes``, ``1,200 tables``."""
    return f"{number:,} {thing if number == 1 else things or f'{thing}s'}"
