"""What people wrote into a generated page, found again so that it survives.

Hand-written text stands between ``<!-- dbtools:keep NAME -->`` and ``<!-- /dbtools:keep -->``, each
on a line of its own. A page whose markers do not pair up is never rewritten: nobody can tell which
of its lines were written by hand. Nor is one with half of a merge in such a block. What stands below
the last block was written by hand for certain, since nothing is generated there: it moves into it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
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
    """The hand-written blocks of one page by name, and what is wrong with their markers."""

    blocks: Mapping[str, str] = field(default_factory=dict)
    broken: tuple[Broken, ...] = ()

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


def kept(page: str) -> Kept:
    """The hand-written blocks of *page*, byte for byte but for line ends."""
    blocks: dict[str, str] = {}
    broken: list[Broken] = []
    name, since, inside, fenced, torn = "", 0, list[str](), False, False
    lines = page.replace("\r\n", "\n").split("\n")
    for number, line in enumerate(lines, start=1):
        if begin := _BEGIN.fullmatch(line):
            broken.extend(_wrong_begin(begin[1], number, blocks, f"{name!r} of line {since}" if name else ""))
            name, since, inside, fenced, torn = begin[1], number, [], False, False
        elif _END.fullmatch(line):
            if name:
                blocks[name] = "\n".join(inside)
            else:
                broken.append(Broken(number, "this ends a keep block that never began"))
            name = ""
        elif _ALMOST.search(line):
            broken.append(Broken(number, "this marker is not alone on its line, or has no name"))
        elif (name or number == 1) and _CONFLICT.fullmatch(line) and not fenced:
            broken.extend([] if torn else [Broken(number, "a merge conflict is not resolved here", _RESOLVE)])
            torn = True
        elif name:
            inside.append(line)
            fenced ^= bool(_FENCE.match(line))
    if name:
        broken.append(Broken(since, f"the keep block {name!r} never ends"))
    below = _below(lines)
    if below and not broken:
        blocks[KEEPS[-1]] = "\n".join(filter(None, (blocks.get(KEEPS[-1]), below)))
    return Kept(blocks, tuple(broken))


def _below(lines: list[str]) -> str:
    """What stands below the last block of a whole page."""
    ends = [number for number, line in enumerate(lines) if _END.fullmatch(line)]
    begins = [found[1] for line in lines if (found := _BEGIN.fullmatch(line))]
    below = "\n".join(lines[ends[-1] + 1 :]).strip("\n") if ends and begins[-1:] == [KEEPS[-1]] else ""
    return below if below.strip() else ""


def _wrong_begin(name: str, line: int, blocks: Mapping[str, str], around: str) -> list[Broken]:
    if around:
        return [Broken(line, f"the keep block {name!r} begins inside {around}")]
    if name not in KEEPS:
        return [Broken(line, f"a page has no keep block {name!r}, only {' and '.join(map(repr, KEEPS))}")]
    if name in blocks:
        return [Broken(line, f"the keep block {name!r} stands twice on this page")]
    return []
