"""Migrations that are programs: they are counted and named, since what they do to the schema is not in their text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dbtools.model.finding import Finding, Location, Severity
from dbtools.sources.layouts.layout import Layout, folder, name, problem, some

LANGUAGES = ("go", "ts", "js", "mjs", "cjs", "py", "rb", "java", "kt", "scala", "rs", "php", "ex", "exs", "cs")
# A number, a Flyway version, the hexadecimal revision of Alembic, or the one name that folders of Prisma have.
FILE = re.compile(
    rf"(?:[VUR]?\d[\w.\-]*|[0-9a-f]{{8,}}_[\w.\-]*|R__[\w.\-]*|migration|up)\.(?:{'|'.join(LANGUAGES)})\Z", re.ASCII
)
TEST = re.compile(r"_test\.|\.test\.|\.spec\.|\.d\.ts\Z")
PYTHON = "print it as SQL and judge that: alembic upgrade OLD:NEW --sql, or manage.py sqlmigrate APP NAME"
OTHER = "what they do to the schema is not known here: rules that rest on what does not exist stay silent"


def is_code(path: str) -> bool:
    """Whether a file, by its name, is a migration written in a programming language."""
    if path.endswith(".sql"):
        return False  # as most are
    last = name(path)
    return FILE.match(last) is not None and TEST.search(last) is None


def found(paths: Iterable[str]) -> tuple[Finding, ...]:
    """One finding for all of them."""
    every = sorted(path for path in paths if is_code(path))
    if not every:
        return ()
    count = "1 migration is" if len(every) == 1 else f"{len(every)} migrations are"
    message = f"{count} code and not judged: {some(map(_title, every))}"
    hint = PYTHON if all(path.endswith(".py") for path in every) else OTHER
    return (problem("code-migration", Severity.INFO, message, Location(every[0]), hint),)


def _title(path: str) -> str:
    """What tells it from the others: its folder, where the file is called as all are."""
    return name(folder(path)) if name(path).partition(".")[0] in {"migration", "up"} else name(path)


def layout(paths: Iterable[str]) -> Layout:
    """What is said of them, as a layout without migrations that is not complete."""
    problems = found(paths)
    return Layout("code", (), problems, complete=not problems)
