"""Schemas on disk, in the user's own cache folder: found by key, never trusted to be whole or to be ours.

A file is a digest and what it is of, so one that was cut short is not there. It is a pickle, 15 ms for 300 tables, read
by a reader that knows the values of the schema and nothing else: a file that somebody else put there can be wrong, but
it can run nothing.
A folder that cannot be used is no error: then nothing is kept.
"""

from __future__ import annotations

import io
import os
import pickle
import sys
import zlib
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import dbtools
from dbtools.cache import NO_CACHE, cache_folder, own_folder
from dbtools.errors import DatabaseError
from dbtools.model.schema import Schema

MOST_KEPT = 64
MOST_BYTES = 256 * 1024 * 1024  # of one state, unpacked
VALUES = tuple(f"dbtools.model.{name}" for name in ("expression", "objects", "schema", "found", "entries"))
PROTOCOL = 5
DIGEST = 32


class States:
    """The states in one folder; ``origin`` is the key of the empty schema."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.origin = _made_by()
        self._names = frozenset(path.name for path in folder.iterdir())

    def get(self, key: str) -> Schema | None:
        """The schema kept under *key*, if it is there and whole."""
        if key not in self._names:
            return None
        path = self.folder / key
        with suppress(OSError):
            found = _unpacked(path.read_bytes())
            if found is not None:
                os.utime(path)  # used last, so let go last
            return found
        return None

    def keep(self, key: str, schema: Schema) -> None:
        """Keep *schema*; what has not been used for longest goes. Others see the file whole or not at all."""
        from tempfile import NamedTemporaryFile

        with suppress(OSError, RecursionError):
            data = _packed(schema)
            with NamedTemporaryFile(dir=self.folder, delete=False) as unfinished:
                unfinished.write(data)
            Path(unfinished.name).replace(self.folder / key)
            for path in self._by_use()[:-MOST_KEPT]:
                path.unlink(missing_ok=True)

    def _by_use(self) -> list[Path]:
        times = {}
        for path in self.folder.iterdir():
            with suppress(OSError):  # somebody else let it go
                times[path] = path.stat().st_mtime
        return sorted(times, key=times.__getitem__)


def states() -> States | None:
    """What is kept for this user; None when it is switched off or there is no place for it."""
    if os.environ.get(NO_CACHE):
        return None
    with suppress(OSError, DatabaseError):
        return States(own_folder(cache_folder() / "states"))
    return None


def _packed(schema: Schema) -> bytes:
    data = zlib.compress(pickle.dumps(schema, PROTOCOL), 1)
    return sha256(data).digest() + data


def _unpacked(data: bytes) -> Schema | None:
    digest, packed = data[:DIGEST], data[DIGEST:]
    if sha256(packed).digest() != digest:
        return None
    try:
        unpacking = zlib.decompressobj()
        found = _Reader(io.BytesIO(unpacking.decompress(packed, MOST_BYTES))).load()
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it is made again
        return None
    return found if type(found) is Schema and type(found.complete) is bool else None


class _Reader(pickle.Unpickler):
    """Makes values of the schema; anything else that a pickle could name is refused."""

    def find_class(self, module: str, name: str) -> type:
        """The class, if it is one of ours."""
        found = getattr(import_module(module), name, None) if module in VALUES else None
        if not isinstance(found, type) or found.__module__ != module:
            raise pickle.UnpicklingError(f"{module}.{name} is no value of a schema")
        return found


@cache
def _made_by() -> str:
    """What else decides what a history adds up to: the code that folds it, and the parsers under it.

    By the versions where dbtools is installed, by the files where somebody works on it.
    """
    root = Path(dbtools.__file__).parent
    parts = [dbtools.__version__, f"{sys.version_info[:2]}"]
    for folder in ("model", "model/apply", "model/operation", "sql"):
        for entry in sorted(os.scandir(root / folder), key=lambda entry: entry.name):
            if entry.name.endswith(".py"):
                found = entry.stat()
                changed = 0 if root.parent.name in {"site-packages", "dist-packages"} else found.st_mtime_ns
                parts.append(f"{entry.name} {found.st_size} {changed}")
    for parser in ("postgast", "sqlglot"):
        spec = find_spec(parser)
        where = Path(spec.origin).parent.parent if spec and spec.origin else root
        parts += sorted(path.name for path in where.glob(f"{parser}-*.dist-info"))
    return sha256("\n".join(parts).encode()).hexdigest()
