"""Mermaid text of a diagram, the same picture from Mermaid 11.6 to 12.

One entity is always quoted. Its identifier keeps letters and digits only; where that is not its
whole name, the name follows as an alias. What Mermaid would read as syntax, markup or a directive
is written as a character reference; what a column may not be called at all is respelled, with the
exact name beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from dbtools.erd.atlas import Reference
from dbtools.erd.diagram import Box, Diagram, Ghost, Row
from dbtools.erd.markdown import visible
from dbtools.erd.marks import Mark

LABEL = 48
# One number: Mermaid takes the blank out of "4 3".
GHOST = "  classDef ghost {}stroke:#8c959f,stroke-width:2px,stroke-dasharray:5"
# Strokes alone, in colours that stand out on white and on black; width and dashes tell them apart without any.
MARKS = {
    Mark.ADDED: "  classDef added stroke:#2da44e,stroke-width:3px",
    Mark.CHANGED: "  classDef changed stroke:#bf8700,stroke-width:2px",
    Mark.REMOVED: "  classDef removed stroke:#e5534b,stroke-width:3px,stroke-dasharray:8",
}

_SYNTAX = re.compile(
    r"[^\w .,()/?'\u0080-\U0010ffff-]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # emphasis
    r"|^-|(?<=^\d)[.)]|(?<=^\d\d)[.)]"  # lists
    r"|(?i:(?<=www)\.)"  # links
    r"|(?i:(?<=direction) (?=TB|BT|RL|LR))"  # swallows its line, even inside quotes
)
_NO_WORD = re.compile(r"[^0-9A-Za-z_\u00c0-\uffff-]|[^\w-]")
_MODIFIERS = re.compile(r"(\([\w ,.-]*\))?(\[\])*\Z")
_EMPHASIS = re.compile(r"(?<![^\W_])_.*_(?![^\W_])")
_OPENING = re.compile(r"(?<!\w)_+")
_UNDERSCORE = "\u02cd"  # a letter that looks like one
_KEYWORD = re.compile(r"(?i)^(pk|fk|uk)(?![0-9A-Za-z_])")


def mermaid(diagram: Diagram) -> str:
    """The ``erDiagram`` of *diagram*: boxes, ghosts, lines, style."""
    ghosts = [*diagram.ghosts, *(Ghost(name, "itself") for name in diagram.mirrored)]
    names = [*(box.name for box in diagram.boxes), *(ghost.name for ghost in ghosts)]
    ids = identifiers(map(str, names))
    own = dict(zip(reversed(names), reversed(ids), strict=True))
    mirror = dict(zip(names, ids, strict=True))  # of a name that stands twice, the second
    lines = ["erDiagram"]
    if title := _title(diagram.title):
        lines.append(f"  accTitle: {title}")
    if diagram.sideways or diagram.is_star or diagram.is_loose:
        lines.append("  direction LR")
    for box in diagram.boxes:
        lines.extend(_box(box, own[box.name]))
    lines.extend(_ghost(ghost, identifier) for ghost, identifier in zip(ghosts, ids[len(diagram.boxes) :], strict=True))
    for line in diagram.lines:
        parent = mirror if line.parent == line.child else own
        lines.append(_line(line, parent[line.parent], own[line.child]))
    occurring = {box.mark for box in diagram.boxes}
    styles = [style for mark, style in MARKS.items() if mark in occurring]
    # The end at a child reaches into its box, where its ground hides it.
    hollow = {ghost.name for ghost in diagram.ghosts}.isdisjoint(line.child for line in diagram.lines)
    styles += [GHOST.format("fill:none," if hollow else "")] if ghosts else []
    return "\n".join([*lines, *styles])


def quoted(text: str, *, limit: int) -> str:
    """*text* as a label, alias or comment that shows it literally, cut to *limit* characters."""
    # Mermaid's own stand-ins for references, which it would turn back into references.
    shown = visible(text).replace("\ufb02", "fl").replace("\u00b6\u00df", "\u00b6 \u00df")
    if len(shown) > limit:
        shown = shown[: limit - 1].rstrip() + "…"
    return f'"{_SYNTAX.sub(_reference, shown)}"'


def identifiers(names: Iterable[str]) -> list[str]:
    """A different identifier for every one of *names*, quotable as it stands."""
    given: list[str] = []
    taken: set[str] = set()
    for name in names:
        base = identifier = re.sub(r"[^\w.-]", "_", name) or "_"
        number = 2
        while identifier in taken:
            identifier, number = f"{base}_{number}", number + 1
        taken.add(identifier)
        given.append(identifier)
    return given


def _box(box: Box, identifier: str) -> list[str]:
    alias = quoted(box.mark.sign(visible(str(box.name))) + box.note, limit=LABEL * 2)
    entity = f'"{identifier}"' if alias == f'"{identifier}"' else f'"{identifier}"[{alias}]'
    entity += f":::{box.mark.name.lower()}" if box.mark in MARKS else ""
    rows = [_row(row) for row in box.rows]
    if box.hidden:
        rows.append(f"    … and-{box.hidden}-{'more' if rows else 'columns'}")
    return [f"  {entity} {{", *rows, "  }"] if rows else [f"  {entity}"]


def _ghost(ghost: Ghost, identifier: str) -> str:
    where = f" ↗ {ghost.where}" if ghost.where else ""
    alias = quoted(ghost.mark.sign(visible(str(ghost.name))) + where, limit=2 * LABEL)
    return f'  "{identifier}"[{alias}]:::ghost'


def _row(row: Row) -> str:
    kind, name = _literal(_type(str(row.type))), _literal(_word(row.name))
    notes = ([row.name] if name != row.name else []) + ([row.note] if row.note else [])
    notes += ["null"] if row.nullable else []
    comment = quoted(("; " if row.note else ", ").join(notes), limit=LABEL) if notes else ""
    return "    " + " ".join(filter(None, (kind, name, ", ".join(row.keys), comment)))


def _type(text: str) -> str:
    """Parentheses and brackets only where they cannot be read as a link."""
    name = _MODIFIERS.sub("", text)
    return _word(name) + re.sub("[ ,.]+", "-", text[len(name) :])


def _word(text: str) -> str:
    word = _NO_WORD.sub("_", text)
    word = word if word[:1].isalpha() or word[:1] == "_" else f"_{word}"
    return _KEYWORD.sub(r"\1_", word)


def _literal(word: str) -> str:
    """A *word* whose underscores are no emphasis; a row knows no references."""
    return _OPENING.sub(lambda found: _UNDERSCORE * len(found[0]), word) if _EMPHASIS.search(word) else word


def _line(reference: Reference, parent: str, child: str) -> str:
    one = "|o" if reference.optional else "||"
    many = "o|" if reference.single else "o{"
    stroke = "--" if reference.key.enforced and reference.mark is not Mark.REMOVED else ".."
    label = quoted(reference.mark.sign(", ".join(reference.key.columns)) + reference.note, limit=LABEL)
    return f'  "{parent}" {one}{stroke}{many} "{child}" : {label}'


def _title(text: str) -> str:
    """Mermaid takes a title as it is, so only words are left; none where they would be read as a directive."""
    words = " ".join(re.findall(r"[^\W_]+", text))[: 2 * LABEL]
    return "" if "direction" in words.lower() else words


def _reference(found: re.Match[str]) -> str:
    return f"#{ord(found[0])};"
