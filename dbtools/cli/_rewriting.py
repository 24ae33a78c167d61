"""What ``lint --fix`` may rewrite, and what stands beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dbtools.errors import UsageError

if TYPE_CHECKING:
    from dbtools.change import Scope
    from dbtools.model.migration import Migration


def refuse(paths: tuple[str, ...], scope: Scope) -> None:
    """UsageError unless it is about what is new in the working tree, or files by name."""
    given = {"--commit": scope.commit, "--staged": scope.staged, "--all": scope.everything}
    for flag in (flag for flag, value in given.items() if value):
        raise UsageError(f"--fix and {flag} exclude each other", hint="--fix rewrites what is new in the working tree")
    for path in paths:
        if path == "-" or Path(path).is_dir():
            what = "stdin" if path == "-" else f"{path}, a folder"
            raise UsageError(f"--fix cannot rewrite {what}", hint="name the migrations that have not run anywhere yet")


def beside(root: Path, migration: Migration) -> list[str]:
    """The paths of the files among which *migration* stands, or of those in the folders beside its own."""
    path = root / migration.up.path
    found = path.parent.parent.glob(f"*/{path.name}") if path.name == "migration.sql" else path.parent.iterdir()
    return [each.as_posix() for each in found]
