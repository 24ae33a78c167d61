"""Where every table is explained, as links between the pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from dbtools.erd.assign import Chapter
from dbtools.erd.atlas import Atlas, Reference
from dbtools.erd.keep import Kept
from dbtools.erd.markdown import anchors, headings, inline, visible
from dbtools.model.expression import Name

DIAGRAM, REFERENCES, TABLES = "Diagram", "Links to other domains", "Tables"


@dataclass(frozen=True, slots=True)
class Links:
    """The anchor of every drawn table, and the drawn table of every name."""

    atlas: Atlas
    anchor: Mapping[Name, str]

    def table(self, name: Name, here: Chapter | None = None) -> str:
        """The table called *name*, linked as seen from the page *here*; a partition leads to its table."""
        drawn = self.atlas.root.get(name)
        if drawn is None:
            return inline(str(name))
        home = self.atlas.home[drawn]
        page = "" if home is here else quote(home.file)
        return f"[{inline(str(name))}]({page}#{self.anchor[drawn]})"

    def chapter_of(self, name: Name) -> str:
        """The page that *name* stands on."""
        drawn = self.atlas.root.get(name)
        return chapter(self.atlas.home[drawn]) if drawn else "not in this schema"


def chapter(linked: Chapter) -> str:
    """A link to a page."""
    return f"[{inline(linked.title)}]({quote(linked.file)})"


def links(atlas: Atlas, written: Mapping[str, Kept]) -> Links:
    """The links between all pages; *written* are the hand-written blocks by file, whose headings count too."""
    found = {name: anchor for made in atlas.chapters for name, anchor in _page(made, atlas, written)}
    return Links(atlas, found)


def crossing(here: Chapter, atlas: Atlas) -> tuple[list[Reference], list[Reference]]:
    """The references that leave the page *here*, and those that come from other pages."""
    names = [shown.name for shown in here.tables]
    out = [ref for name in names for ref in atlas.outgoing.get(name, ()) if atlas.leaves(ref)]
    return out, [ref for name in names for ref in atlas.incoming.get(name, ()) if atlas.leaves(ref)]


def _page(made: Chapter, atlas: Atlas, written: Mapping[str, Kept]) -> list[tuple[Name, str]]:
    intro = written[made.file].blocks.get("intro", "") if made.file in written else ""
    names = [table.name for table in made.tables]
    before = [made.title, *headings(intro), DIAGRAM, *([REFERENCES] if any(crossing(made, atlas)) else []), TABLES]
    found = list(anchors([*before, *(visible(str(name)) for name in names)]))
    return list(zip(names, found[len(before) :], strict=True))
