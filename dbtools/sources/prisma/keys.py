"""The primary key and the indexes of a model. Prisma's ``@unique`` is a unique index, never a constraint."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbtools.model.expression import Expression
from dbtools.model.objects import Index, IndexKey, PrimaryKey
from dbtools.sources.prisma.project import Declared, Project, constraint_name, database_name, field_of
from dbtools.sources.prisma.syntax import (
    NO_ARGUMENTS,
    Arguments,
    Attribute,
    Call,
    Number,
    Unreadable,
    Value,
    Word,
    listed,
    plain,
)
from dbtools.sql import opclasses
from dbtools.sql.expressions import read_expression

SUFFIX = {"index": "_idx", "unique": "_key"}
METHODS = {"BTree": "btree", "Hash": "hash", "Gist": "gist", "Gin": "gin", "SpGist": "spgist", "Brin": "brin"}


def primary_key_of(model: Declared) -> Iterator[PrimaryKey]:
    """PRIMARY KEY of ``@id`` or ``@@id``, if there is one."""
    columns = model.id_columns
    if columns:
        singles = (item.attribute("id") for item in model.fields.values())
        arguments = model.block.attribute("id") or next((found for found in singles if found), NO_ARGUMENTS)
        yield PrimaryKey(_mapped(arguments) or constraint_name(model.name.local, (), "_pkey"), columns)


def indexes_of(project: Project, model: Declared) -> Iterator[Index]:
    """Every index of ``@unique``, ``@@unique`` and ``@@index``; the unreadable ones are noted."""
    for item in model.fields.values():
        unique = item.attribute("unique")
        if unique is not None:
            with project.notes.reading(item.location, model.name):
                yield _index(model, "unique", unique, [(database_name(item), unique)])
    for attribute in model.block.attributes:
        if attribute.name in SUFFIX:
            with project.notes.reading(attribute.location, model.name):
                yield _block_index(model, attribute)


def _block_index(model: Declared, attribute: Attribute) -> Index:
    items = listed(attribute.arguments.get("fields", 0))
    if not items:
        raise Unreadable(f"@@{attribute.name} names no fields")
    keys = [
        (model.column_of(field_of(item)), item.arguments if isinstance(item, Call) else NO_ARGUMENTS) for item in items
    ]
    return _index(model, attribute.name, attribute.arguments, keys)


def _index(model: Declared, kind: str, arguments: Arguments, keys: list[tuple[str, Arguments]]) -> Index:
    """The index on *keys*, columns with the options of each."""
    method = _method(plain(arguments.get("type") or Word("BTree")))
    where = arguments.get("where")
    columns = tuple(column for column, _ in keys)
    return Index(
        _mapped(arguments, legacy=kind == "index") or constraint_name(model.name.local, columns, SUFFIX[kind]),
        tuple(_key(column, options, method) for column, options in keys),
        unique=kind == "unique",
        method=method,
        where=None if where is None else _predicate(model, where),
    )


def _mapped(arguments: Arguments, *, legacy: bool = False) -> str:
    """The name in the database: ``map``, for which ``@@index`` still takes ``name``."""
    value = arguments.get("map") or (arguments.get("name") if legacy else None)
    return plain(value) if value else ""


def _method(written: str) -> str:
    if written not in METHODS:
        raise Unreadable(f"{written} is no index type of PostgreSQL")
    return METHODS[written]


def _key(column: str, options: Arguments, method: str) -> IndexKey:
    # PostgreSQL sorts NULLS FIRST in a descending index unless it is told otherwise.
    descending = options.get("sort") == "Desc"
    opclass = _opclass(options.get("ops"))
    return IndexKey(
        column,
        descending=descending,
        nulls_first=descending,
        opclass=opclasses.written(method, opclass),
    )


def _opclass(value: Value | None) -> str:
    """``JsonbPathOps`` is ``jsonb_path_ops``; ``raw("gin_trgm_ops")`` is what it says."""
    if value is None:
        return ""
    if isinstance(value, Call):
        return plain(value.arguments.get("", 0))
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", plain(value)).lower()
    return name.replace("min_max", "minmax").replace("_tz_", "tz_").replace("var_bit", "varbit")


def _predicate(model: Declared, value: Value) -> Expression:
    """The condition of a partial index (preview feature ``partialIndexes``): ``raw("...")`` or an object."""
    if isinstance(value, Call):
        return read_expression(plain(value.arguments.get("", 0)))
    if not isinstance(value, dict):
        raise Unreadable("expected raw(...) or an object")
    return read_expression(" AND ".join(_condition(model, name, wanted) for name, wanted in value.items()))


def _condition(model: Declared, name: str, wanted: Value) -> str:
    column = '"' + model.column_of(name).replace('"', '""') + '"'
    operator = "="
    if isinstance(wanted, dict):
        if wanted.keys() != {"not"}:
            raise Unreadable(f"the condition on {name} is not known")
        operator, wanted = "!=", wanted["not"]
    literal = plain(wanted)
    if isinstance(wanted, Word) and literal == "null":
        return f"{column} IS NULL" if operator == "=" else f"{column} IS NOT NULL"
    if isinstance(wanted, Word) and literal not in ("true", "false"):
        raise Unreadable(f"the condition on {name} is not known")
    if not isinstance(wanted, Number | Word):
        literal = "'" + literal.replace("'", "''") + "'"
    return f"{column} {operator} {literal}"
