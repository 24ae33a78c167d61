"""How PostgreSQL cuts names that are too long, and puts them together (``makeObjectName`` of its sources)."""

from __future__ import annotations

LONGEST = 63


def truncated(name: str) -> str:
    """*name* as the server keeps it: 63 bytes, never half a character."""
    return clipped(name, LONGEST)


def object_name(table: str, middle: str, label: str) -> str:
    """``table_middle_label`` in 63 bytes: the longer of table and middle gives way."""
    room = LONGEST - len(label.encode()) - (2 if middle else 1)
    first, second = len(table.encode()), len(middle.encode())
    while first + second > room:
        if first > second:
            first -= 1
        else:
            second -= 1
    return "_".join(part for part in (clipped(table, first), clipped(middle, second), label) if part)


def clipped(text: str, room: int) -> str:
    """The first *room* bytes of *text*, never half a character."""
    return text.encode()[:room].decode(errors="ignore")
