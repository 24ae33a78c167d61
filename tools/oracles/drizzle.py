"""Hold our reading of Drizzle schemas against drizzle-kit: ``make oracles``.

What drizzle-kit prints for each SCHEMA, a file or a folder, is read by our own SQL reader; both must be one schema,
policies and views aside. Without a SCHEMA those of this repository are taken. Node is needed, and ``npm install`` in
``tools/oracles/drizzle``.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from dbtools.model.apply import apply_all
from dbtools.model.diff import diff
from dbtools.model.entries import Members
from dbtools.model.schema import Schema
from dbtools.sources.drizzle import read
from dbtools.sql.read import read as read_sql

HERE = Path(__file__).with_suffix("")
ROOT = HERE.parents[2]
DATA = ROOT / "tests/sources/data"
OURS = ((DATA / "drizzle", ""), (DATA / "drizzle_casing/schema.ts", "snake_case"), (ROOT / "schema/drizzle.ts", ""))


def printed(schema: Path, casing: str = "") -> str:
    """The SQL with which drizzle-kit would build *schema*, a file or a folder."""
    files = sorted(schema.rglob("*.ts")) if schema.is_dir() else [schema]
    index = [path for path in files if path == schema / "index.ts"]
    with tempfile.TemporaryDirectory() as folder:
        said = ", ".join(f'"{path.resolve()}"' for path in index or files)
        option = f', casing: "{casing}"' if casing else ""
        config = Path(folder, "drizzle.config.ts")
        config.write_text(f'export default {{ dialect: "postgresql", schema: [{said}], out: "{folder}/out"{option} }};')
        modules = HERE / "node_modules"
        environment = {**os.environ, "NODE_PATH": str(modules), "NODE_OPTIONS": f"--require {HERE / 'missing.cjs'}"}
        command = [modules / ".bin/drizzle-kit", "generate", f"--config={config}", "--name=all"]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        made = sorted(Path(folder, "out").glob("*.sql"))
        if not made:
            sys.exit(f"drizzle-kit printed nothing for {schema}:\n{done.stdout}{done.stderr}")
        return made[0].read_text("utf-8")


def built(sql: str) -> Schema:
    """The schema that *sql* makes."""
    return apply_all(Schema(), (found for one in read_sql(sql) for found in one.operations))


def differences(ours: Schema, theirs: Schema) -> Iterator[str]:
    """What would have to be done to what drizzle-kit builds to get what we read; policies and views aside."""
    spaces = Members({*ours.namespaces, *theirs.namespaces})
    left, right = (replace(each, opaques={}, views={}, namespaces=spaces) for each in (theirs, ours))
    for operation in diff(left, right):
        yield str(operation)


def main() -> None:
    """Compare, and exit with 1 where something differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("schema", nargs="*", type=Path)
    parser.add_argument("--casing", default="")
    parser.add_argument("--print", action="store_true", help="only show what drizzle-kit prints")
    asked = parser.parse_args()
    wrong = 0
    for schema, casing in [(each, asked.casing) for each in asked.schema] or OURS:
        sql = printed(schema, casing)
        if asked.print:
            print(sql)
            continue
        reading, theirs = read(schema, casing or None), built(sql)
        found = list(differences(reading.schema, theirs))
        columns = sum(len(table.columns) for table in theirs.tables.values())
        shown = schema.relative_to(ROOT) if schema.is_relative_to(ROOT) else schema
        print(f"{shown}: {len(theirs.tables)} tables, {columns} columns, {len(theirs.enums)} enums by drizzle-kit;")
        print(f"  {len(found)} differences, {len(reading.unknown)} unknown")
        for line in (*found, *(f"unknown {each.location}: {each.what}" for each in reading.unknown)):
            print(f"  {line}")
        wrong += len(found)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
