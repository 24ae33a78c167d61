"""Holds every diagram against Mermaid itself, in a browser: ``make browser``.

Each block, of the Markdown files of the repository and of schemas with every legal name (``drawn.py``), is parsed and
drawn by every version that is pinned in ``mermaid/package.json``. The picture must hold the boxes, rows and lines that
the block is meant to show, with their labels and ends, and nothing else. Blocks with mistakes in them, planted here,
must be found out, or nothing that this says is worth anything.

With FILE arguments only the blocks of these. ``--shots FOLDER`` takes pictures of the pages as GitHub shows them,
instead. Needs node, npm and Chromium or Chrome, which ``CHROME`` may name.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from drawn import Block, blocks, unsaid
from meant import Box, Line, Picture, UnknownLine, differences, meant
from node import ROOT, installed

HERE = Path(__file__).with_suffix("")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
)
PARENT_AND_CHILD = 'erDiagram\n  "parent" {\n    uuid id PK\n  }\n  "child" {\n    uuid id PK\n  }\n'
RELATED = PARENT_AND_CHILD + '  "parent" ||--o{ "child" : "parentId"\n'
# What is written, and what was meant by it: no version draws the one as the other.
PLANTED = {
    "a label that is read as a direction": (
        PARENT_AND_CHILD + '  "parent" ||--o{ "child" : "direction LR"\n',
        PARENT_AND_CHILD + '  "parent" ||--o{ "child" : "direction#32;LR"\n',
    ),
    "a title, which becomes a box": (RELATED + "  title Family\n", RELATED),
    "a name without quotes": ("erDiagram\n  to {\n    uuid id PK\n  }\n",) * 2,
    "a column called pk": ('erDiagram\n  "tag" {\n    integer pk PK\n  }\n',) * 2,
    "a type of two words": ('erDiagram\n  "tag" {\n    double precision score UK\n  }\n', 'erDiagram\n  "tag"\n'),
    "a name between underscores": ('erDiagram\n  "a"["_x_"]\n', 'erDiagram\n  "a"["#95;x#95;"]\n'),
    "a name that is HTML": ('erDiagram\n  "a"["<b>x</b>"]\n', 'erDiagram\n  "a"["#60;b#62;x#60;/b#62;"]\n'),
    "a table that is lost": (RELATED, RELATED + '  "uncle"\n'),
    "a table that nobody asked for": (RELATED + '  "uncle"\n', RELATED),
    "a column that is lost": (RELATED, RELATED.replace("PK\n", "PK\n    uuid next FK\n", 1)),
    "a column that stands twice": (RELATED + '  "parent" {\n    uuid id PK\n  }\n', RELATED),
    "a relation that is lost": (PARENT_AND_CHILD, RELATED),
    "many drawn as one": (RELATED.replace("o{", "o|"), RELATED),
    "optional drawn as mandatory": (RELATED, RELATED.replace("||", "|o")),
    "dashed drawn as solid": (RELATED, RELATED.replace("--", "..")),
    "the other direction": (RELATED.replace('"parent" ||--o{ "child"', '"child" ||--o{ "parent"'), RELATED),
    "a block that is too long": (RELATED + "  classDef long stroke:#000\n" * 2000,) * 2,
}


def main() -> int:
    """The exit code: 0 where every picture shows what is meant, or no browser is here."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="*", type=Path)
    parser.add_argument("--shots", type=Path, metavar="FOLDER")
    asked = parser.parse_args()
    packages, program = installed(HERE), browser()
    if packages is None:
        return 0
    if program is None:
        print("no browser is here, so no diagram was drawn: apt-get install chromium, or set CHROME", file=sys.stderr)
        return 0
    if asked.shots:
        return photographed(asked.file, asked.shots, packages, program)
    return held([*planted(), *blocks(path.resolve() for path in asked.file)], packages, program)


def browser() -> str | None:
    """A browser that Playwright can drive."""
    named = (os.environ.get("CHROME"), *map(shutil.which, BROWSERS), *PLACES)
    return next((path for path in named if path and Path(path).is_file()), None)


def planted() -> Iterator[Block]:
    """The mistakes."""
    yield from (Block(f"planted: {what}", text) for what, (text, _) in PLANTED.items())


def held(chosen: list[Block], packages: Path, program: str) -> int:
    """1 where a version shows something else than a block means, or a mistake as if it were none."""
    versions = pinned()
    answers = rendered([block.text for block in chosen], packages, program, versions)
    problems, missed, found = [], [], 0
    for number, block in enumerate(chosen):
        mistake = PLANTED.get(block.where.removeprefix("planted: "))
        for version in versions:
            said = list(problems_of(block, answers[version][number], mistake[1] if mistake else block.text))
            found += bool(mistake and said)
            if mistake:
                missed += [] if said else [f"{block.where}, Mermaid {version}: was not found out"]
            else:
                problems += [f"{block.where}, Mermaid {version}: {each}" for each in said]
    print("\n".join([*problems, *missed]), end="\n" if problems or missed else "")
    mistakes = len(PLANTED) * len(versions)
    boxes = sum(len(each.get("boxes", ())) for each in answers[versions[0]])
    print(f"{len(chosen) - len(PLANTED)} blocks with {boxes} boxes by Mermaid {', '.join(versions)}:")
    print(f"  {len(problems)} differences; {found} of {mistakes} planted mistakes found out")
    return int(bool(problems or missed))


def problems_of(block: Block, answer: dict[str, Any], intended: str) -> Iterator[str]:
    """Where the *answer* of a browser is not what the block is *intended* to show."""
    if "error" in answer:
        yield answer["error"].replace("\n", " | ")
        return
    try:
        wanted = meant(intended)
    except UnknownLine as line:
        yield f"nobody knows what this line should show: {line}"
        return
    if wanted is None:
        return
    yield from differences(wanted, seen(answer))
    yield from (f"cut off: {text}" for text in answer["cut"])
    if block.diagram:
        yield from unsaid(block.diagram, wanted)


def seen(answer: dict[str, Any]) -> Picture:
    """What a browser saw, as a picture."""
    boxes = (Box(one["label"], tuple(one["classes"]), tuple(map(tuple, one["rows"]))) for one in answer["boxes"])
    lines = (
        Line(one["parent"], one["child"], (one["ends"][0], one["ends"][1]), one["dashed"], one["label"])
        for one in answer["lines"]
    )
    return Picture(tuple(boxes), tuple(lines))


def pinned() -> list[str]:
    """The versions of Mermaid, oldest first."""
    wanted = json.loads((HERE / "package.json").read_text("utf-8"))["dependencies"]
    return [name.removeprefix("mermaid-") for name in wanted if name.startswith("mermaid-")]


def rendered(texts: list[str], packages: Path, program: str, versions: list[str]) -> dict[str, list[dict[str, Any]]]:
    """What each version makes of each text."""
    command = ["node", HERE / "render.mjs", packages, program, ",".join(versions)]
    done = subprocess.run(command, input=json.dumps(texts).encode(), stdout=subprocess.PIPE, check=True)
    answers: dict[str, list[dict[str, Any]]] = json.loads(done.stdout)
    return answers


def photographed(pages: list[Path], folder: Path, packages: Path, program: str) -> int:
    """Pictures of *pages*, or of those of the reference project, light and dark, by every version."""
    chosen = pages or sorted((ROOT / "docs" / "schema").glob("*.md"))
    folder.mkdir(parents=True, exist_ok=True)
    command = ["node", HERE / "shots.mjs", packages, program, ",".join(pinned()), folder.resolve()]
    return subprocess.run([*command, *(path.resolve() for path in chosen)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
