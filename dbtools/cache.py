"""The folder where dbtools keeps what it can make again: database clusters, copies of programs, states of histories.

Programs run from here, so the folder must be the user's own: one that somebody else could have
planted or can write to is refused.
"""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from dbtools.errors import DatabaseError

NO_CACHE = "DBTOOLS_NO_CACHE"  # set: states of histories are neither read nor kept
POSIX = sys.platform != "win32"


def cache_folder() -> Path:
    """The folder, made when it is not there: ``DBTOOLS_CACHE``, or the user's cache directory.

    For root it is ``/var/tmp/dbtools-0``, which an unprivileged account can enter, unlike ``/root``.
    """
    return own_folder(_wanted(), mode=0o755)


def own_folder(path: Path, *, mode: int = 0o700) -> Path:
    """*path* as a folder that belongs to this user and that nobody else can write to."""
    try:
        if not path.exists():
            path.mkdir(parents=True, exist_ok=True)
            path.chmod(mode)  # whatever the umask says
        found = path.lstat()
    except OSError as error:
        raise DatabaseError(f"cannot make {path}: {error.strerror}", hint=_HINT) from None
    foreign = POSIX and (found.st_uid != os.getuid() or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH))
    if not stat.S_ISDIR(found.st_mode) or foreign:
        raise DatabaseError(f"{path} is not safe to use: it is a link, or others can write to it", hint=_HINT)
    return path


_HINT = "set DBTOOLS_CACHE to a folder that only you can write to"


def _wanted() -> Path:
    if chosen := os.environ.get("DBTOOLS_CACHE"):
        return Path(chosen).absolute()
    if not POSIX:
        return Path(os.environ.get("LOCALAPPDATA") or Path.home()) / "dbtools"
    home = os.environ.get("XDG_CACHE_HOME") or _home_cache()
    if os.getuid() == 0 or home is None:
        return Path(f"/var/tmp/dbtools-{os.getuid()}")  # noqa: S108 - own_folder refuses one that others could plant
    return Path(home) / "dbtools"


def _home_cache() -> Path | None:
    """``~/.cache``, or None for an account whose home is not there or not its own."""
    try:
        home = Path.home()
    except RuntimeError:
        return None
    return home / ".cache" if os.access(home, os.W_OK) else None
