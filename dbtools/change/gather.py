"""Sources at two moments into a Change: merge base and working tree, a commit and its parent, or what is staged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path

from dbtools.change.git import Revision, Tree, WorkingTree, commit, last_commit, merge_base, parent, short
from dbtools.change.value import Change
from dbtools.errors import SourceError
from dbtools.model.finding import Finding, Location, Severity
from dbtools.model.migration import Migration
from dbtools.model.reader import Reading
from dbtools.model.schema import Schema
from dbtools.sources import migrations as sql_sources
from dbtools.sources.layouts import migrations_of, single
from dbtools.sources.queries import NamedQuery
from dbtools.sources.queries import read_texts as read_queries
from dbtools.sql.walk import fold

READ = (".sql", ".prisma")


@dataclass(frozen=True, slots=True)
class Project:
    """Where a project keeps what, relative to ``root``; ``live`` are (where, URL) pairs."""

    root: Path
    sources: Mapping[str, tuple[str, ...]]
    truth: str
    queries: tuple[str, ...] = ()
    transaction: str = ""
    live: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """Which change: at most one of these is set; none means the working tree against the last commit.

    ``since`` is for a project that adopts dbtools: whatever came after that revision, each migration by itself.
    """

    base: str | None = None
    commit: str | None = None
    since: str | None = None
    staged: bool = False
    everything: bool = False


@dataclass(frozen=True, slots=True)
class _Side:
    """The project at one moment."""

    readings: tuple[Reading, ...]
    migrations: tuple[Migration, ...]
    queries: tuple[NamedQuery, ...]
    texts: Mapping[str, str]
    problems: tuple[Finding, ...]

    def truth(self, kind: str) -> Schema:
        found = [reading.schema for reading in self.readings if reading.kind == kind]
        return found[0] if found else Schema()


class _Once:
    """A tree of which each place is read once."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._read: dict[str, dict[str, bytes]] = {}

    def files(self, where: str) -> dict[str, bytes]:
        if where not in self._read:
            self._read[where] = self._tree.files(where)
        return self._read[where]


def gather(project: Project, scope: Scope) -> Change:
    """The change that *scope* names; GitError or SourceError where it cannot be found out."""
    if scope.everything:
        return _everything(_side(project, WorkingTree(project.root)), project.truth)
    before_tree, after_tree, label = _trees(project.root, scope)
    base, head = None if before_tree is None else _Once(before_tree), _Once(after_tree)
    if base is not None and _same(project, base, head):
        return Change(label, Schema(), Schema())
    before = None if base is None else _side(project, base, complain=False)
    after = _side(project, head)
    texts = {} if before is None else before.texts
    touched = tuple(sorted(path for path in {*texts, *after.texts} if texts.get(path) != after.texts.get(path)))
    new = tuple(each for each in after.migrations if _differs(each, texts))
    paths = {each.up.path for each in new}
    history = tuple(each for each in (before.migrations if before else ()) if each.up.path not in paths)
    edited = tuple(_edited(each) for each in new if texts.get(each.up.path, each.up.text) != each.up.text)
    removed = tuple(_removed(each) for each in history if each.up.path not in after.texts)
    truth_is_history = project.truth == "migrations"
    return Change(
        label,
        sql_sources.history_schema(history) if truth_is_history else _truth(before, project.truth),
        lambda: after.truth(project.truth),
        history,
        new,
        one_by_one=scope.since is not None,
        readings=after.readings,
        queries=after.queries,
        problems=(*after.problems, *edited, *removed),
        touched=touched,
    )


def _same(project: Project, base: Tree, head: Tree) -> bool:
    """Whether every file that the schema is made of is there and as it was: then nothing has to be understood."""
    places = [where for kind, several in project.sources.items() if kind != "live" for where in several]
    return all(_read_files(head, where) for where in places) and all(
        _read_files(base, where) == _read_files(head, where) for where in (*places, *project.queries)
    )


def _read_files(tree: Tree, where: str) -> dict[str, bytes]:
    return {path: data for path, data in tree.files(where).items() if path.endswith(READ)}


def _truth(side: _Side | None, kind: str) -> Schema:
    return Schema() if side is None else side.truth(kind)


def _differs(migration: Migration, texts: Mapping[str, str]) -> bool:
    scripts = [script for script in (migration.up, migration.down) if script is not None]
    return any(texts.get(script.path) != script.text for script in scripts)


def _edited(migration: Migration) -> Finding:
    return Finding(
        "migration-edited",
        Severity.WARNING,
        f"{migration.name} was changed after it was merged; databases that already ran it will not run it again",
        Location(migration.up.path),
        hint="leave it as it was and write a new migration",
        object=migration.name,
    )


def _removed(migration: Migration) -> Finding:
    return Finding(
        "migration-removed",
        Severity.WARNING,
        f"{migration.name} was removed after it was merged; databases that already ran it keep what it did",
        Location(migration.up.path),
        hint="leave it where it was and write a new migration that undoes it",
        object=migration.name,
    )


def _everything(side: _Side, truth: str) -> Change:
    return Change(
        "everything, each migration against the schema before it",
        Schema(),
        side.truth(truth),
        new=side.migrations,
        one_by_one=True,
        readings=side.readings,
        queries=side.queries,
        problems=side.problems,
        touched=tuple(sorted(side.texts)),
    )


