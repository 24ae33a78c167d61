"""The type that a project gives to ``new Kysely<...>``: its tables by name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from dbtools.errors import SourceError
from dbtools.sources.kysely.shapes import Shape, Shapes
from dbtools.sources.typescript import Declared, Module, Modules

GIVEN = re.compile(r"\b(?:Kysely|Transaction)<\s*([A-Za-z_$][\w$]*)\s*>")
WORD = re.compile(rb"[\w$]+")
USUAL = ("db", "database", "kyselydatabase", "kyselydb", "databaseschema", "dbschema", "tables", "schema")
HINT = "point the kysely source at the file with the interface of all tables, called DB or given to new Kysely<...>"


def root_of(modules: Modules, asked: Sequence[Module], where: str) -> Shape:
    """The tables of the database; SourceError where no type of *asked* is it, or several may be."""
    shapes = Shapes(modules)
    for search in (_given(modules, asked), _called(asked), _unmentioned(asked)):
        found = {(each.module.path, each.name): each for each in search if each.module in asked}
        read = {key: shapes.declared(each, []) for key, each in found.items()}
        tables = {key: shape for key, shape in read.items() if shape is not None and _is_root(shape, shapes)}
        if len(tables) > 1:
            names = ", ".join(sorted(f"{name} in {path}" for path, name in tables))
            raise SourceError(f"{where} holds several databases: {names}", hint="point the kysely source at one file")
        for shape in tables.values():
            return shape
    raise SourceError(f"{where} holds no type of a database for Kysely", hint=HINT)


def _given(modules: Modules, asked: Sequence[Module]) -> Iterator[Declared]:
    """Those that are given to Kysely in one of the files."""
    for module in asked:
        for name in dict.fromkeys(GIVEN.findall(module.source.decode(errors="replace"))):
            target = modules.lookup(module, name, "types")
            if isinstance(target, Declared):
                yield target


def _called(asked: Sequence[Module]) -> Iterator[Declared]:
    """Those with one of the usual names, the most usual first found."""
    for usual in USUAL:
        found = [each for each in _types(asked) if each.name.lower() == usual]
        if found:
            yield from found
            return


def _unmentioned(asked: Sequence[Module]) -> Iterator[Declared]:
    """Those that no other type is made of."""
    words = Counter(word for module in asked for word in WORD.findall(module.source))
    for each in _types(asked):
        name = each.name.encode()
        inside = sum(word == name for word in WORD.findall(each.node.text or b""))
        if words[name] == inside:
            yield each


def _types(asked: Sequence[Module]) -> Iterator[Declared]:
    for module in asked:
        for name, (node, *_) in module.types.items():
            whole = node.child_by_field_name("type_parameters") is None
            if whole and node.type in ("interface_declaration", "type_alias_declaration"):
                yield Declared(module, name, node)


def _is_root(shape: Shape, shapes: Shapes) -> bool:
    """Whether its members are rows, one at least, or come from where they cannot be seen."""
    return bool(shape.problems) or any(shapes.of(found.written) is not None for found in shape.properties.values())
