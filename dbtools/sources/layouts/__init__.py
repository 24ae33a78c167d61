"""Folders of migrations, whoever runs them, as Migrations in the order and the transactions of their runner.

``detect`` says whose a folder is, the module called after the runner reads it, ``code`` counts what is no SQL, and
``placeholders`` fills in what a runner fills in. Each module says how its runner works; docs/migrations.md lists them.
What will not run as its author expects is a finding of the Layout.

To add a runner: a module with ``read(part, running) -> Layout``, its line in ``detect.reader``, and what it is told
by, in ``detect.CLAIMS`` or ``detect.recognised``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from dbtools.model.finding import Finding
from dbtools.model.migration import Migration, Script
from dbtools.sources.layouts import code, detect, engines, plain
from dbtools.sources.layouts.beside import beside, root_of
from dbtools.sources.layouts.layout import Layout, Part, Running, is_marked, name, stem
from dbtools.sources.layouts.order import natural
from dbtools.sources.layouts.signs import PLACEHOLDER

__all__ = [
    "Layout", "Running", "alone", "beside", "is_marked", "is_text", "is_wanted", "migrations_of", "natural", "read",
    "root_of", "single",
]  # fmt: skip

# Files that decide how those in other folders run.
DECIDE = (
    "_journal.json", "snapshot.json", "migration_lock.toml", "metadata.toml", "sqitch.plan", "sqitch.conf",
)  # fmt: skip


def is_wanted(path: str) -> bool:
    """Whether a file, by its name, has a part in migrations."""
    return path.endswith((".sql", ".sql.conf", "_snapshot.json")) or name(path) in DECIDE or code.is_code(path)


def is_text(path: str) -> bool:
    """Whether what stands in a wanted file counts, not only that it is there."""
    return not path.endswith("_snapshot.json") and not code.is_code(path)


def read(folders: Iterable[Mapping[str, str]], running: Running | None = None) -> Layout:
    """The migrations of one database among the files, path to text, of one folder or several in their order."""
    running = running or Running()
    found: list[Layout] = []
    parts: list[Part] = []
    for files in folders:
        kept, others = engines.by_folder(files)
        found.extend(others)
        parts.extend(detect.parts({path: text for path, text in kept.items() if not code.is_code(path)}))
        found.append(code.layout(kept))
    ran = [detect.reader(part.runner)(part, running) for part in detect.joined(parts)]
    migrations, unset = _filled(tuple(each for layout in ran for each in layout.migrations), running)
    found = [*ran, *found]
    return Layout(
        next((layout.runner for layout in ran if layout.migrations), "sql"),
        migrations,
        (*(problem for layout in found for problem in layout.problems), *unset),
        complete=all(layout.complete for layout in found),
    )


def migrations_of(files: Mapping[str, str], transaction: str = "") -> tuple[Migration, ...]:
    """The migrations among *files*, path to text, in order; *transaction* overrides what the layout says."""
    return read([files], Running(transaction)).migrations


def single(path: str, text: str, transaction: str = "") -> Migration:
    """One file, whatever it is called, as a migration of its own."""
    return alone(path, text, Running(transaction))


def alone(path: str, text: str, running: Running) -> Migration:
    """The same, as *running* says: what marks a file says whose it is, else its name, else nothing."""
    marked = detect.marker_of(text)
    named = path if path.endswith(".sql") else f"{path}.sql"
    found = () if marked else read([{named: text}], running).migrations
    if found:
        first = found[0]
        return first if named == path else replace(first, name=stem(path), up=Script(path, first.up.text))
    return _filled((_marked(path, text, running) if marked else plain.migration(path, text, running),), running)[0][0]


def _marked(path: str, text: str, running: Running) -> Migration:
    from dbtools.sources.layouts import divided

    return divided.divided(path, text, divided.divider_of(text) or divided.GOOSE, running)


def _filled(migrations: tuple[Migration, ...], running: Running) -> tuple[tuple[Migration, ...], tuple[Finding, ...]]:
    """*migrations* with what their runner fills in, and what is said of what has no value."""
    scripts = (script for each in migrations for script in (each.up, each.down) if script is not None)
    if not any(PLACEHOLDER.search(script.text) for script in scripts):
        return migrations, ()
    from dbtools.sources.layouts.placeholders import filled

    done, unset = filled(migrations, running.placeholders)
    return done, unset.findings()
