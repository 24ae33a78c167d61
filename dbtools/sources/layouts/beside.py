"""What stands beside a file that is named alone, and which folder of migrations it belongs to."""

from __future__ import annotations

from collections.abc import Container, Iterator

from dbtools.sources.layouts import signs
from dbtools.sources.layouts.layout import below, folder, name

TWO_ABOVE = {signs.SCRIPT, signs.SNAPSHOT, signs.UP_SCRIPT, signs.DOWN_SCRIPT, signs.METADATA, name(signs.JOURNAL)}


def beside(path: str) -> Iterator[str]:
    """The files that may tell how the script at *path* runs, and back."""
    here, last = folder(path), name(path)
    above = folder(here)
    yield below(here, signs.JOURNAL)
    yield f"{path}{signs.CONFIGURATION}"
    if last == signs.SCRIPT:
        yield from (below(above, signs.LOCK), below(here, signs.SNAPSHOT))
    elif last == signs.UP_SCRIPT:
        yield from (below(here, signs.DOWN_SCRIPT), below(here, signs.METADATA))
    elif last.endswith(signs.UP):
        yield f"{path.removesuffix(signs.UP)}{signs.DOWN}"
    elif name(here) == "deploy":
        yield from (below(above, signs.PLAN), below(above, f"revert/{last}"))
        yield from (below(above, signs.SETTINGS), below(folder(above), signs.SETTINGS))


def root_of(path: str, around: Container[str]) -> str:
    """The folder of the migrations that *path* is one of, or says something about; *around* are files that exist."""
    here = folder(path)
    if name(path) in TWO_ABOVE:
        return folder(here)
    above = folder(here) if name(here) in {"deploy", "revert"} else here
    if below(above, signs.PLAN) not in around:
        return here
    return folder(above) if below(folder(above), signs.SETTINGS) in around else above
