"""Files of a migration folder into migrations in the order their runner takes.

Read here: a plain folder of ``.sql`` in natural order, ``<name>.up.sql`` with ``<name>.down.sql``, and Prisma's
``<id>/migration.sql``. How a file runs follows from the layout, unless its first comment says ``-- dbtools:
no-transaction``, or the configuration says it for all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from dbtools.model.migration import Migration, Script, TransactionMode

NO_TRANSACTION = re.compile(r"\A(?:\s|--[^\n]*\n)*?--\s*dbtools:\s*no-transaction\b", re.IGNORECASE)
DIGITS = re.compile(r"(\d+)")


def natural(path: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key under which ``2_b`` comes before ``10_a``."""
    parts = (part for part in DIGITS.split(path) if part)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


def migrations_of(files: Mapping[str, str], transaction: str = "") -> tuple[Migration, ...]:
    """The migrations among *files*, path to text, in order; *transaction* overrides what the layout says."""
    names = sorted((path for path in files if path.endswith(".sql")), key=lambda path: (natural(path), path))
    if any(path.endswith("/migration.sql") or path == "migration.sql" for path in names):
        return _prisma(files, transaction)
    if any(path.endswith(".up.sql") for path in names):
        return _up_down(files, names, transaction)
    return tuple(Migration(PurePosixPath(path).stem, *_run(files, path, None, "file", transaction)) for path in names)


def single(path: str, text: str, transaction: str = "") -> Migration:
    """One file, whatever it is called, as a migration of its own."""
    return Migration(PurePosixPath(path).stem, *_run({path: text}, path, None, "file", transaction))


def is_marked(text: str) -> bool:
    """Whether a script's first comment says that it runs outside a transaction."""
    return NO_TRANSACTION.match(text) is not None


def _prisma(files: Mapping[str, str], transaction: str) -> tuple[Migration, ...]:
    """Prisma sends a file as one query; files beside the folders are not migrations."""
    found = [path for path in files if PurePosixPath(path).name == "migration.sql"]
    ordered = sorted((PurePosixPath(path).parent.name, path) for path in found)
    return tuple(Migration(name or path, *_run(files, path, None, "query", transaction)) for name, path in ordered)


def _up_down(files: Mapping[str, str], names: Iterable[str], transaction: str) -> tuple[Migration, ...]:
    found = []
    for path in (path for path in names if path.endswith(".up.sql")):
        base = path.removesuffix(".up.sql")
        down = f"{base}.down.sql"
        run = _run(files, path, down if down in files else None, "file", transaction)
        found.append(Migration(PurePosixPath(base).name, *run, reversible=True))
    return tuple(found)


def _run(
    files: Mapping[str, str], up: str, down: str | None, default: TransactionMode, override: str
) -> tuple[Script, Script | None, TransactionMode]:
    mode: TransactionMode = override or default  # type: ignore[assignment]  # the configuration allows these words only
    if is_marked(files[up]):
        mode = "none"
    return Script(up, files[up]), None if down is None else Script(down, files[down]), mode
