"""The catalog queries, one file each, and the reading of them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def query(name: str) -> bytes:
    """The text of ``<name>.sql``."""
    return files(__name__).joinpath(f"{name}.sql").read_bytes()
