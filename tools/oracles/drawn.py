"""Every block of Mermaid that is held against a browser: those that stand in files, and those of schemas drawn here.

The schemas are the torture schema, one with every legal name and type, and many at random, always the same ones. What a
block of these should show is known from the schema, so that its text is held against that as well.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from meant import Picture
from node import ROOT

# Its neighbours are called like packages.
sys.path = [str(ROOT), *(path for path in sys.path if Path(path or ".").resolve() != Path(__file__).parent)]

from dbtools.erd import DomainPages, Pages, erd  # noqa: E402
from dbtools.erd.atlas import atlas  # noqa: E402
from dbtools.erd.diagram import Diagram  # noqa: E402
from dbtools.erd.markdown import visible  # noqa: E402
from dbtools.erd.mermaid import LABEL, mermaid  # noqa: E402
from dbtools.erd.split import diagrams  # noqa: E402
from dbtools.model.expression import Name  # noqa: E402
from dbtools.model.schema import Schema  # noqa: E402
from tests.erd.names import every_name  # noqa: E402
from tests.erd.schemas import TORTURE, TORTURE_PAGES, schemas  # noqa: E402

RANDOM = 40
FENCE = re.compile(r"^( *)(`{3,}|~{3,}) *mermaid *\n(.*?)^ *\2 *$", re.MULTILINE | re.DOTALL)
HALF = Pages(domains=(DomainPages("half", ("*a*", "audit.pk")),), max_tables=3)


@dataclass(frozen=True, slots=True)
class Block:
    """One block and where it is from; ``diagram`` is what it was written from, where that is known."""

    where: str
    text: str
    diagram: Diagram | None = None


def blocks(files: Iterable[Path] = ()) -> list[Block]:
    """The blocks of *files*; without files, of every Markdown file of the repository and of every schema drawn here."""
    chosen = list(files)
    if chosen:
        return [block for path in chosen for block in standing(path)]
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"]
    paths = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    found = [block for path in sorted(set(paths)) if (ROOT / path).is_file() for block in standing(ROOT / path)]
    return [*found, *drawn()]


def standing(path: Path) -> Iterator[Block]:
    """The blocks of one file, by line."""
    text = path.read_text("utf-8")
    shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    for found in FENCE.finditer(text):
        yield Block(f"{shown}:{text.count(chr(10), 0, found.start(3)) + 1}", found[3])


def drawn() -> Iterator[Block]:
    """The blocks of the schemas, drawn whole, by domain and in small pieces."""
    for name, schema in (("torture", TORTURE), ("every name", every_name())):
        for setting, pages in (("domains", TORTURE_PAGES), ("one page", Pages()), ("in pieces", Pages(max_tables=2))):
            yield from of(f"{name}, {setting}", schema, pages)
    for number, schema in enumerate(at_random(RANDOM)):
        yield from of(f"random {number}", schema, HALF if number % 2 else Pages())


def of(where: str, schema: Schema, pages: Pages) -> Iterator[Block]:
    """The blocks of all pages of one schema."""
    book, _ = atlas(schema, pages)
    known = {mermaid(each): each for made in book.chapters for each in diagrams(made, book, pages.max_tables)}
    for file in erd(schema, pages, {}).files:
        for number, found in enumerate(FENCE.finditer(file.content or ""), start=1):
            yield Block(f"{where}, {Path(file.path).name} block {number}", found[3], known.get(found[3].rstrip("\n")))


def at_random(number: int) -> list[Schema]:
    """The same *number* of schemas every time."""
    found: list[Schema] = []

    @settings(
        max_examples=number, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(schemas())
    def collect(schema: Schema) -> None:
        found.append(schema)

    collect()
    return found


def unsaid(diagram: Diagram, said: Picture) -> Iterator[str]:
    """Where the text of a block says something else than the diagram that it was written from."""
    homes = [*(box.name for box in diagram.boxes), *diagram.mirrored, *(ghost.name for ghost in diagram.ghosts)]
    labels = Counter(box.label.partition(" ↗ ")[0] if "ghost" in box.classes else box.label for box in said.boxes)
    if labels != (wanted := Counter(map(_label, homes))):
        yield f"the text has other boxes than the schema: {(labels - wanted, wanted - labels)}"
    rows = sum(len(box.rows) + (box.hidden > 0) for box in diagram.boxes)
    if rows != (told := sum(len(box.rows) for box in said.boxes)):
        yield f"the text has {told} rows, the schema {rows}"
    keys = Counter((_label(line.parent), _label(line.child), line.optional, line.single) for line in diagram.lines)
    ends = Counter(
        (line.parent.partition(" ↗ ")[0], line.child, line.ends[0] != "onlyOne", line.ends[1] != "zeroOrMore")
        for line in said.lines
    )
    if keys != ends:
        yield f"the text has other lines than the schema: {(ends - keys, keys - ends)}"


def _label(name: Name) -> str:
    label = visible(str(name)).replace("ﬂ", "fl").replace("¶ß", "¶ ß")
    return label if len(label) <= 2 * LABEL else label[: 2 * LABEL - 1].rstrip() + "…"
