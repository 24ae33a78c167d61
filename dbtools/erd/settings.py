"""Which pages are wanted: plain values, filled from the user's configuration by ``cli/``."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DomainPages:
    """One domain, a group of tables that people think of together, and its page.

    ``tables`` are names or glob patterns: ``Invoice``, ``Order*``, ``audit.*``; a table outside
    ``public`` is named with its namespace. ``lines``: where each of them stands in the settings, as far as known.
    """

    name: str
    tables: tuple[str, ...]
    title: str = ""
    owner: str = ""
    description: str = ""
    lines: tuple[int, ...] = field(default=(), compare=False)

    def line(self, pattern: str) -> int:
        """The line of the settings that *pattern* stands on, 1 where that is not known."""
        return next((line for written, line in zip(self.tables, self.lines, strict=False) if written == pattern), 1)


@dataclass(frozen=True, slots=True)
class Pages:
    """The folder of the pages, the domains in the order of the configuration, the most boxes in one diagram.

    ``config`` is the file that hints point to, ``line`` where its domains begin.
    ``only``: the domains to draw, all where it is empty.
    """

    out: str = "docs/schema"
    domains: tuple[DomainPages, ...] = ()
    max_tables: int = 12
    config: str = "dbtools.yaml"
    only: tuple[str, ...] = ()
    line: int = 1
