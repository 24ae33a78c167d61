"""How to rehearse: plain values, filled from the command line and the user's configuration by ``cli/``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

ROWS = 200
Say = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class RehearseSettings:
    """``server_url``: a server where databases may be made; empty for an embedded one. ``rows`` per table.

    ``version``: the major that the team runs, to be said where the rehearsal ran on another.
    """

    server_url: str = ""
    rows: int = ROWS
    say: Say = field(default=lambda *_: None)
    version: int | None = None
