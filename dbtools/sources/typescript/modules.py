"""Every module of a project, loaded when it is asked for, and which declaration a name leads to across them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

from dbtools.sources.typescript.files import Read
from dbtools.sources.typescript.module import ALL, Elsewhere, Module
from dbtools.sources.typescript.resolve import Resolver

if TYPE_CHECKING:
    from tree_sitter import Node

Space = Literal["values", "types"]


class Declared(NamedTuple):
    """A name, the module that declares it, and where; of the parts of an interface the first."""

    module: Module
    name: str
    node: Node


class Namespace(NamedTuple):
    """A module as a whole: ``import * as name``."""

    module: Module


class Outside(NamedTuple):
    """A name from a package, or from a file that is not there (``local``)."""

    specifier: str
    name: str
    importer: Module
    node: Node
    local: bool = False


Target = Declared | Namespace | Outside


class Modules:
    """The modules of a project; *read* gives their texts."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._loaded: dict[str, Module | None] = {}
        self._found: dict[tuple[str, str], str | None] = {}
        self._resolver = Resolver(self._cached)
        self._texts: dict[str, str | None] = {}

    def load(self, path: str) -> Module | None:
        """The module at *path*; None where there is no such file."""
        if path not in self._loaded:
            text = self._cached(path)
            self._loaded[path] = None if text is None else Module(path, text)
        return self._loaded[path]

    @property
    def loaded(self) -> Iterator[Module]:
        """The modules that were loaded so far."""
        return (module for module in self._loaded.values() if module is not None)

    def lookup(self, module: Module, name: str, space: Space = "values") -> Target | None:
        """What *name* means at the top of *module*; None where it is not declared there."""
        return self._lookup(module, name, space, frozenset())

    def exported(self, module: Module, name: str, space: Space = "values") -> Target | None:
        """What another module gets that imports *name* from *module*; None where it exports no such name."""
        return self._exported(module, name, space, frozenset())

    def exports(self, module: Module) -> Iterator[tuple[str, Target | None]]:
        """Every name that *module* exports as a value, those of ``export *`` last; ``*`` is one that is not there."""
        seen: set[str] = set()
        yield from self._all(module, seen, set())

    def imported(self, module: Module, elsewhere: Elsewhere, space: Space = "values") -> Target | None:
        """What *module* gets from *elsewhere*."""
        return self._imported(module, elsewhere, space, frozenset())

    def _all(self, module: Module, seen: set[str], visited: set[str]) -> Iterator[tuple[str, Target | None]]:
        if module.path in visited:
            return
        visited.add(module.path)
        for name, said in module.exports.items():
            if name in seen or name in module.type_exports or (isinstance(said, str) and _is_type_only(module, said)):
                continue
            seen.add(name)
            target = self.exported(module, name)
            if target is not None or self.exported(module, name, "types") is None:
                yield name, target
        for star in module.stars:
            found = self._module(module, star.specifier)
            if found is None:
                yield ALL, self._outside(module, star)
            else:
                yield from self._all(found, seen | {"default"}, visited)

    def _lookup(self, module: Module, name: str, space: Space, seen: frozenset[tuple[str, str]]) -> Target | None:
        node = module.values.get(name) if space == "values" else next(iter(module.types.get(name, ())), None)
        if node is not None:
            return Declared(module, name, node)
        elsewhere = module.imports.get(name)
        return None if elsewhere is None else self._imported(module, elsewhere, space, seen)

    def _exported(self, module: Module, name: str, space: Space, seen: frozenset[tuple[str, str]]) -> Target | None:
        if (module.path, name) in seen:  # modules that export each other's names in a circle
            return None
        seen |= {(module.path, name)}
        said = module.exports.get(name)
        if isinstance(said, str):
            return self._lookup(module, said, space, seen)
        if said is not None:
            return self._imported(module, said, space, seen)
        if name == "default":
            return None
        outside: Target | None = None
        for star in module.stars:
            found = self._module(module, star.specifier)
            target = self._exported(found, name, space, seen) if found is not None else None
            if target is not None:
                return target
            if found is None:
                outside = self._outside(module, star._replace(name=name))
        return outside

    def _imported(
        self, module: Module, elsewhere: Elsewhere, space: Space, seen: frozenset[tuple[str, str]]
    ) -> Target | None:
        found = self._module(module, elsewhere.specifier)
        if found is None:
            return self._outside(module, elsewhere)
        return Namespace(found) if elsewhere.name == ALL else self._exported(found, elsewhere.name, space, seen)

    def _outside(self, module: Module, elsewhere: Elsewhere) -> Outside:
        local = self._resolver.is_local(module.path, elsewhere.specifier)
        return Outside(elsewhere.specifier, elsewhere.name, module, elsewhere.node, local)

    def _module(self, importer: Module, specifier: str) -> Module | None:
        key = (importer.path.rpartition("/")[0], specifier)
        if key not in self._found:
            self._found[key] = self._resolver.find(importer.path, specifier)
        path = self._found[key]
        return None if path is None else self.load(path)

    def _cached(self, path: str) -> str | None:
        if path not in self._texts:
            self._texts[path] = self._read(path)
        return self._texts[path]


def _is_type_only(module: Module, name: str) -> bool:
    return name in module.types and name not in module.values
