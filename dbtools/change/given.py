"""SQL that is named by hand, into a Change: single files, folders, and the schema that they meet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from itertools import chain, takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from dbtools.change.gather import Project, Side, no_migration, side_of, text_of, texts_of
from dbtools.change.git import Revision, Tree, WorkingTree, blob_name, commit, last_commit
from dbtools.change.value import Change
from dbtools.errors import GitError, SourceError
from dbtools.model.finding import Finding, Location, Severity
from dbtools.model.migration import Migration
from dbtools.model.reader import Reading
from dbtools.model.schema import Schema
from dbtools.sources import migrations as sql_sources
from dbtools.sources.layouts import Layout, Running, alone, beside, root_of
from dbtools.sources.layouts import read as read_layout
from dbtools.sql.walk import fold

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dbtools.model.value import dataclass

ARCHIVE = b"PGDMP"


@dataclass(frozen=True, slots=True)
class Given:
    """What was named: ``scripts`` and ``folders`` of files, all by path.

    ``beside``: files that stand beside the scripts and tell how they run. ``state``: the schema that they meet, where
    it was named too. ``since``, a revision: files that are as they were then are history and not judged.
    """

    scripts: Mapping[str, bytes] = field(default_factory=dict)
    folders: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict)
    beside: Mapping[str, bytes] = field(default_factory=dict)
    state: Reading | None = None
    since: str | None = None

    def known_at(self, root: Path) -> set[str]:
        """The files that were the same at ``since``."""
        if self.since is None:
            return set()
        there = Revision(root, commit(root, self.since)).names(".")
        every = ((path, data) for files in (self.scripts, *self.folders.values()) for path, data in files.items())
        return {path for path, data in every if path in there and there[path] == blob_name(data, there[path])}


def neighbours(root: Path, paths: Iterable[str]) -> dict[str, bytes]:
    """The files on disk that tell how the scripts at *paths*, relative to *root*, run."""
    tree, found = WorkingTree(root), dict[str, bytes]()
    for path in paths:
        for each in beside(path):
            if each not in found and (root / each).is_file():
                found.update(tree.files(each))
    return found


def state_of(root: Path, where: str, running: Running) -> Reading:
    """The schema that the SQL at *where* describes, a dump or a folder; of a folder of migrations, what they make."""
    files = WorkingTree(root).files(where)
    if any(data.startswith(ARCHIVE) for data in files.values()):
        hint = "dump it as text: pg_dump --schema-only --format=plain"
        raise SourceError(f"{where} is an archive of pg_dump, not SQL", hint=hint)
    if (root / where).is_file():
        texts = {path: text_of(path, data, []) for path, data in files.items()}
        layout = Layout("sql", tuple(alone(path, text, running) for path, text in texts.items()))
    else:
        layout = read_layout([texts_of(files, "migrations", [])], running)
    if not layout.migrations:
        raise SourceError(f"{where} holds no file of SQL", hint="name a file of SQL or a folder of them")
    return sql_sources.read_migrations(layout, where)


def gather_paths(given: Given, running: Running, project: Project | None = None) -> Change:
    """SQL to judge by itself: scripts each alone and in their order, folders as histories.

    The schema before is completely known where it was given, or where a history leads to it: that of *project*, up to
    the first of the scripts that belongs to it; or the folder's own. The project also says who reads what.
    """
    problems: list[Finding] = []
    known = given.known_at(project.root if project is not None else Path.cwd())
    given = replace(given, scripts={path: data for path, data in given.scripts.items() if path not in known})
    side = side_of(project, WorkingTree(project.root), complain=False) if project is not None else None
    scripts = tuple(_scripts(given, running, problems))
    layouts = [_folder(where, files, running, problems) for where, files in given.folders.items()]
    inside = tuple(chain.from_iterable(layout.migrations for layout in layouts))
    new = (*scripts, *(each for each in inside if each.up.path not in known))
    history = tuple(each for each in inside if each.up.path in known) if layouts else _before(side, given.scripts)
    if given.state is not None:
        base, history = fold(given.state.schema, (each.up.text for each in history if layouts)), ()
    elif layouts:
        complete = not given.scripts and all(layout.complete for layout in layouts)
        base = replace(sql_sources.history_schema(history), complete=complete)
    elif project is not None and side is not None and _is_foreign(given.scripts, project, side):
        base, history = declared(project), ()
    else:
        complete = bool(history) and side is not None and side.layout.complete
        base = replace(sql_sources.history_schema(history), complete=complete)
    problems.extend(unread(given.state) if given.state is not None else ())
    return Change(
        "the files given",
        base,
        lambda: fold(base, (migration.up.text for migration in new)),
        history,
        new,
        one_by_one=not (scripts and not layouts and all(each.transaction == "batch" for each in new)),
        readings=side.readings if side is not None else (),
        queries=side.queries if side is not None else (),
        problems=tuple(problems),
    )


def _is_foreign(scripts: Mapping[str, bytes], project: Project, side: Side) -> bool:
    """Whether *scripts* meet the schema that SQL declares: neither migrations of the project nor part of that SQL."""
    known = {each.up.path for each in side.migrations}.union(side.texts)
    return project.truth == "sql" and not known.intersection(scripts)


def declared(project: Project) -> Schema:
    """What the SQL says that is the project's truth, as last committed: what is new there may be what is judged."""
    tree: Tree = WorkingTree(project.root)
    try:
        last = last_commit(project.root)
    except GitError:
        last = None
    if last is not None:
        tree = Revision(project.root, last)
    only = replace(project, sources={"sql": project.sources["sql"]}, queries=(), live=())
    return side_of(only, tree, complain=False).truth("sql")


