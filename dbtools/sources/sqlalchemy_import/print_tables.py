"""Runs in the user's own Python: imports their models and prints what SQLAlchemy would create for PostgreSQL.

Called as ``python print_tables.py MODULE[:ATTRIBUTE] FILE``; writes JSON to FILE, so that nothing the models print is
mistaken for it. It stands alone: of the packages there it needs SQLAlchemy only, and nothing of dbtools.
"""

from __future__ import annotations

import importlib
import inspect
import json
import os
import sys
from collections.abc import Iterable
from types import ModuleType
from typing import Any


def main(target: str, path: str) -> None:
    """Import *target* and write its tables to *path*."""
    sys.path.insert(0, os.getcwd())  # noqa: PTH109 - as ``python -m`` has it
    module, _, attribute = target.partition(":")
    imported = importlib.import_module(module)
    metadata = _metadata(imported, attribute)
    if not metadata:
        raise LookupError(f"{target} has no MetaData with tables")
    mapped = _mapped(metadata)
    found = {
        "sql": "".join(_statements(metadata)),
        "tables": [_table(table, mapped.get(table)) for each in metadata for table in each.tables.values()],
    }
    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123 - stands alone
        json.dump(found, file)


def _metadata(module: ModuleType, attribute: str) -> list[Any]:
    """The MetaData that the attribute is or has; without one, those of everything in the module."""
    from sqlalchemy import MetaData

    if attribute:
        value: Any = module
        for part in attribute.split("."):
            value = getattr(value, part)
        values: Iterable[Any] = [value]
    else:
        values = list(vars(module).values())
    found: list[Any] = []
    for value in values:
        metadata: Any = value if isinstance(value, MetaData) else getattr(value, "metadata", None)
        is_new = isinstance(metadata, MetaData) and all(metadata is not each for each in found)
        if is_new and metadata.tables:
            found.append(metadata)
    return found


def _statements(metadata: list[Any]) -> Iterable[str]:
    """What ``create_all`` would send, with the schemas it takes for granted."""
    from sqlalchemy import create_mock_engine

    said: list[str] = []

    def note(statement: Any, *_: Any, **__: Any) -> None:
        text = str(statement.compile(dialect=engine.dialect)) if hasattr(statement, "compile") else str(statement)
        said.append(text.strip().rstrip(";") + ";\n")

    engine = create_mock_engine("postgresql://", note, paramstyle="named")
    tables = [table for each in metadata for table in each.tables.values()]
    inside = [getattr(column.type, "schema", None) for table in tables for column in table.columns]
    schemas = dict.fromkeys(schema for schema in (*(table.schema for table in tables), *inside) if schema)
    quote = engine.dialect.identifier_preparer.quote
    yield from (f"CREATE SCHEMA IF NOT EXISTS {quote(schema)};\n" for schema in schemas)
    for each in metadata:
        each.create_all(engine, checkfirst=False)
    yield from dict.fromkeys(said)  # an enum that two MetaData share is said once


def _mapped(metadata: list[Any]) -> dict[Any, type]:
    """The class that each table is mapped by."""
    import gc

    from sqlalchemy.orm import registry

    tables = {table for each in metadata for table in each.tables.values()}
    found: dict[Any, type] = {}
    for each in [value for value in gc.get_objects() if isinstance(value, registry)]:
        for mapper in each.mappers:
            if mapper.local_table in tables:
                found.setdefault(mapper.local_table, mapper.class_)
    return found


def _table(table: Any, owner: type | None) -> dict[str, Any]:
    path, line = _place(owner)
    defaults = {column.name: _shown(column.default) for column in table.columns if column.default is not None}
    for field in getattr(owner, "__dataclass_fields__", {}).values():
        if callable(field.default_factory) and field.name in table.columns:
            defaults.setdefault(table.columns[field.name].name, f"default_factory={field.default_factory.__name__}")
    return {
        "schema": table.schema or "public", "name": table.name, "model": owner.__name__ if owner else "",
        "path": path, "line": line, "defaults": defaults,
    }  # fmt: skip


def _place(owner: type | None) -> tuple[str, int]:
    if owner is None:
        return "", 1
    try:
        return os.path.relpath(inspect.getsourcefile(owner) or ""), inspect.getsourcelines(owner)[1]
    except (OSError, TypeError, ValueError):
        return "", 1


def _shown(default: Any) -> str:
    argument = getattr(default, "arg", None)
    return f"default={getattr(argument, '__name__', None) or repr(argument) if argument is not None else default}"


if __name__ == "__main__":
    main(*sys.argv[1:])
