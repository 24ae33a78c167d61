"""Down again and up again: what the way down leaves behind or does not bring back is a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbtools.model.diff import diff
from dbtools.model.finding import Finding, Location, Severity
from dbtools.model.migration import Migration
from dbtools.model.schema import Schema
from dbtools.pg.catalog import catalog
from dbtools.pg.run import Refused, run
from dbtools.rehearse.trial import Trial, rehearsed
from dbtools.sql.render import render
from dbtools.sql.walk import in_transaction
from dbtools.stage import sent

if TYPE_CHECKING:
    from dbtools.pg.connect import Connection

TITLE = "down, up"
SAME = "same again"
MIDWAY, AGAIN = "down fails midway", "up again fails"  # the next migration would not meet what it expects
LISTED = 5
UP = ".up.sql"


def round_trip(connection: Connection, migration: Migration, before: Schema) -> Trial:
    """Run the way down of *migration*, which has run, and the way up again; *before* is the catalog before it."""
    down = migration.back
    if down is None:
        return _without(migration)
    after = catalog(connection)
    refused = run(connection, sent(down.up.text), whole=in_transaction(down))
    if refused is not None:
        result = "down fails" if in_transaction(down) else MIDWAY
        return Trial(TITLE, result, (_refusal("down-fails", "the way down fails", down, refused),))
    findings = []
    left = _apart(catalog(connection), before)
    if left:
        message = f"the way down does not lead back: {left}"
        hint = "after down the schema should be what it was before up"
        findings.append(rehearsed("down-differs", Severity.WARNING, message, Location(down.up.path), hint))
    refused = run(connection, sent(migration.up.text), whole=in_transaction(migration))
    if refused is not None:
        findings.append(_refusal("up-again-fails", "up, down, and up again fails", migration, refused))
        return Trial(TITLE, AGAIN, tuple(findings))
    if not left and (left := _apart(catalog(connection), after)):
        message = f"up, down, and up again is not what up was: {left}"
        hint = "what up makes should not depend on what down left behind"
        findings.append(rehearsed("up-again-differs", Severity.WARNING, message, Location(down.up.path), hint))
        return Trial(TITLE, "up again differs", tuple(findings))
    return Trial(TITLE, "down differs" if left else SAME, tuple(findings))


def _without(migration: Migration) -> Trial:
    if not migration.reversible:
        return Trial(TITLE, "up only")
    pair = migration.up.path.endswith(UP)
    hint = f"write {migration.up.path.removesuffix(UP)}.down.sql" if pair else "write it"
    finding = rehearsed(
        "down-missing", Severity.WARNING, "there is no way back down", Location(migration.up.path), hint
    )
    return Trial(TITLE, "no down", (finding,))


def _refusal(rule: str, what: str, migration: Migration, refused: Refused) -> Finding:
    place = Location(migration.up.path, refused.statement.line, refused.statement.column)
    return rehearsed(rule, Severity.ERROR, f"{what}: {refused.sqlstate} {refused.message}", place, "mend the script")


def _apart(now: Schema, wanted: Schema) -> str:
    operations = diff(now, wanted)
    texts = [" ".join(render(operation).split()) for operation in operations[:LISTED]]
    rest = len(operations) - LISTED
    return "; ".join(texts) + (f"; and {rest} more" if rest > 0 else "")
