"""What people wrote into a generated page, found again so that it survives.

Hand-written text stands between ``<!-- dbtools:keep NAME -->`` and ``<!-- /dbtools:keep -->``, each
on a line of its own. A page whose markers do not pair up is never rewritten: nobody can tell which
of its lines were written by hand. Nor is one with half of a merge in such a block. What stands below the
last block was written by hand, since nothing is generated there, and moves into it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

KEEPS = ("intro", "notes")
_BEGIN = re.compile(r"\s*<!--\s*dbtools:keep\s+(\S+)\s*-->\s*")
_END = re.compile(r"\s*<!--\s*/dbtools:keep\s*-->\s*")
_ALMOST = re.compile(r"<!--\s*(?:/\s*)?dbtools:keep")
_CONFLICT = re.compile(r"(?:<{7}|>{7})(?: .*)?")
_RESOLVE = "keep what you want of the two sides and take the lines <<<<<<<, ======= and >>>>>>> out"
_FENCE = re.compile(r" {0,3}(?:`{3,}|~{3,})")
_GENERATED = "<!-- dbtools:erd"
_FIRST_LINE = re.compile(rf"\ufeff?(?:<{{7}}(?: [^\n]*)?\r?\n)?{_GENERATED}\b")


class Broken(NamedTuple):
    """A marker that cannot be followed: the line it stands on, 1-based, why, and what to do."""

    line: int
    why: str
    hint: str = "write <!-- dbtools:keep NAME --> and <!-- /dbtools:keep --> each on a line of its own, in pairs"


@dataclass(frozen=True, slots=True)
class Kept:
    """The hand-written blocks of one page by name, what is wrong with their markers, what stands ``below`` the last."""

    blocks: Mapping[str, str] = field(default_factory=dict)
    broken: tuple[Broken, ...] = ()
    below: str = ""

    @property
    def text(self) -> str:
        """Everything hand-written, to tell whether there is any."""
        return "".join(self.blocks.values()).strip()


def first_line(subject: str) -> str:
    """The marker that says whose page this is."""
    return f"{_GENERATED} {subject}; generated, edit only inside keep blocks -->"


def is_generated(page: str) -> bool:
    """Whether *page* is one of ours to rewrite or remove."""
    return bool(_FIRST_LINE.match(page))


def keep(name: str, blocks: Mapping[str, str]) -> list[str]:
    """The lines of the block called *name*, with its markers."""
    inside = blocks.get(name, "")
    return [f"<!-- dbtools:keep {name} -->", *([inside] if inside else []), "<!-- /dbtools:keep -->"]


class _Block:
    """The lines of the block called *name*, or those that follow it."""

    def __init__(self, name: str, since: int) -> None:
        self.name = name
        self.since = since
        self.lines: list[str] = []
        self._fenced = self._torn = False

    @property
    def text(self) -> str:
        """What was written."""
        return "\n".join(self.lines)

    def add(self, line: str) -> bool:
        """Takes one line more; whether it is the first of a merge's marks, which may well be shown in a code block."""
        self.lines.append(line)
        self._fenced ^= bool(_FENCE.match(line))
        is_first = not self._torn and not self._fenced and bool(_CONFLICT.fullmatch(line))
        self._torn |= is_first
        return is_first


def kept(page: str) -> Kept:
    """The hand-written blocks of *page*, byte for byte but for line ends."""
    blocks: dict[str, str] = {}
    broken: list[Broken] = []
    block: _Block | None = None
    below = _Block("", 0)
    for number, line in enumerate(page.replace("\r\n", "\n").split("\n"), start=1):
        if begin := _BEGIN.fullmatch(line):
            around = f"{block.name!r} of line {block.since}" if block else ""
            broken.extend(_wrong_begin(begin[1], number, blocks, around))
            block = _Block(begin[1], number)
        elif _END.fullmatch(line):
            if block:
                blocks[block.name] = block.text
            else:
                broken.append(Broken(number, "this ends a keep block that never began"))
            below = _Block(block.name if block else "", number)
            block = None
        elif _ALMOST.search(line):
            broken.append(Broken(number, "this marker is not alone on its line, or has no name"))
        elif (block or below).add(line) and (block or number == 1 or below.name == KEEPS[-1]):
            broken.append(Broken(number, "a merge conflict is not resolved here", _RESOLVE))
    if block:
        broken.append(Broken(block.since, f"the keep block {block.name!r} never ends"))
    beneath = below.text.strip("\n") if below.name == KEEPS[-1] and below.text.strip() else ""
    return Kept(blocks, tuple(broken), beneath)


def kept_in(draw: Callable[[Mapping[str, str]], str], written: Kept) -> str:
    """What *draw* makes of the blocks, with what stands below the last of them in it.

    Unless that is what *draw* makes, too: then the block was moved up, and what follows it is ours.
    """
    page = draw(written.blocks)
    if not written.below or {line for line in written.below.split("\n") if line.strip()} & set(page.split("\n")):
        return page
    last = KEEPS[-1]
    return draw({**written.blocks, last: "\n".join(filter(None, (written.blocks[last], written.below)))})


def _wrong_begin(name: str, line: int, blocks: Mapping[str, str], around: str) -> list[Broken]:
    if around:
        return [Broken(line, f"the keep block {name!r} begins inside {around}")]
    if name not in KEEPS:
        return [Broken(line, f"a page has no keep block {name!r}, only {' and '.join(map(repr, KEEPS))}")]
    if name in blocks:
        return [Broken(line, f"the keep block {name!r} stands twice on this page")]
    return []
