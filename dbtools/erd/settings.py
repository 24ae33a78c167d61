"""Which pages are wanted: plain values, filled from the user's configuration by ``cli/``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DomainPages:
    """One domain, a group of tables that people think of together, and its page.

    ``tables`` are names or glob patterns: ``Invoice``, ``Order*``, ``audit.*``; a table outside
    ``public`` is named with its namespace.
    """

    name: str
    tables: tuple[str, ...]
    title: str = ""
    owner: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Pages:
    """The folder of the pages, the domains in the order of the configuration, the most boxes in one diagram.

    ``config`` is the file that hints point to.
    """

    out: str = "docs/schema"
    domains: tuple[DomainPages, ...] = ()
    max_tables: int = 12
    config: str = "dbtools.yaml"
