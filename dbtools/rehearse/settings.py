"""How to rehearse: plain values, filled from the command line and the user's configuration by ``cli/``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from dbtools.pg.fill import Rows
from dbtools.pg.guard import SECONDS

ROWS = Rows(200)
MIGRATIONS_FIRST, CODE_FIRST, STOPPED = "migrations-first", "code-first", "stopped"
Say = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class RehearseSettings:
    """``server_url``: a server where databases may be made; empty for an embedded one. ``rows``: how many tables hold.

    ``version``: the major that the team runs, to be said where the rehearsal ran on another. ``deploy``: what
    comes first, the migrations or the code that was written for them; ``stopped`` where no code runs meanwhile.
    ``lock_timeout``: whether the runner sets one for every migration. ``timeout``: the seconds after which a statement
    is stopped.
    """

    server_url: str = ""
    rows: Rows = ROWS
    say: Say = field(default=lambda *_: None)
    version: int | None = None
    deploy: str = MIGRATIONS_FIRST
    lock_timeout: bool = False
    timeout: float = SECONDS
