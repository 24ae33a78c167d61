"""Markdown that GitHub shows as it was meant: inline text, code, links, table rows, anchors.

Every function is total: whatever a name, a comment or an expression contains, it stays text, stays
on one line and stays in its table cell. Markup is taken away with character references, which no
Markdown construct (table, code, emphasis, raw HTML) can undo.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from unicodedata import category

_BLANK = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
_MARKUP = re.compile(r"[\\`*\[\]<>|~&$#]|(?<![^\W_])_|_(?![^\W_])")
_BLOCK_START = re.compile(r"^[-+=]|(?<=^\d)[.)]|(?<=^\d\d)[.)]")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(.*?)[ \t#]*$")


def plain(text: str) -> str:
    """*text* on one line: white space, control and direction characters become single blanks."""
    if text.isprintable() and " " not in text:
        return text  # as nearly every name
    return _BLANK.sub(" ", text).strip()


def visible(text: str) -> str:
    """*text* on one line, with a word for a name that is nothing but blanks."""
    return plain(text) or "(blank)"


def inline(text: str) -> str:
    """*text* as literal inline Markdown; never empty, so that a heading or link stays one."""
    return text if text.isalnum() else _MARKUP.sub(_reference, visible(text))


def optional(text: str | None) -> str:
    """*text* as literal inline Markdown, empty where there is nothing to say."""
    return inline(text) if text and plain(text) else ""


def paragraph(text: str | None) -> str:
    """*text* as a paragraph of its own, which no list or underline can start; empty where there is nothing to say."""
    return _BLOCK_START.sub(_reference, optional(text))


def code(text: str) -> str:
    """*text* in the fixed-width font."""
    shown = plain(text)
    if shown and not {"`", "|"} & set(shown):
        return f"`{shown}`"
    return f"<code>{''.join(c if c.isalnum() or c == ' ' else f'&#{ord(c)};' for c in shown)}</code>"


def codes(texts: Iterable[str]) -> str:
    """Several codes, separated by commas."""
    return ", ".join(map(code, texts))


def row(cells: Iterable[str]) -> str:
    """One line of a table, from cells that are Markdown already."""
    return f"| {' | '.join(cells)} |"


def table(header: tuple[str, ...], rows: Iterable[Iterable[str]], *, always: int = 1) -> list[str]:
    """The lines of a table; of its columns the first *always* ones, and those in which something stands."""
    cells = [tuple(each) for each in rows]
    shown = [place for place in range(len(header)) if place < always or any(each[place] for each in cells)]
    lines = [tuple(each[place] for place in shown) for each in (header, *cells)]
    return [row(lines[0]), f"|{' --- |' * len(shown)}", *map(row, lines[1:])]


def anchors(headings: Iterable[str]) -> Iterator[str]:
    """GitHub's anchor of each heading of one page, in the order of the page.

    Lower-case, blanks to dashes, punctuation removed, repetitions numbered (github-slugger 2.0).
    """
    seen: dict[str, int] = {}
    for heading in headings:
        base = anchor = "".join(_anchor_letter(letter) for letter in plain(heading).lower())
        while anchor in seen:
            seen[base] += 1
            anchor = f"{base}-{seen[base]}"
        seen[anchor] = 0
        yield anchor


def headings(text: str) -> Iterator[str]:
    """The texts of the ``#`` headings of hand-written Markdown, code blocks left out."""
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            closed = mark and mark[1].startswith(fence) and not line[mark.end() :].strip()
            fence = "" if closed else fence
        elif mark:
            fence = mark[1]
        elif found := _HEADING.match(line):
            yield found[1]


def _reference(found: re.Match[str]) -> str:
    return f"&#{ord(found[0])};"


def _anchor_letter(letter: str) -> str:
    if letter == " ":
        return "-"
    kind = category(letter)
    return letter if letter == "-" or kind[0] in "LM" or kind in {"Nd", "Pc"} else ""
