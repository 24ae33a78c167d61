"""Hold our reading of Prisma schemas against Prisma's schema engine: ``make oracles``.

What ``prisma migrate diff --from-empty`` prints for each SCHEMA, a file or a folder, is read by our own SQL reader;
both must be one schema, views aside. Without a SCHEMA those of this repository are taken. Needs node and npm; the
engine is pinned in ``prisma/package.json``, runs as WebAssembly, and asks no server.

It leaves the quotes in labels of enums and in ``@@map`` as they are, so that what it prints for those is not SQL; no
schema that holds them can be compared.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

from node import ROOT, installed
from printed import compared

from dbtools.sources.prisma import read

HERE = Path(__file__).with_suffix("")
OURS = (
    ROOT / "schema/schema.prisma",
    *(ROOT / "tests/data" / name / "schema.prisma" for name in ("drift", "drift-happened")),
    *(ROOT / "tests/sources/data" / name for name in ("kitchen_sink.prisma", "prisma")),
)
# What this engine refuses and no SQL depends on: where the server is, and features in preview that it has retired.
ADDRESS = re.compile(r"^(\s*)(?:url|directUrl|shadowDatabaseUrl)\s*=.*$", re.MULTILINE)
PREVIEW = re.compile(r"^(\s*previewFeatures\s*=\s*)\[([^\]]*)\]", re.MULTILINE)
KEPT = {"partialIndexes", "postgresqlExtensions", "views"}
COLOUR = re.compile(r"\x1b\[[\d;]*m")


class Refused(Exception):  # noqa: N818 - what happened, not a fault of this program
    """The engine does not take a schema; what it says about it."""


def printed(schema: Path, modules: Path) -> str:
    """The SQL with which Prisma would build *schema*, a file or a folder."""
    files = sorted(schema.rglob("*.prisma")) if schema.is_dir() else [schema]
    texts = [(path.as_posix(), accepted(path.read_text("utf-8"))) for path in files]
    command = ["node", HERE / "engine.mjs", modules]
    done = subprocess.run(command, input=json.dumps(texts).encode(), capture_output=True, check=False)
    if done.returncode:
        raise Refused(COLOUR.sub("", done.stderr.decode()).strip())
    return done.stdout.decode()  # in bytes till here: a default may hold a carriage return


def accepted(text: str) -> str:
    """A file of a schema without the settings that this engine refuses."""

    def kept(found: re.Match[str]) -> str:
        features = re.findall(r'"(\w+)"', found[2])
        return found[1] + json.dumps([each for each in features if each in KEPT])

    return PREVIEW.sub(kept, ADDRESS.sub(r"\1", text))


def main() -> int:
    """Compare; 1 where something differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("schema", nargs="*", type=Path)
    parser.add_argument("--print", action="store_true", help="only show what the engine prints")
    asked = parser.parse_args()
    packages = installed(HERE)
    if packages is None:
        return 0
    return 1 if sum(held(schema, packages, show=asked.print) for schema in asked.schema or OURS) else 0


def held(schema: Path, packages: Path, *, show: bool) -> int:
    """In how many things our reading of *schema* is wrong; with *show* only what the engine prints."""
    try:
        sql = printed(schema, packages / "node_modules")
    except Refused as refused:
        print(f"{schema}: Prisma's schema engine refuses it\n{refused}")
        return 1
    if show:
        print(sql)
        return 0
    return compared(schema, read(schema), sql, "Prisma's schema engine")


if __name__ == "__main__":
    sys.exit(main())
