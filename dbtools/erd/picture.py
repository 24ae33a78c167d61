"""A picture of a schema, or of one of its domains: drawn by Graphviz from what ``dot`` writes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile

from dbtools.erd.assign import chosen
from dbtools.erd.atlas import atlas
from dbtools.erd.settings import Pages
from dbtools.erd.whole import TITLE
from dbtools.errors import MissingExtra
from dbtools.model.report import Report
from dbtools.model.schema import Schema


def picture(schema: Schema, pages: Pages, form: str) -> tuple[Report, str | bytes]:
    """What was found, and the picture as ``dot``, ``svg`` or ``png``: of all, or of what *pages* says alone."""
    book, findings = atlas(schema, pages)
    shown = chosen(book.chapters, pages.only)
    require_pictures()
    from dbtools.erd.dot import dot

    text = dot(book, ", ".join(made.title for made in shown) if pages.only else TITLE, shown)
    report = Report("erd", f"a picture of {sum(len(made.tables) for made in shown)} tables", findings)
    if form == "dot":
        return report, text
    made = drawn(text, form)
    return report, made if form == "png" else made.decode("utf-8")


def require_pictures() -> None:
    """MissingExtra where what draws is not installed."""
    try:
        import eralchemy2  # noqa: F401 - also whether it can be loaded
    except ImportError:
        raise MissingExtra("pictures", needed_for="drawing a picture") from None


def drawn(text: str, form: str) -> bytes:
    """The picture that the DOT *text* describes, as ``svg`` or ``png``."""
    from pygraphviz import AGraph

    graph = AGraph(string=text)
    try:
        with _without_word_of_fonts():
            made: bytes = graph.draw(format=form, prog="dot")
    finally:
        graph.close()
    return made


@contextmanager
def _without_word_of_fonts() -> Iterator[None]:
    """Keeps from stderr what a library of Graphviz thinks of this system's fonts; the rest is passed on."""
    with TemporaryFile() as said:
        stderr = os.dup(2)
        os.dup2(said.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(stderr, 2)
            said.seek(0)
            os.write(stderr, b"".join(line for line in said if not line.startswith(b"Fontconfig warning")))
            os.close(stderr)
