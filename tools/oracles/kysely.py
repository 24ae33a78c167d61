"""Holds the generated types and the Kysely reader against what runs them: ``make oracles``.

* The types of the reference project, and of a schema with every type, are what the TypeScript compiler accepts, and an
  INSERT has to give what it should.
* The reader says of every column what TypeScript's own checker says: for these, and for the FILE[:ROOT] arguments.
* node-postgres hands over what ``model/typescript.py`` says, for every built-in type and arrays of it.

Needs node and npm; the packages are pinned in ``kysely/package.json`` and come from npm by name. With ``--compile``
only the first.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from node import ROOT, installed

from dbtools.model.apply import apply_all
from dbtools.model.expression import Type
from dbtools.model.reader import Reading
from dbtools.model.schema import Schema
from dbtools.model.typescript import ANYTHING, delivered
from dbtools.sources.kysely import read
from dbtools.sql.read import read as read_sql
from dbtools.sql.types import read_type
from dbtools.types import Target, Writing, types

HERE = Path(__file__).with_name("kysely")
NODE = ROOT / ".venv" / "node" / "kysely"
SINK = ROOT / "tests" / "types" / "data" / "every_type.sql"
USE = ROOT / "tests" / "types" / "data" / "use.ts"
Column = dict[str, Any]


def main(arguments: list[str]) -> int:
    """The exit code: 0 where everything agrees, or node is not here."""
    if installed(HERE) is None:
        return 0
    generated = list(generate())
    problems = list(compiled([*generated, ROOT / "schema" / "kysely.ts"]))
    if "--compile" not in arguments:
        for path in (ROOT / "schema" / "kysely.ts", *generated, *(Path(each) for each in arguments)):
            file, _, root = path.as_posix().partition(":")
            problems += held(Path(file), root or "DB")
        problems += handed_over()
    print("\n".join(problems) or "everything agrees")
    return int(bool(problems))


def generate() -> Iterator[Path]:
    """The types of the schema with everything in it, in both forms of enums, beside what makes use of them."""
    schema = apply_all(Schema(), (each for one in read_sql(SINK.read_text("utf-8")) for each in one.operations))
    for name, writing in (("every_type.ts", Writing()), ("constants.ts", Writing(constants=True))):
        (file,) = types(schema, (Target("kysely", name),), writing).files
        (NODE / name).write_text(file.content or "", "utf-8")
        yield NODE / name
    shutil.copy(USE, NODE / "use.ts")
    yield NODE / "use.ts"


def compiled(paths: list[Path]) -> Iterator[str]:
    """What ``tsc --noEmit --strict`` says against the files."""
    copies = [path if path.parent == NODE else Path(shutil.copy(path, NODE / "reference.ts")) for path in paths]
    tsc = [
        NODE / "node_modules" / ".bin" / "tsc",
        "--noEmit",
        "--strict",
        "--skipLibCheck",
        "--target",
        "es2022",
        "--module",
        "esnext",
        "--moduleResolution",
        "bundler",
    ]
    done = subprocess.run([*tsc, *copies], cwd=NODE, capture_output=True, text=True, check=False)
    yield from done.stdout.splitlines()
    print(f"tsc --strict: {len(copies)} files")


def held(path: Path, root: str) -> Iterator[str]:
    """Where the reader and the checker disagree about a column."""
    if path.name == "use.ts":
        return
    checker = ["node", HERE / "checker.mjs", NODE, path, root]
    done = subprocess.run(checker, stdout=subprocess.PIPE, text=True, check=True)
    tables: dict[str, dict[str, Column]] = json.loads(done.stdout)
    reading = read(path)
    unread = {each.ref for each in reading.unknown}
    number = 0
    said = _by_key(reading)
    for table, columns in tables.items():
        for column, theirs in columns.items():
            number += 1
            ref, own = said.get((table, column), (None, None))
            if own is None:
                yield f"{path.name}: {table}.{column} was not read"
            elif ref not in unread and (clash := _clash(own, theirs)):
                yield f"{path.name}: {table}.{column}: {clash}"
    print(f"{path.name}: {number} columns, {len(said)} read, {len(reading.unknown)} unknown")


def _by_key(reading: Reading) -> dict[tuple[str, str], tuple[Any, tuple[Type, bool, str]]]:
    """Every column by the names that TypeScript has for it, which may be others than the database's."""
    found = {}
    for table in reading.schema.tables.values():
        for column in table.columns:
            ref = next(ref for ref in reading.inserts if ref == (table.name, column.name))
            reader = next(each for each in reading.readers if each.column == ref)
            key = reader.source.removeprefix("Kysely table ")
            written = _written(reading.origins[ref].path, reading.origins[ref].line or 1)
            found[key, written] = (ref, (column.type, column.nullable, reading.inserts[ref]))
    return found


def _written(path: str, line: int) -> str:
    text = Path(path).read_text("utf-8").splitlines()[line - 1].strip().removeprefix("readonly ")
    if text[0] in "'\"":
        return str(json.JSONDecoder().raw_decode(text.replace("'", '"'))[0])
    return text.partition(":")[0].strip("? ")


def _clash(mine: tuple[Type, bool, str], theirs: Column) -> str:
    kind, nullable, insert = mine
    members = theirs["select"]
    null = any(each.get("type") in ("null", "undefined") for each in members)
    values = [each for each in members if each.get("type") not in ("null", "undefined")]
    if not _same(kind, values):
        return f"{kind} is {values}"
    if kind.base == "Json" or kind.base in ANYTHING:  # which hold null anyway
        return ""
    if nullable != null:
        return f"nullable is {null}"
    return "" if insert == theirs["insert"] else f"insert is {theirs['insert']}, not {insert}"


def _same(kind: Type, values: list[Column]) -> bool:
    if kind.dimensions:
        return len(values) == 1 and "list" in values[0] and _same(kind.element(), values[0]["list"])
    names = {str(each.get("type")).replace("IPostgresInterval", "Interval") for each in values}
    match kind.base:
        case "union":
            return {each.get("literal") for each in values} == set(kind.modifiers)
        case "object" | "ColumnType":
            return all(each.get("object") for each in values)
        case "Json":
            return any(each.get("object") or "list" in each or each.get("type") in ANYTHING for each in values)
        case "never":
            return not values or names == {"never"}
    return names == set(kind.base.split(" | "))


def handed_over() -> Iterator[str]:
    """Where node-postgres gives something else than the model says."""
    from dbtools.pg.server import server

    with server() as running, running.database() as url:
        program = ["node", HERE / "delivered.mjs", NODE, url, HERE / "values.json"]
        done = subprocess.run(program, stdout=subprocess.PIPE, text=True, check=True)
    found = json.loads(done.stdout)
    for name, (scalar, listed) in found.items():
        for kind, seen in ((read_type(name), scalar), (read_type(f"{name}[]"), listed)):
            expected = str(delivered(kind, Schema())).removeprefix("typescript.")
            if seen != expected:
                yield f"node-postgres gives {seen} for {kind}, not {expected}"
    print(f"node-postgres: {len(found)} types and arrays of them")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
