"""What one statement that was run is worth telling."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dbtools.model.finding import Damage, Evidence, Finding, Location, Severity
from dbtools.rehearse.refusals import reason
from dbtools.rehearse.watch import Watched
from dbtools.sql.excerpt import excerpt


def of_statement(watched: Watched) -> Iterator[Finding]:
    """That the server refused it, and where it did otherwise than foretold."""
    statement, script = watched.statement, watched.migration.up
    place = statement.place
    location = Location(script.path, place.line, place.column)
    anchor, shown = statement.text, excerpt(script.text, statement, place)
    if watched.failed:
        yield _failure(watched)
    for difference in watched.differences:
        hint = "this is a mistake of dbtools, not of yours: please report the statement"
        message = f"{difference}"
        yield Finding(
            "prediction-differs", Severity.INFO, message, location, Evidence.REHEARSED, hint, anchor=anchor,
            excerpt=shown,
        )  # fmt: skip


def _failure(watched: Watched) -> Finding:
    """At the word that the server points at, where it points at one."""
    observation, statement, script = watched.observation, watched.statement, watched.migration.up
    place = statement.place
    if observation.position:
        place = place.after(statement.text[: observation.position - 1])
        statement = replace(statement, error=observation.error or "")
    why = reason(
        watched.statement.text, observation.effects.fails, observation.error or "", timed_out=observation.timed_out
    )
    message = f"fails on a server with rows: {why.message}" if why.rule == "rehearsal-fails" else why.message
    return Finding(
        why.rule, Severity.ERROR, message, Location(script.path, place.line, place.column), Evidence.REHEARSED,
        why.hint or "the migration stops here and nothing of its transaction is left", anchor=statement.text,
        damage=Damage.FAILS,
        excerpt=excerpt(script.text, statement, place),
    )  # fmt: skip
