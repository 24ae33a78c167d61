"""Sources at two moments into a Change: merge base and working tree, a commit and its parent, or what is staged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field, replace
from functools import partial
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from dbtools.change.git import Revision, Tree, WorkingTree, commit, last_commit, merge_base, parent, short
from dbtools.change.later import Later
from dbtools.change.reach import Reach
from dbtools.change.value import Change, Code
from dbtools.errors import SourceError
from dbtools.model.finding import Finding, Location, Severity
from dbtools.model.migration import Migration
from dbtools.model.reader import Reading
from dbtools.model.schema import Schema
from dbtools.sources import migrations as sql_sources
from dbtools.sources.layouts import Layout, Running, is_text, is_wanted
from dbtools.sources.layouts import read as read_layout
from dbtools.sources.queries import NamedQuery
from dbtools.sources.queries import read_texts as read_queries

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dbtools.model.value import dataclass

TYPESCRIPT = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
# How the files of a source are called, by its kind; those of migrations are up to their layout.
READ: Mapping[str, tuple[str, ...]] = {
    "sql": (".sql",), "prisma": (".prisma",), "drizzle": TYPESCRIPT, "kysely": TYPESCRIPT, "sqlalchemy": (".py",),
    "django": (".py",), "queries": (".sql",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Project:
    """Where a project keeps what, relative to ``root``; ``live`` are (where, URL) pairs, ``imported`` modules to run.

    ``transaction``, ``forced`` and ``placeholders`` are what it says about how its migrations run, as in ``Running``.
    """

    root: Path
    sources: Mapping[str, tuple[str, ...]]
    truth: str
    queries: tuple[str, ...] = ()
    transaction: str = ""
    live: tuple[tuple[str, str], ...] = ()
    forced: bool = False
    placeholders: Mapping[str, str] = field(default_factory=dict)
    imported: tuple[str, ...] = ()

    @property
    def running(self) -> Running:
        """How its migrations run."""
        return Running(self.transaction, self.forced, placeholders=self.placeholders)


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
class Side:
    """The project at one moment."""

    readings: Sequence[Reading]
    layout: Layout
    queries: tuple[NamedQuery, ...]
    texts: Mapping[str, str]
    problems: tuple[Finding, ...]

    @property
    def migrations(self) -> tuple[Migration, ...]:
        """The history."""
        return self.layout.migrations

    def truth(self, kind: str) -> Schema:
        """What the first source of this kind says."""
        found = [reading.schema for reading in self.readings if reading.kind == kind]
        return found[0] if found else Schema()


class _Once:
    """A tree of which each place is read once."""

    def __init__(self, tree: Tree, read: Callable[[str], dict[str, bytes]] | None = None) -> None:
        self._tree = tree
        self._files = read or tree.files
        self._read: dict[str, dict[str, bytes]] = {}

    def files(self, where: str) -> dict[str, bytes]:
        if where not in self._read:
            self._read[where] = self._files(where)
        return self._read[where]

    def beside(self, folder: str, suffix: str) -> dict[str, bytes]:
        return self._tree.beside(folder, suffix)


def gather(project: Project, scope: Scope) -> Change:
    """The change that *scope* names; GitError or SourceError where it cannot be found out."""
    if scope.everything:
        return _everything(side_of(project, WorkingTree(project.root)), project.truth)
    before_tree, after_tree, label = _trees(project.root, scope)
    head = _Once(after_tree)
    base = None if before_tree is None else _Once(before_tree, partial(_files_before, before_tree, head))
    if base is not None and _same(project, base, head):
        return Change(label, Schema(), Schema())
    before = None if base is None else side_of(project, base, complain=False)
    after = side_of(project, head)
    texts = {} if before is None else before.texts
    touched = tuple(sorted(path for path in {*texts, *after.texts} if texts.get(path) != after.texts.get(path)))
    old = {each.up.path: each for each in (before.migrations if before else ())}
    new = tuple(each for each in after.migrations if _differs(each, old.get(each.up.path), texts, after.texts))
    paths = {each.up.path for each in new}
    history = tuple(each for path, each in old.items() if path not in paths)
    edited = tuple(_edited(each) for each in new if _ran(old.get(each.up.path, each)) != _ran(each))
    removed = tuple(_removed(each) for each in history if each.up.path not in after.texts)
    truth_is_history = project.truth == "migrations"
    return Change(
        label,
        _history(history, before) if truth_is_history else _truth(before, project.truth),
        lambda: after.truth(project.truth),
        history,
        new,
        one_by_one=scope.since is not None,
        readings=after.readings,
        queries=after.queries,
        before=None if before is None else Code(before.readings, before.queries),
        problems=(*after.problems, *_since(before, after), *edited, *removed),
        touched=touched,
    )


def _files_before(tree: Revision, head: Tree, where: str) -> dict[str, bytes]:
    return tree.files(where, head.files(where).values())


def _same(project: Project, base: Tree, head: Tree) -> bool:
    """Whether every file that the schema is made of is there and as it was: then nothing has to be understood."""
    places = [(kind, where) for kind, several in project.sources.items() if kind != "live" for where in several]
    everywhere = (*places, *(("queries", where) for where in project.queries))
    return all(_read_files(head, *place) for place in places) and all(
        _read_files(base, *place) == _read_files(head, *place) for place in everywhere
    )


def _read_files(tree: Tree, kind: str, where: str) -> dict[str, bytes]:
    return {path: data for path, data in tree.files(where).items() if _is_read(kind, path)}


def _is_read(kind: str, path: str) -> bool:
    """Whether a file, by its name, is part of a source of this kind."""
    return is_wanted(path) if kind == "migrations" else path.endswith(READ.get(kind, ()))


def _history(migrations: tuple[Migration, ...], side: Side | None) -> Schema:
    """What *migrations* add up to; not all that there is where some are unknown."""
    return replace(sql_sources.history_schema(migrations), complete=side is None or side.layout.complete)


def _since(before: Side | None, after: Side) -> Iterable[Finding]:
    """What is wrong with how the migrations are laid out, less what was so before and stops nobody."""
    known = {each.fingerprint for each in before.layout.problems} if before is not None else set()
    return (each for each in after.layout.problems if each.severity is Severity.ERROR or each.fingerprint not in known)


def _truth(side: Side | None, kind: str) -> Schema:
    return Schema() if side is None else side.truth(kind)


def _differs(migration: Migration, old: Migration | None, before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    """Whether a migration is new, or one of its files is not what it was; how it was read may change by itself."""
    if old is None:
        return True
    paths = {script.path for script in (migration.up, migration.down) if script is not None}
    return any(before.get(path) != after.get(path) for path in paths) and migration != old


def _ran(migration: Migration) -> str:
    """What runs on the way up, without the blanks that a way down in the same file leaves."""
    return migration.up.text.rstrip()


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


def _everything(side: Side, truth: str) -> Change:
    return Change(
        "everything, each migration against the schema before it",
        Schema(complete=side.layout.complete),
        side.truth(truth),
        new=side.migrations,
        one_by_one=True,
        readings=side.readings,
        queries=side.queries,
        problems=(*side.problems, *side.layout.problems),
        touched=tuple(sorted(side.texts)),
    )


def _trees(root: Path, scope: Scope) -> tuple[Revision | None, Tree, str]:
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


def side_of(project: Project, tree: Tree, *, complain: bool = True) -> Side:
    """The project as *tree* has it; without *complain* nothing is said of what is not there or not readable.

    Then its sources are read when somebody asks.
    """
    problems: list[Finding] = []
    texts: dict[str, str] = {}
    reads: list[Callable[[], Iterable[Reading]]] = []
    layout = Layout("")
    for kind, places in project.sources.items():
        found = {where: texts_of(tree.files(where), kind, problems) for where in places if kind != "live"}
        for files in found.values():
            texts |= files
        if kind == "migrations":
            layout = read_layout(found.values(), project.running)
            reads.append(partial(_read_history, found, layout, problems))
            continue
        for where, files in found.items():
            if complain or files:
                reads.append(partial(_read, kind, Reach(files, tree), where, problems))
    if complain:
        reads.extend(partial(_live, *database) for database in project.live)
        reads.extend(partial(_imported, target, project.root, problems) for target in project.imported)
    readings = Later(lambda: chain.from_iterable(read() for read in reads))
    queries: dict[str, str] = {}
    said = tuple(readings) if complain else readings
    for where in project.queries:
        queries |= texts_of(tree.files(where), "queries", problems)
    texts |= queries
    return Side(said, layout, read_queries(queries), texts, tuple(problems) if complain else ())


def _live(where: str, url: str) -> Iterable[Reading]:
    from dbtools.sources import live

    return [live.read(url, where)]


def _imported(target: str, root: Path, problems: list[Finding]) -> Iterable[Reading]:
    from dbtools.sources import sqlalchemy_import

    try:
        return [sqlalchemy_import.read(target, root)]
    except SourceError as error:
        problems.append(_unreadable(target, error))
        return []


def texts_of(files: Mapping[str, bytes], kind: str, problems: list[Finding]) -> dict[str, str]:
    """Those of *files* that a source of this kind may be written in, as text; of code the name alone counts."""
    wanted = {path: data for path, data in files.items() if _is_read(kind, path)}
    return {path: text_of(path, data, problems) if is_text(path) else "" for path, data in wanted.items()}


def text_of(path: str, data: bytes, problems: list[Finding]) -> str:
    """A file as text; one that is not UTF-8 is a finding, and read as far as it goes."""
    try:
        return data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = f"{path} is not UTF-8: byte {data[error.start]:#04x} on line {line}"
        hint = "save the file as UTF-8; what could be read of it is judged"
        problems.append(Finding("unreadable-file", Severity.ERROR, message, Location(path, line), hint=hint))
        return data.decode("utf-8", "replace").removeprefix("\ufeff")


def _read_history(found: Mapping[str, Mapping[str, str]], layout: Layout, problems: list[Finding]) -> Iterable[Reading]:
    """The migrations of all places as one source: they make one database."""
    for where, files in found.items():
        if not files:
            problems.append(_nothing("migrations", where))
    if layout.migrations:
        return [sql_sources.read_migrations(layout, ", ".join(found))]
    if layout.empty and any(found.values()):
        problems.append(no_migration(", ".join(found)))
    return []


def no_migration(where: str) -> Finding:
    """A folder of files none of which is a migration."""
    message = f"{where} holds no migration"
    return Finding("unreadable-source", Severity.ERROR, message, Location(where), hint=sql_sources.EXPECTED)


def _nothing(kind: str, where: str) -> Finding:
    message, hint = f"there is nothing to read at {where}", f"check the path after sources.{kind}"
    return Finding("unreadable-source", Severity.ERROR, message, Location(where), hint=hint)


def _read(kind: str, files: Mapping[str, str], where: str, problems: list[Finding]) -> Iterable[Reading]:
    if not files:
        problems.append(_nothing(kind, where))
        return []
    try:
        return [_reader(kind)(files, where)]
    except SourceError as error:
        problems.append(_unreadable(where, error))
        return []


def _unreadable(where: str, error: SourceError) -> Finding:
    message = f"{where}: {error}" if where not in str(error) else str(error)
    return Finding("unreadable-source", Severity.ERROR, message, Location(where), hint=error.hint)


def _reader(kind: str) -> Callable[[Mapping[str, str], str], Reading]:
    """What reads the files of a source of this kind, each in a module of that name."""
    if kind == "sql":
        return sql_sources.read_sql
    reader: Callable[[Mapping[str, str], str], Reading] = import_module(f"dbtools.sources.{kind}").read_texts
    return reader