def _trees(root: Path, scope: Scope) -> tuple[Tree | None, Tree, str]:
    """The tree before (None before the first commit), the tree after, and what to call the pair."""
    if scope.commit is not None:
        name = commit(root, scope.commit)
        before = parent(root, name)
        return (None if before is None else Revision(root, before)), Revision(root, name), f"commit {short(name)}"
    if scope.base is not None:
        found = merge_base(root, scope.base)
        return Revision(root, found), WorkingTree(root), f"working tree against {scope.base} ({short(found)})"
    if scope.since is not None:
        found = commit(root, scope.since)
        return Revision(root, found), WorkingTree(root), f"what came after {scope.since} ({short(found)})"
    last = last_commit(root)
    base = None if last is None else Revision(root, last)
    than = "nothing: there is no commit yet" if last is None else f"the last commit ({short(last)})"
    if scope.staged:
        return base, Revision(root, ""), f"what is staged against {than}"
    return base, WorkingTree(root), f"working tree against {than}"


def _side(project: Project, tree: Tree, *, complain: bool = True) -> _Side:
    problems: list[Finding] = []
    texts: dict[str, str] = {}
    readings: list[Reading] = []
    migrations: tuple[Migration, ...] = ()
    for kind, places in project.sources.items():
        for where in () if kind == "live" else places:
            files = _texts(tree.files(where), problems)
            texts |= files
            found = migrations_of(files, project.transaction) if kind == "migrations" else ()
            if complain or files:
                readings.extend(_read(kind, files, found, where, problems))
            migrations += found
    for where, url in project.live if complain else ():
        from dbtools.sources import live

        readings.append(live.read(url, where))
    queries = {path: text for where in project.queries for path, text in _texts(tree.files(where), problems).items()}
    texts |= queries
    return _Side(tuple(readings), migrations, read_queries(queries), texts, tuple(problems) if complain else ())


def _texts(files: Mapping[str, bytes], problems: list[Finding]) -> dict[str, str]:
    """Those of *files* that a source may be written in, as text."""
    return {path: _text(path, data, problems) for path, data in files.items() if path.endswith(READ)}


def _text(path: str, data: bytes, problems: list[Finding]) -> str:
    """A file as text; one that is not UTF-8 is a finding, and read as far as it goes."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = f"{path} is not UTF-8: byte {data[error.start]:#04x} on line {line}"
        hint = "save the file as UTF-8; what could be read of it is judged"
        problems.append(Finding("unreadable-file", Severity.ERROR, message, Location(path, line), hint=hint))
        return data.decode("utf-8", "replace").removeprefix("\ufeff")


def _read(
    kind: str, files: Mapping[str, str], migrations: tuple[Migration, ...], where: str, problems: list[Finding]
) -> Iterable[Reading]:
    message, hint = f"there is nothing to read at {where}", f"check the path after sources.{kind}"
    if files:
        try:
            return [sql_sources.told(migrations, where) if kind == "migrations" else READERS[kind](files, where)]
        except SourceError as error:
            message, hint = f"{where}: {error}" if where not in str(error) else str(error), error.hint
    problems.append(Finding("unreadable-source", Severity.ERROR, message, Location(where), hint=hint))
    return []


def _prisma(files: Mapping[str, str], where: str) -> Reading:
    from dbtools.sources.prisma import read_texts

    return read_texts(files, where)


READERS: Mapping[str, Callable[[Mapping[str, str], str], Reading]] = {"sql": sql_sources.read_sql, "prisma": _prisma}


def gather_paths(
    scripts: Mapping[str, bytes],
    folders: Mapping[str, Mapping[str, bytes]],
    transaction: str = "",
    project: Project | None = None,
    since: str | None = None,
) -> Change:
    """SQL to judge by itself: *scripts* each alone and in their order, *folders* as histories.

    With *since*, a revision, files that are as they were then are history and not judged.

    The schema before is completely known where a history leads to it: that of *project*, up to the first of the
    scripts that belongs to it; or the folder's own. The project also says who reads what.
    """
    problems: list[Finding] = []
    root = project.root if project is not None else Path.cwd()
    same = _as_at(root, since, [scripts, *folders.values()]) if since is not None else set()
    scripts = {path: data for path, data in scripts.items() if path not in same}
    new = [single(path, _text(path, data, problems), transaction) for path, data in scripts.items()]
    old: list[Migration] = []
    for where, files in folders.items():
        found = migrations_of(_texts(files, problems), transaction)
        if not found:
            hint = "check the path: it should hold *.up.sql, *.sql or <id>/migration.sql"
            message = f"{where} holds no migration"
            problems.append(Finding("unreadable-source", Severity.ERROR, message, Location(where), hint=hint))
        old.extend(each for each in found if each.up.path in same)
        new.extend(each for each in found if each.up.path not in same)
    side = _side(project, WorkingTree(project.root), complain=False) if project is not None else None
    history = _before(side, scripts) if scripts and not folders else tuple(old)
    base = replace(sql_sources.history_schema(history), complete=bool(history or (folders and not scripts)))
    return Change(
        "the files given",
        base,
        lambda: fold(base, (migration.up.text for migration in new)),
        history,
        tuple(new),
        one_by_one=True,
        readings=side.readings if side is not None else (),
        queries=side.queries if side is not None else (),
        problems=tuple(problems),
    )


def _as_at(root: Path, since: str, several: Iterable[Mapping[str, bytes]]) -> set[str]:
    """Which files have the same content at a revision."""
    there = Revision(root, commit(root, since)).files(".")
    return {path for files in several for path, data in files.items() if there.get(path) == data}


def _before(side: _Side | None, scripts: Mapping[str, bytes]) -> tuple[Migration, ...]:
    """The project's migrations before the first of *scripts*; all of them when none belongs to the project."""
    migrations = side.migrations if side is not None else ()
    return tuple(takewhile(lambda migration: migration.up.path not in scripts, migrations))
