"""Writes the rows of a schema down as types: for Kysely in TypeScript, and as TypedDicts in Python.

``types`` is a pure function: it reads and writes no files, and equal schemas give equal bytes. The types are those of
the values that the driver hands over, as measured with node-postgres and psycopg, not those one would like to have.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from dbtools.errors import SourceError
from dbtools.model.finding import Finding, Location, Severity
from dbtools.model.report import File, Report
from dbtools.model.schema import Schema
from dbtools.model.typescript import NAMESPACE
from dbtools.model.wording import counted
from dbtools.types import kysely, python
from dbtools.types.reach import unreachable
from dbtools.types.rows import Row, rows_of
from dbtools.types.settings import Target, Writing

__all__ = ["Target", "Writing", "types"]

Write = Callable[[tuple[Row, ...], Schema, Writing], str]
LANGUAGES: Mapping[str, Write] = MappingProxyType({"kysely": kysely.write, "python": python.write})


def types(schema: Schema, targets: tuple[Target, ...], writing: Writing) -> Report:
    """The types of every table and view of *schema*, a file for each of *targets*.

    Findings: ``column-type-unknown``, for what a view calculates in a way that is not understood, and
    ``name-out-of-reach``, for what no query through Kysely can name and is therefore left out. SourceError where the
    schema comes from types itself.
    """
    rows = rows_of(schema)
    if any(column.type is not None and column.type.namespace == NAMESPACE for row in rows for column in row.columns):
        raise SourceError(
            "a source of Kysely does not say what types the database has",
            hint="write the types from the migrations, from SQL or from another model: --source KIND:PATH",
        )
    findings = [_unknown(row, column.name, targets) for row in rows for column in row.columns if column.type is None]
    for target in targets:
        if target.language == "kysely":
            findings += (_out_of_reach(*found, target) for found in unreachable(rows, writing))
    return Report(
        command="types",
        summary=f"{counted(len(rows), 'row type')} and {counted(len(schema.enums), 'enum')} in "
        + (", ".join(target.path for target in targets) or "no file"),
        findings=tuple(findings),
        files=tuple(File(target.path, LANGUAGES[target.language](rows, schema, writing)) for target in targets),
        figures={"rows": len(rows), "enums": len(schema.enums), "files": len(targets)},
    )


def _unknown(row: Row, column: str, targets: tuple[Target, ...]) -> Finding:
    return Finding(
        "column-type-unknown",
        Severity.INFO,
        f"what type {row.name}.{column} has is not understood, so it may be anything in the generated types",
        Location(targets[0].path if targets else ""),
        hint=f"cast it in the view, for example (...)::numeric AS {column}",
        table=str(row.name),
        object=column,
    )


def _out_of_reach(row: Row, column: str, target: Target) -> Finding:
    what = f"{row.name}.{column}" if column else str(row.name)
    return Finding(
        "name-out-of-reach",
        Severity.WARNING,
        f"{what} cannot be named through Kysely, which would look for something else; {target.path} leaves it out",
        Location(target.path),
        hint="rename it; CamelCasePlugin translates foo_bar alone, and a dot separates a namespace from its table",
        table=str(row.name),
        object=column,
    )
