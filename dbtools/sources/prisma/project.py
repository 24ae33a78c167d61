"""All files of one Prisma schema as one set of models, views and enums, found by their Prisma names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from dbtools.errors import SourceError
from dbtools.model.expression import Name
from dbtools.model.finding import Location
from dbtools.model.naming import LONGEST, truncated
from dbtools.model.objects import ColumnRef
from dbtools.model.reader import Unread
from dbtools.sources.prisma.attributes import check
from dbtools.sources.prisma.syntax import Block, Call, Field, Unreadable, Value, listed, parse, plain

KINDS = ("model", "view", "enum")


class Notes:
    """What could not be read, and the tables that are therefore uncertain."""

    def __init__(self, unread: list[Unread]) -> None:
        self.unread = unread
        self.uncertain: set[Name] = set()

    def reading(self, location: Location, table: Name, *, naming: bool = False) -> _Attempt:
        """What is unreadable inside is noted at *location*, and *table* becomes uncertain.

        *naming*: a table is named inside, so that without it there is one that nobody knows of.
        """
        return _Attempt(self, location, table, naming)


class _Attempt(NamedTuple):  # entered for every field: contextlib's generators take five times as long
    notes: Notes
    location: Location
    table: Name
    naming: bool

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, problem: BaseException | None, trace: object) -> bool:
        if not isinstance(problem, Unreadable):
            return False
        self.notes.unread.append(Unread(self.location, str(problem), None if self.naming else ColumnRef(self.table)))
        self.notes.uncertain.add(self.table)
        return True


@dataclass(frozen=True, slots=True)
class Declared:
    """A model, view or enum with its name in the database, and its fields or values by their Prisma names."""

    block: Block
    name: Name
    fields: Mapping[str, Field]

    def column_of(self, field_name: str) -> str:
        """The column of a field; Unreadable where there is no such field."""
        if field_name not in self.fields:
            raise Unreadable(f"{self.block.name} has no field {field_name}")
        return database_name(self.fields[field_name])

    def columns_of(self, value: Value | None) -> tuple[str, ...]:
        """The columns of a list of fields, whose options are left aside."""
        return tuple(self.column_of(field_of(item)) for item in listed(value))

    @property
    def id_columns(self) -> tuple[str, ...]:
        """The columns of the primary key, of ``@id`` or ``@@id``; Unreadable where there are two of them."""
        compound = self.block.attribute("id")
        single = tuple(database_name(found) for found in self.fields.values() if found.attribute("id") is not None)
        if len(single) + (compound is not None) > 1:
            raise Unreadable(f"{self.block.name} has more than one id")
        return single if compound is None else self.columns_of(compound.get("fields", 0))


@dataclass(frozen=True, slots=True)
class Project:
    """A Prisma schema: ``settings`` of its datasource, ``features`` that are in preview."""

    notes: Notes
    models: Mapping[str, Declared]
    views: Mapping[str, Declared]
    enums: Mapping[str, Declared]
    settings: Mapping[str, Value] = field(default_factory=dict)
    features: frozenset[str] = frozenset()

    @property
    def has_foreign_keys(self) -> bool:
        """Whether relations become foreign keys; ``relationMode = "prisma"`` keeps them in the client."""
        return self.settings.get("relationMode") != "prisma"


def project_of(files: Mapping[str, str], where: str) -> Project:
    """The schema that *files*, path to text, describe together.

    SourceError when they hold no block at all, or are written for another database.
    """
    blocks: list[Block] = []
    unread: list[Unread] = []
    for path in sorted(files):
        found, problems = parse(path, files[path])
        blocks += found
        unread += problems
    if not blocks:
        place = f"{unread[0].location}: {unread[0].what}" if unread else f"{where} is empty"
        raise SourceError(
            f"{where} is not a Prisma schema ({place})",
            hint="point the prisma source at schema.prisma or at the folder of its *.prisma files",
        )
    notes = Notes(unread)
    settings = {key: value for block in blocks if block.kind == "datasource" for key, value in block.settings.items()}
    _refuse_other_databases(settings, where)
    declared = [_declared(block, notes) for block in _once(blocks, notes)]
    models, views, enums = (
        {found.block.name: found for found in declared if found.block.kind == kind} for kind in KINDS
    )
    features = (feature for block in blocks for feature in _texts(block.settings.get("previewFeatures")))
    return Project(notes, models, views, enums, settings, frozenset(features))


def distinct(declared: Iterable[Declared], notes: Notes) -> list[Declared]:
    """Those that have a name of their own in the database: the first of each name, the others are noted."""
    kept: dict[Name, Declared] = {}
    for found in declared:
        first = kept.setdefault(found.name, found)
        if first is not found:
            with notes.reading(found.block.location, found.name):
                other = f"{first.block.name} ({first.block.location})"
                raise Unreadable(f"{found.block.name} and {other} are both {found.name} in the database")
    return list(kept.values())


def database_name(item: Field) -> str:
    """The column of a field, or the label of an enum value: its ``@map`` or its own name."""
    mapped = item.attribute("map")
    return truncated(plain(mapped.get("name", 0)) if mapped else item.name)


def field_of(item: Value) -> str:
    """The field that an item of ``fields: [...]`` names, with options or without."""
    return item.name if isinstance(item, Call) else plain(item)


def constraint_name(table: str, columns: tuple[str, ...], suffix: str) -> str:
    """The name that Prisma gives: the suffix is kept, what stands before it is cut to fit into 63 bytes."""
    base = "_".join((table, *columns)).encode()
    return base[: LONGEST - len(suffix)].decode(errors="ignore") + suffix


def extensions_of(settings: Mapping[str, Value]) -> frozenset[str]:
    """The extensions that the datasource lists, by their names in the database."""
    return frozenset(_extension(item) for item in listed(settings.get("extensions")))


def namespaces_of(settings: Mapping[str, Value]) -> frozenset[str]:
    """The namespaces that the datasource lists, and ``public``, which is always there."""
    return frozenset({"public", *_texts(settings.get("schemas"))})


def _extension(item: Value) -> str:
    if isinstance(item, Call):
        return plain(item.arguments.named.get("map", item.name))
    return plain(item)


def _texts(value: Value | None) -> list[str]:
    return [str(item) for item in listed(value) if isinstance(item, str)]


def _refuse_other_databases(settings: Mapping[str, Value], where: str) -> None:
    provider = settings.get("provider")
    if isinstance(provider, str) and provider not in ("postgresql", "postgres"):
        raise SourceError(
            f"{where} is a Prisma schema for {provider}",
            hint='dbtools reads PostgreSQL: point the prisma source at a schema with provider = "postgresql"',
        )


def _once(blocks: list[Block], notes: Notes) -> list[Block]:
    """The blocks that declare something, the first of each name."""
    kept: dict[str, Block] = {}
    for block in blocks:
        if block.kind in ("datasource", "generator"):
            continue
        first = kept.setdefault(block.name, block)
        if first is not block:
            notes.unread.append(Unread(block.location, f"{block.name} is declared twice, first at {first.location}"))
    return list(kept.values())


def _declared(block: Block, notes: Notes) -> Declared:
    name = Name("public", block.name)
    with notes.reading(block.location, name, naming=True):
        name = _name_of(block)
    if not block.whole:
        notes.uncertain.add(name)
    fields: dict[str, Field] = {}
    for item in block.fields:
        with notes.reading(item.location, name):
            if item.name in fields:
                raise Unreadable(f"{block.name}.{item.name} is declared twice")
            database_name(item)
            fields[item.name] = item
        for attribute in item.attributes:
            with notes.reading(attribute.location, name, naming=item.many):  # perhaps that of a join table
                check(attribute, block=False)
    for attribute in block.attributes:
        with notes.reading(attribute.location, name, naming=True):
            check(attribute, block=True)
    return Declared(block, name, fields)


def _name_of(block: Block) -> Name:
    mapped, namespace = block.attribute("map"), block.attribute("schema")
    return Name(
        plain(namespace.get("map", 0)) if namespace else "public",
        truncated(plain(mapped.get("name", 0)) if mapped else block.name),
    )