def _folder(where: str, files: Mapping[str, bytes], running: Running, problems: list[Finding]) -> Layout:
    layout = read_layout([texts_of(files, "migrations", problems)], running)
    problems.extend([no_migration(where)] if layout.empty else layout.problems)
    return layout


def _scripts(given: Given, running: Running, problems: list[Finding]) -> Iterator[Migration]:
    """The scripts, those of one folder together and in the order of its runner."""
    texts = {path: text_of(path, data, problems) for path, data in given.scripts.items()}
    around = texts_of(given.beside, "migrations", problems)
    groups: dict[str, dict[str, str]] = {}
    for path, text in (around | texts).items():
        groups.setdefault(root_of(path, around), {})[path] = text
    for inside in groups.values():
        layout = read_layout([inside], replace(running, partly=True))
        said = [each for each in layout.problems if each.location.path in texts]
        problems.extend(said)
        found = [each for each in layout.migrations if each.up.path in texts]
        yield from found
        done = {each.up.path for each in found} | {each.location.path for each in said if each.rule == "other-engine"}
        yield from (alone(path, text, running) for path, text in inside.items() if path in texts and path not in done)


def _before(side: Side | None, scripts: Mapping[str, bytes]) -> tuple[Migration, ...]:
    """The project's migrations before the first of *scripts*; all of them when none belongs to the project."""
    migrations = side.migrations if side is not None else ()
    return tuple(takewhile(lambda migration: migration.up.path not in scripts, migrations))


def on(state: Reading | None, change: Change) -> Change:
    """*change* as it meets the schema that was named, where one was."""
    if state is None:
        return change
    return replace(change, base=state.schema, problems=(*change.problems, *unread(state)))


def unread(state: Reading) -> Iterator[Finding]:
    """What of the schema that was given could not be read."""
    if state.unknown:
        first, count = state.unknown[0], len(state.unknown)
        statements = "1 statement" if count == 1 else f"{count} statements"
        message = f"{statements} of the schema could not be read; what they touch is uncertain: {first.what}"
        hint = "nothing is claimed about what is uncertain; the rest is judged"
        yield Finding("schema-unread", Severity.INFO, message, Location(*first.location), hint=hint)
