"""Diesel: a folder per migration with ``up.sql`` and ``down.sql``, by the digits of its name without the dashes.

Each runs in a transaction, unless ``metadata.toml`` beside it says otherwise: then it is sent as one query.
"""

from __future__ import annotations

import re

from dbtools.model.migration import Migration, Script
from dbtools.sources.layouts.layout import Layout, Part, Running, below, folder, ignored, name
from dbtools.sources.layouts.signs import DOWN_SCRIPT, METADATA, UP_SCRIPT

BARE = re.compile(r"^\s*run_in_transaction\s*=\s*false\b", re.MULTILINE)


def version(path: str) -> str:
    """What Diesel compares, as text: what stands before the first underscore, without dashes."""
    return name(folder(path)).partition("_")[0].replace("-", "")


def read(part: Part, running: Running) -> Layout:
    """Every folder that has a way up."""
    ups = sorted((path for path in part.sql if name(path) == UP_SCRIPT), key=lambda path: (version(path), path))
    migrations = tuple(_migration(path, part, running) for path in ups)
    ran = {script.path for each in migrations for script in (each.up, each.down) if script}
    return Layout("diesel", migrations, ignored(set(part.sql) - ran, "Diesel", "<version>_<name>/up.sql and down.sql"))


def _migration(path: str, part: Part, running: Running) -> Migration:
    text, down = part.files[path], below(folder(path), DOWN_SCRIPT)
    bare = BARE.search(part.files.get(below(folder(path), METADATA), ""))
    said = "query" if bare else None
    back = part.files.get(down)
    return Migration(
        name(folder(path)) or path,
        Script(path, text),
        None if back is None else Script(down, back),
        running.mode(text, "file", said),  # type: ignore[arg-type]
        reversible=True,
        down_transaction=running.mode(back or "", "file", said),  # type: ignore[arg-type]
    )
