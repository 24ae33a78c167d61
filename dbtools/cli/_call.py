"""What the hall hands to a command that is called: the settings, when asked for, and somewhere to say how far it is."""

from __future__ import annotations

import sys
import time
from functools import cached_property
from pathlib import Path

from dbtools.config import Config, find, load

_PATIENCE = 2.0
_INTERVAL = 0.1
_CELLS = 20


class Call:
    """One call of one command.

    ``form`` is what ``--format`` asks for. ``say`` is what rooms take as ``say(done, total, what)``. It shows a bar
    once the work has taken two seconds, if stderr is a terminal; with ``verbose`` it writes every step as a line.
    """

    def __init__(
        self, config_path: Path | None = None, *, form: str = "text", verbose: bool = False, quiet: bool = False
    ) -> None:
        self.cwd = Path.cwd()
        self.form = form
        self.verbose = verbose
        self.quiet = quiet
        self._config_path = config_path
        self._shows_bar = sys.stderr.isatty() and not quiet and not verbose
        self._began = time.monotonic()
        self._drawn = 0.0

    @cached_property
    def config(self) -> Config:
        """dbtools.yaml; ConfigError when it is wrong, or when there is none."""
        return load(self._config_path, self.cwd)

    @cached_property
    def config_or_none(self) -> Config | None:
        """dbtools.yaml, for a command that can do without; ConfigError when it is wrong."""
        return self.config if self._config_path or find(self.cwd) else None

    @property
    def root(self) -> Path:
        """What paths in reports are relative to: the folder of dbtools.yaml, or else the current one."""
        return self.config_or_none.root if self.config_or_none else self.cwd

    def say(self, done: int, total: int, what: str) -> None:
        """*what* is being done as step *done* of *total*."""
        if self.verbose:
            self.note(f"{done}/{total} {what}")
            return
        now = time.monotonic()
        if self._shows_bar and now - self._began > _PATIENCE and now - self._drawn > _INTERVAL:
            self._drawn = now
            filled = _CELLS * min(done, total) // max(total, 1)
            sys.stderr.write(f"\r\x1b[K{'█' * filled}{'░' * (_CELLS - filled)} {done}/{total} {what[:50]}")
            sys.stderr.flush()

    def note(self, line: str) -> None:
        """One line on stderr, unless the call is quiet."""
        if not self.quiet:
            self.close()
            sys.stderr.write(f"{line}\n")

    def close(self) -> None:
        """Takes the bar away."""
        if self._drawn:
            sys.stderr.write("\r\x1b[K")
            self._drawn = 0.0
