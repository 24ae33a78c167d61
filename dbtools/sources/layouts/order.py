"""The orders in which runners take files, and versions that come twice."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator

from dbtools.model.finding import Finding, Location, Severity
from dbtools.sources.layouts.layout import name, problem

DIGITS = re.compile(r"(\d+)")
NUMBERED = re.compile(r"(\d+)")


def natural(path: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key under which ``2_b`` comes before ``10_a``."""
    parts = (part for part in DIGITS.split(path) if part)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


def in_natural_order(paths: Iterable[str]) -> list[str]:
    """*paths* by ``natural``, and where that says they are the same, as text."""
    return sorted(paths, key=lambda path: (natural(path), path))


def version(path: str) -> int | None:
    """The number that a file's name begins with."""
    found = NUMBERED.match(name(path))
    return int(found[1]) if found else None


def twice(versions: Iterable[tuple[str, Hashable]], runner: str) -> Iterator[Finding]:
    """A finding for each file whose version, given beside its path, an earlier one has."""
    seen: dict[Hashable, str] = {}
    for path, number in versions:
        first = seen.setdefault(number, path)
        if first != path:
            message = f"{name(path)} has the same version as {name(first)}: {runner} runs one of them at most"
            hint = "give it a version of its own, above all others"
            yield problem("version-duplicate", Severity.ERROR, message, Location(path), hint)
