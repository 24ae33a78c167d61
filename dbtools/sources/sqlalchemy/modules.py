"""The Python files of a project as modules that know each other by their imports; nothing of them is run."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from dbtools.model.finding import Location
from dbtools.model.reader import Unread

MOST_REPAIRS = 25
LIBRARIES = frozenset({"sqlalchemy", "sqlmodel", "flask_sqlalchemy", "pydantic", "typing_extensions", "pgvector"})
CLASS = re.compile(r"^\s*class\s+(\w+)\s*(?:\[[^\]]*\])?\(([^)]*)\)", re.MULTILINE)
IDENTIFIER = re.compile(r"\w+")
SIGNS = re.compile(
    r"\bmapped_column\b|\bMapped\[|\bColumn\(|\bTable\(|__tablename__|__table_args__|declared_attr|\bDeclarativeBase"
    r"|declarative_base|\btable=True|\bSQLAlchemy\("
)
MIGRATION = re.compile(r"^down_revision\s*[:=]", re.MULTILINE)  # of Alembic: it shows tables as they once were
LATER = "if it is syntax of a newer Python, run dbtools with that Python"


class Import(NamedTuple):
    """``from module import name``; ``name`` is empty for ``import module``."""

    module: str
    name: str = ""


@dataclass(eq=False, slots=True)
class Module:
    """One file: the last thing that each of its names is bound to, in the order of the file.

    ``stars``: the modules it imports everything from. ``moving``: names that statements other than plain assignments
    change.
    """

    path: str
    name: str
    bound: dict[str, ast.stmt | ast.expr | Import] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    moving: set[str] = field(default_factory=set)
    statements: list[ast.stmt] = field(default_factory=list)

    @property
    def package(self) -> str:
        """What a relative import starts from."""
        return self.name if self.path.endswith("__init__.py") else self.name.rpartition(".")[0]

    def absolute(self, module: str, level: int) -> str:
        """What ``from ..module import x`` means by its dots."""
        if not level:
            return module
        package = self.package.split(".")
        kept = package[: len(package) - level + 1]
        return ".".join((*kept, module) if module else kept)


class Modules:
    """The files of a project, found by module names as the files write them.

    Only those that can have to do with tables are parsed, and whatever they import.
    """

    def __init__(self, files: Mapping[str, str]) -> None:
        self.unread: list[Unread] = []
        self._texts = dict(sorted(files.items()))
        self._parsed: dict[str, Module] = {}
        self._by_end: dict[str, list[str]] = {}
        for path in self._texts:
            parts = _dotted(path).split(".")
            for start in range(len(parts)):
                self._by_end.setdefault(".".join(parts[start:]), []).append(path)
        self.all = [self._module(path) for path in relevant(self._texts)]

    def find(self, name: str, near: Module) -> Module | None:
        """The module called *name*, written in the module *near*; of several the one whose path is most like it."""
        paths = self._by_end.get(name, [])
        if not paths:
            return None
        exact = [path for path in paths if _dotted(path) == name]
        if not exact and name.partition(".")[0] in sys.stdlib_module_names | LIBRARIES:
            return None
        return self._module(max(exact or paths, key=lambda path: _shared(_dotted(path), near.name)))

    def _module(self, path: str) -> Module:
        if path not in self._parsed:
            self._parsed[path] = _Reader(path, self.unread).module(self._texts[path])
        return self._parsed[path]


def relevant(texts: Mapping[str, str]) -> list[str]:
    """The paths of the files that may define tables: they say so, or inherit from a class of one that does."""
    inheriting: dict[str, list[str]] = {}
    defined: dict[str, list[str]] = {}
    for path, text in texts.items():
        for name, bases in CLASS.findall(text):
            defined.setdefault(path, []).append(name)
            for base in set(IDENTIFIER.findall(bases)):
                inheriting.setdefault(base, []).append(path)
    found = dict.fromkeys(path for path, text in texts.items() if SIGNS.search(text) and not MIGRATION.search(text))
    waiting = list(found)
    while waiting:
        for name in defined.get(waiting.pop(), ()):
            for path in inheriting.pop(name, ()):
                if path not in found:
                    found[path] = None
                    waiting.append(path)
    return sorted(found)


def _dotted(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").strip("/").replace("/", ".")


def _shared(one: str, other: str) -> int:
    pairs = zip(one.split("."), other.split("."), strict=False)
    return next((count for count, (a, b) in enumerate(pairs) if a != b), min(one.count("."), other.count(".")) + 1)


class _Reader:
    """One file, parsed. A statement that cannot be parsed is noted and left out, the others are read."""

    def __init__(self, path: str, unread: list[Unread]) -> None:
        self._unread = unread
        self._module = Module(path, _dotted(path))

    def module(self, text: str) -> Module:
        self._module.statements = list(_flat(self._parsed(text)))
        for statement in self._module.statements:
            self._bind(statement)
        return self._module

    def _parsed(self, text: str) -> list[ast.stmt]:
        for _ in range(MOST_REPAIRS):
            try:
                with warnings.catch_warnings():  # of doubtful escapes in somebody else's strings
                    warnings.simplefilter("ignore")
                    return ast.parse(text.removeprefix("\ufeff")).body
            except SyntaxError as error:
                older = _older(text)
                if older != text:
                    text = older
                    continue
                line = max(1, min(error.lineno or 1, text.count("\n") + 1))
                what = f"Python cannot parse it: {error.msg} ({LATER})"
                self._unread.append(Unread(Location(self._module.path, line, max(1, error.offset or 1)), what))
                text = _without(text, line)
            except (ValueError, RecursionError, MemoryError) as error:
                self._unread.append(Unread(Location(self._module.path), f"Python cannot parse it: {error}"))
                return []
        return []

    def _bind(self, statement: ast.stmt) -> None:
        bound = self._module.bound
        match statement:
            case ast.ClassDef() | ast.FunctionDef():
                bound[statement.name] = statement
            case ast.Assign(targets, value):
                for target in targets:
                    self._assign(target, value)
            case ast.AnnAssign(ast.Name(name), _, ast.expr() as value):
                bound[name] = value
            case ast.Import(names):
                for alias in names:
                    whole = alias.name if alias.asname else alias.name.partition(".")[0]
                    bound[alias.asname or whole] = Import(whole)
            case ast.ImportFrom(module, names, level):
                self._import_from(self._module.absolute(module or "", level or 0), names)
            case ast.AugAssign(ast.Name(name)) | ast.For(ast.Name(name)):
                self._module.moving.add(name)
            case _ if type(statement).__name__ == "TypeAlias":  # Python 3.12: type X = ...
                name, value = statement.name, statement.value  # type: ignore[attr-defined]
                bound[name.id] = value

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        match target:
            case ast.Name(name):
                self._module.bound[name] = value
            case ast.Tuple(names) | ast.List(names):
                for position, part in enumerate(names):
                    subscript = ast.Subscript(value, ast.Constant(position), ast.Load())
                    self._assign(part, ast.fix_missing_locations(ast.copy_location(subscript, value)))

    def _import_from(self, module: str, names: Iterable[ast.alias]) -> None:
        for alias in names:
            if alias.name == "*":
                self._module.stars.append(module)
            else:
                self._module.bound[alias.asname or alias.name] = Import(module, alias.name)


def _flat(statements: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements with those inside of ``if`` and ``try``, what comes first in these last, so that it counts.

    What is only there for type checkers counts where nothing else is.
    """
    for statement in statements:
        match statement:
            case ast.If(test, body, orelse):
                is_typing = "TYPE_CHECKING" in ast.unparse(test)
                yield from _flat(body if is_typing else orelse)
                yield from _flat(orelse if is_typing else body)
            case ast.Try(body, handlers, orelse, final):
                for handler in handlers:
                    yield from _flat(handler.body)
                yield from _flat((*body, *orelse, *final))
            case ast.With(_, body):
                yield from _flat(body)
            case _:
                yield statement


