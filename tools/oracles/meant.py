"""What a block of Mermaid is meant to show, read from its text line by line, and where a picture of it differs.

It knows the Mermaid that dbtools writes and takes it at its word: a name in quotes is one box with that name, whatever
Mermaid's own grammar makes of it. A line that it does not know is an error, not a guess.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

ENDS = {"||": "onlyOne", "|o": "zeroOrOne", "o|": "zeroOrOne", "}o": "zeroOrMore", "o{": "zeroOrMore"}
NAME, CLASSES = r'("[^"]*"|[\w.-]+)', r"(?::::([\w,]+))?"
ENTITY = re.compile(rf'{NAME}\s*(?:\["([^"]*)"\])?{CLASSES}\s*(\{{)?')
ROW = re.compile(r'(\S+) (\S+?)(?: ((?:PK|FK|UK)(?:, ?(?:PK|FK|UK))*))?(?: "([^"]*)")?')
RELATION = re.compile(rf'{NAME} (\S\S)(--|\.\.)(\S\S) {NAME} : "([^"]*)"')
NODE = re.compile(rf'(\w+)\["([^"]*)"\]{CLASSES}')
ARROW = re.compile(r"(\w+) -->(?:\|([^|]*)\|)? (\w+)")
SILENT = re.compile(r"accTitle: .*|accDescr: .*|direction (?:TB|BT|LR|RL)|classDef .*|%%.*|")
REFERENCE = re.compile(r"#(\d+);")


class UnknownLine(Exception):  # noqa: N818 - what was met, not a fault of this program
    """A line of Mermaid that is none of those that dbtools writes."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box: its label, its classes of style, and its rows of type, name, keys and note."""

    label: str
    classes: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line between the boxes with these labels; the kinds of its ends in Mermaid's words, empty for plain arrows."""

    parent: str
    child: str
    ends: tuple[str, str]
    dashed: bool
    label: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that a reader should find."""

    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def meant(text: str) -> Picture | None:
    """What the block should show; None for a kind of diagram that dbtools does not write."""
    head, *lines = [line.strip() for line in text.strip().splitlines()]
    if head == "erDiagram":
        return _entities(lines)
    return _flowchart(lines) if head.startswith("flowchart ") else None


def differences(wanted: Picture, seen: Picture) -> Iterator[str]:
    """Where *seen* is not what was *wanted*, in one sentence each."""
    yield from _several("box", Counter(map(_named, wanted.boxes)), Counter(map(_named, seen.boxes)))
    rows = Counter((box.label, row) for box in wanted.boxes for row in box.rows)
    yield from _several("row", rows, Counter((box.label, row) for box in seen.boxes for row in box.rows))
    yield from _several("line", Counter(wanted.lines), Counter(seen.lines))


def _several(what: str, wanted: Counter[object], seen: Counter[object]) -> Iterator[str]:
    yield from (f"{what} missing: {each}" for each in (wanted - seen).elements())
    yield from (f"{what} that nobody asked for: {each}" for each in (seen - wanted).elements())


def _named(box: Box) -> object:
    return box.label, box.classes


def shown(text: str) -> str:
    """*text* of a label as the reader sees it."""
    return " ".join(REFERENCE.sub(lambda found: chr(int(found[1])), text).split())


def _entities(lines: list[str]) -> Picture:
    labels: dict[str, str] = {}
    boxes: dict[str, tuple[tuple[str, ...], list[tuple[str, ...]]]] = {}
    relations: list[tuple[str, ...]] = []
    inside: list[tuple[str, ...]] | None = None
    for line in lines:
        if inside is not None:
            inside = None if line == "}" else [*inside, _row(line)]
            if inside:
                boxes[list(boxes)[-1]][1].append(inside[-1])
        elif SILENT.fullmatch(line):
            continue
        elif found := RELATION.fullmatch(line):
            relations.append(found.groups())
        elif found := ENTITY.fullmatch(line):
            name = found[1].strip('"')
            labels[name] = shown(found[2] if found[2] is not None else name)
            boxes[name] = (tuple(sorted((found[3] or "").split(","))) if found[3] else (), [])
            inside = [] if found[4] else None
        else:
            raise UnknownLine(line)
    made = tuple(Box(labels[name], classes, tuple(rows)) for name, (classes, rows) in boxes.items())
    return Picture(made, tuple(_relation(found, labels) for found in relations))


def _row(line: str) -> tuple[str, ...]:
    found = ROW.fullmatch(line)
    if found is None:
        raise UnknownLine(line)
    kind, name, keys, note = (each or "" for each in found.groups())
    return kind, name, keys.replace(" ", ""), shown(note)


def _relation(found: tuple[str, ...], labels: dict[str, str]) -> Line:
    parent, start, stroke, end, child, label = found
    ends = [labels.get(name.strip('"')) for name in (parent, child)]
    one, other = (
        each if each is not None else f"{name}, which has no box"
        for each, name in zip(ends, (parent, child), strict=True)
    )
    return Line(one, other, (ENDS[start], ENDS[end]), stroke == "..", shown(label))


def _flowchart(lines: list[str]) -> Picture:
    labels: dict[str, Box] = {}
    arrows: list[Line] = []
    for line in lines:
        if found := NODE.fullmatch(line):
            labels[found[1]] = Box(shown(found[2]), tuple((found[3] or "").split(",")) if found[3] else (), ())
        elif found := ARROW.fullmatch(line):
            ends = labels[found[1]].label, labels[found[3]].label
            arrows.append(Line(*ends, ("", ""), dashed=False, label=shown(found[2] or "")))
        elif not SILENT.fullmatch(line):
            raise UnknownLine(line)
    return Picture(tuple(labels.values()), tuple(arrows))
