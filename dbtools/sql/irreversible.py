"""``-- dbtools: irreversible REASON``: a migration that has no way back down, on purpose."""

from __future__ import annotations

from typing import NamedTuple

from dbtools.model.finding import Location
from dbtools.model.migration import Migration
from dbtools.sql.ignore import DIRECTIVE, MARK, NO_WORDS, directives

VERB = "irreversible"


class Irreversible(NamedTuple):
    """What a migration says of itself, and where; ``reason`` is empty where it gives none."""

    reason: str
    location: Location


def irreversible(migration: Migration) -> Irreversible | None:
    """What the way up or the way down says, the first that gives a reason before one that gives none."""
    scripts = (migration.up, migration.down) if migration.down else (migration.up,)
    found = [each for script in scripts for each in _declared(script.path, script.text)]
    return next((each for each in found if each.reason), found[0] if found else None)


def _declared(path: str, text: str) -> list[Irreversible]:
    if MARK not in text or VERB not in text:
        return []
    said = ((DIRECTIVE.match(comment), place) for comment, place in directives(text))
    return [
        Irreversible(_reason(match["rest"]), Location(path, place.line, place.column))
        for match, place in said
        if match is not None and match["verb"] == VERB
    ]


def _reason(rest: str) -> str:
    """The words of a reason, on one line; empty where there is no word among them."""
    reason = " ".join(rest.split()).strip(NO_WORDS)
    return reason if any(character.isalpha() for character in reason) else ""
