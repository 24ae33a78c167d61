"""What ``lint --fix`` may rewrite, and what stands beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dbtools.errors import SourceError, UsageError

if TYPE_CHECKING:
    from dbtools.change import Scope
    from dbtools.model.migration import Migration

ORDERS = ("sqitch.plan", "meta/_journal.json")


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
    """The paths of the files among which *migration* stands, or of those in the folders beside its own.

    SourceError where a file more would not run, or where what runs is not what stands in the file.
    """
    path = root / migration.up.path
    for folder in path.parents[:2]:
        for name in ORDERS:
            if (folder / name).is_file():
                raise SourceError(f"{name} says what runs, and no plan is written there", hint="write it by hand")
    if path.read_bytes().decode("utf-8-sig", "replace") != migration.up.text:
        raise SourceError(f"{migration.up.path} is not run as it stands there", hint="write the plan by hand")
    found = path.parent.parent.glob(f"*/{path.name}") if path.name == "migration.sql" else path.parent.iterdir()
    return [each.as_posix() for each in found]
