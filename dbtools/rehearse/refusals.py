"""Why a statement did not run, where that lies in the rehearsal: what it lacks, forbids, or does not wait for."""

from __future__ import annotations

import re
from typing import NamedTuple

from dbtools.model import sqlstate
from dbtools.sql.privileged import reaches_out

_EXTENSION = re.compile(r'extension "(.+)" is not available|could not open extension control file ".*/(.+)\.control"')
# What is put together while it runs shows by the server's words alone.
_SAID = re.compile(r"COPY to(?: or from)? .*|COPY from .*|(?<=for function )(?:pg_|lo_|dblink)\w+")
# What says nothing about whether a prediction was right.
OURS = frozenset({sqlstate.INSUFFICIENT_PRIVILEGE, sqlstate.QUERY_CANCELED, sqlstate.ADMIN_SHUTDOWN})


class Reason(NamedTuple):
    """What kind of failure it is, what happened, and what to do; ``hint`` is empty where nothing more is known."""

    rule: str
    message: str
    hint: str = ""


def reason(text: str, code: str | None, message: str, *, timed_out: bool) -> Reason:
    """Why the server did not run *text*; it said *message*."""
    said = f"{code} {message}" if code and not timed_out else message
    if timed_out:
        return Reason("rehearsal-times-out", said, "see whether it ever ends; --timeout gives it more seconds")
    if extension := missing_extension(message):
        hint = f"name a server that has {extension} with --server-url, or the programs of one with DBTOOLS_PG_BIN"
        return Reason("rehearsal-fails", f"the server has no extension {extension}: {said}", hint)
    if code == sqlstate.INSUFFICIENT_PRIVILEGE:
        return _denied(text, said)
    return Reason("rehearsal-fails", said)


def missing_extension(message: str) -> str:
    """The extension that a server says it lacks; empty where it says something else."""
    found = _EXTENSION.search(message)
    return (found[1] or found[2]) if found else ""


def _denied(text: str, said: str) -> Reason:
    words = _SAID.search(said)
    outside = reaches_out(text) or (words[0] if words else "")
    if outside:
        hint = "a rehearsal lends no rights for that; where it is to run, it runs with those of whoever migrates"
        return Reason("leaves-database", f"reaches out of the database by {outside}, and was not let: {said}", hint)
    hint = "migrations run here as an account that owns the database and is no superuser, and this was lent no rights"
    return Reason("rehearsal-fails", said, hint)
