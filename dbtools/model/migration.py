"""Migrations as values: which files, in which order, run how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

TransactionMode = Literal["batch", "file", "query", "statement", "none"]


@dataclass(frozen=True, slots=True)
class Script:
    """A file of SQL; ``path`` is relative to the repository, with forward slashes."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of a history.

    ``transaction``: ``batch`` when its runner opens one transaction for all migrations that are pending, ``file`` when
    it opens one for the whole file, ``query`` when it sends the
    file as one query, which PostgreSQL itself makes a transaction as soon as it holds several statements,
    ``statement`` or ``none`` when each runs by itself. ``down`` is None where the layout knows no way back, or none
    was written; ``reversible`` says whether the layout has down files at all.
    """

    name: str
    up: Script
    down: Script | None = None
    transaction: TransactionMode = "file"
    reversible: bool = False