# What newer versions write, and what it means to older ones: type X = ..., def f[T](...), class A[T](...) of Python
# 3.12, except A, B: of 3.14.
NEWER = (
    (re.compile(r"^(\s*)type\s+(\w+)\s*(?:\[[^\]\n]*\])?(\s*=)", re.MULTILINE), r"\1\2\3"),
    (re.compile(r"^(\s*(?:class|def|async def)\s+\w+)\[[^\n()]*?\](?=\s*[(:])", re.MULTILINE), r"\1"),
    (re.compile(r"^(\s*except\s+)([\w.]+(?:\s*,\s*[\w.]+)+)(\s*:)", re.MULTILINE), r"\1(\2)\3"),
)


def _older(text: str) -> str:
    """*text* as a Python that knows no newer syntax reads it, line by line."""
    for pattern, replacement in NEWER:
        text = pattern.sub(replacement, text)
    return text


def _without(text: str, line: int) -> str:
    """*text* with the top-level statement around *line* left blank."""
    lines = text.split("\n")
    first = line - 1
    while first > 0 and (not lines[first].strip() or lines[first][0] in " \t)]}#"):
        first -= 1
    while first > 0 and lines[first - 1].startswith("@"):
        first -= 1
    last = max(first, line - 1)
    while last + 1 < len(lines) and (not lines[last + 1].strip() or lines[last + 1][0] in " \t)]}"):
        last += 1
    return "\n".join("" if first <= number <= last else each for number, each in enumerate(lines))
