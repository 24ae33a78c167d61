"""Sources given on the command line or in dbtools.yaml, read and compared."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dbtools.change import Project, Scope, gather
from dbtools.cli._project import project_of, source_of
from dbtools.drift import DriftSettings, drift

if TYPE_CHECKING:
    from dbtools.cli._call import Call
    from dbtools.model.report import Report


def report(call: Call, written: tuple[str, ...], truth: str) -> Report:
    """The drift of the sources *written*, else of those that dbtools.yaml names."""
    if not written:
        config = call.config
        project = project_of(config, live=True)
        truth = truth or config.truth
    else:
        project = _project(call, written)
    change = gather(project, Scope(everything=True))
    found = drift(change.readings, DriftSettings(truth))
    return replace(found, findings=(*change.problems, *found.findings))


def _project(call: Call, written: tuple[str, ...]) -> Project:
    import os

    from dbtools.errors import UsageError

    sources: dict[str, tuple[str, ...]] = {}
    live: list[tuple[str, str]] = []
    imported: list[str] = []
    configured = project_of(call.config_or_none) if call.config_or_none else None
    for each in written:
        kind, where = source_of(each, configured)
        if kind == "live":
            url = os.environ.get(where)
            if not url:
                hint = "live:VARIABLE names the environment variable that holds the URL, never the URL itself"
                raise UsageError(f"{each}: the variable is not set", hint=hint)
            live.append((where, url))
        elif kind == "sqlalchemy+import":
            imported.append(where)
        else:
            sources[kind] = (*sources.get(kind, ()), where)
    return Project(call.root, sources, "", live=tuple(live), imported=tuple(imported))
