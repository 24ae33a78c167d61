"""What became of a table or a foreign key between two schemas."""

from __future__ import annotations

from enum import Enum


class Mark(Enum):
    """The value is the sign that says it without colour, in front of a name."""

    SAME = ""
    ADDED = "+"
    CHANGED = "~"
    REMOVED = "-"

    def sign(self, text: str) -> str:
        """*text* with the sign in front."""
        return f"{self.value} {text}" if self.value else text
