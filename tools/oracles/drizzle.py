"""Hold our reading of Drizzle schemas against drizzle-kit: ``make oracles``.

What drizzle-kit prints for each SCHEMA, a file or a folder, is read by our own SQL reader; both must be one schema,
policies and views aside. Without a SCHEMA those of this repository are taken. Needs node and npm; the packages are
pinned in ``drizzle/package.json``.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from node import ROOT, installed
from printed import compared

from dbtools.sources.drizzle import read

HERE = Path(__file__).with_suffix("")
DATA = ROOT / "tests/sources/data"
OURS = ((DATA / "drizzle", ""), (DATA / "drizzle_casing/schema.ts", "snake_case"), (ROOT / "schema/drizzle.ts", ""))


def printed(schema: Path, modules: Path, casing: str = "") -> str:
    """The SQL with which drizzle-kit would build *schema*, a file or a folder."""
    files = sorted(schema.rglob("*.ts")) if schema.is_dir() else [schema]
    index = [path for path in files if path == schema / "index.ts"]
    with tempfile.TemporaryDirectory() as folder:
        said = ", ".join(f'"{path.resolve()}"' for path in index or files)
        option = f', casing: "{casing}"' if casing else ""
        config = Path(folder, "drizzle.config.ts")
        config.write_text(f'export default {{ dialect: "postgresql", schema: [{said}], out: "{folder}/out"{option} }};')
        environment = {**os.environ, "NODE_PATH": str(modules), "NODE_OPTIONS": f"--require {HERE / 'missing.cjs'}"}
        command = [modules / ".bin/drizzle-kit", "generate", f"--config={config}", "--name=all"]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        made = sorted(Path(folder, "out").glob("*.sql"))
        if not made:
            sys.exit(f"drizzle-kit printed nothing for {schema}:\n{done.stdout}{done.stderr}")
        return made[0].read_text("utf-8")


def main() -> int:
    """Compare; 1 where something differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("schema", nargs="*", type=Path)
    parser.add_argument("--casing", default="")
    parser.add_argument("--print", action="store_true", help="only show what drizzle-kit prints")
    asked = parser.parse_args()
    packages = installed(HERE)
    if packages is None:
        return 0
    wrong = 0
    for schema, casing in [(each, asked.casing) for each in asked.schema] or OURS:
        sql = printed(schema, packages / "node_modules", casing)
        if asked.print:
            print(sql)
        else:
            wrong += compared(schema, read(schema, casing or None), sql, "drizzle-kit")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
