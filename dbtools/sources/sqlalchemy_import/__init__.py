"""SQLAlchemy models, imported: for those who would rather run their models than have them read.

Their code runs in a process of its own, in their own Python, and only because they asked for it. What comes back is
the SQL that SQLAlchemy would send, and it is read like any other SQL.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dbtools.errors import SourceError
from dbtools.model.expression import Name
from dbtools.model.finding import Location
from dbtools.model.objects import ColumnRef
from dbtools.model.reader import Reader, Reading
from dbtools.sources.migrations import reading as read_scripts
from dbtools.sources.sqlalchemy import EXPRESSIBLE

KIND = "sqlalchemy+import"
SCRIPT = Path(__file__).with_name("print_tables.py")
SECONDS = 60
PYTHON = "DBTOOLS_PYTHON"
HINT = (
    f"write {KIND}:MODULE[:ATTRIBUTE] as it is imported from {{root}}; {PYTHON} names the Python that has its packages"
)


def read(target: str, root: Path, seconds: float = SECONDS) -> Reading:
    """The database that the MetaData of *target*, ``module[:attribute]``, would create; it is imported from *root*.

    SourceError with the last line of the traceback where that fails or takes longer than *seconds*.
    """
    found = _asked(target, root, seconds)
    script = read_scripts(KIND, target, [(target, found["sql"])])
    tables = {Name(each["schema"], each["name"]): each for each in found["tables"]}
    origins: dict[ColumnRef, Location] = {}
    readers: list[Reader] = []
    client: dict[ColumnRef, str] = {}
    for name, table in script.schema.tables.items():
        said = tables.get(name)
        if said is None:
            continue
        place = Location(said["path"] or target, said["line"])
        source = f"SQLAlchemy model {said['model']}" if said["model"] else f"SQLAlchemy table {name}"
        origins[ColumnRef(name)] = place
        for column in table.columns:
            ref = ColumnRef(name, column.name)
            origins[ref] = place
            readers.append(Reader(ref, source, place, "reads and writes"))
            if column.name in said["defaults"]:
                client[ref] = said["defaults"][column.name]
    unknown = tuple(script.unknown)
    return Reading(KIND, target, script.schema, origins, EXPRESSIBLE, unknown, tuple(readers), client)


def _asked(target: str, root: Path, seconds: float) -> Mapping[str, Any]:
    hint = HINT.format(root=root)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "tables.json"
        command = [python_of(root), str(SCRIPT), target, str(path)]
        try:
            done = subprocess.run(
                command, cwd=root, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False
            )
        except subprocess.TimeoutExpired:
            raise SourceError(f"importing {target} took longer than {seconds:g} seconds", hint=hint) from None
        except OSError as error:
            raise SourceError(f"{command[0]} cannot be run: {error.strerror}", hint=hint) from error
        if done.returncode or not path.is_file():
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            reason = said[-1] if said else f"Python exited with {done.returncode}"
            raise SourceError(f"importing {target} failed: {reason}", hint=hint)
        found: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found


def python_of(root: Path) -> str:
    """The Python that imports the models: what DBTOOLS_PYTHON names, the active or the project's own environment."""
    named = os.environ.get(PYTHON)
    if named:
        return named
    active = os.environ.get("VIRTUAL_ENV")
    folders = [Path(active)] if active else []
    for folder in (*folders, root / ".venv", root / "venv"):
        for program in (folder / "bin" / "python", folder / "Scripts" / "python.exe"):
            if program.is_file():
                return str(program)
    return shutil.which("python3") or sys.executable
