"""Which runner runs what of a folder.

Three steps, each on the files that the one before left: folders called after another database are put aside; a file
that only one runner has claims the folder it stands in (``CLAIMS``); each folder of what is left belongs to the first
runner that recognises a name or a text in it (``recognised``), and a plain one to none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module

from dbtools.sources.layouts import plain, updown
from dbtools.sources.layouts.layout import Layout, Part, Running, folder, name
from dbtools.sources.layouts.order import in_natural_order, natural
from dbtools.sources.layouts.signs import BREAKPOINT, FLYWAY, MARKERS, UP

Read = Callable[[Part, Running], Layout]
# A runner, the path of a file that only it has, and how many parts of that path lie below the runner's folder.
CLAIMS = (
    ("drizzle", re.compile(r"(?:^|/)meta/(?:_journal|\d+_snapshot)\.json\Z"), 2),
    ("sqitch", re.compile(r"(?:^|/)sqitch\.(?:plan|conf)\Z"), 1),
    ("prisma", re.compile(r"(?:^|/)migration_lock\.toml\Z"), 1),
    ("prisma", re.compile(r"(?:^|/)migration\.sql\Z"), 2),
    ("diesel", re.compile(r"(?:^|/)\d[^/]*/(?:up|down)\.sql\Z"), 2),
)


def reader(runner: str) -> Read:
    """What reads the folders of *runner*."""
    if runner == "supabase":
        return plain.read_supabase
    if runner == "sql":
        return plain.read
    if runner == "up and down":
        return updown.read
    if runner in {"drizzle", "sqitch", "prisma", "diesel", "flyway"}:
        read: Read = import_module(f"dbtools.sources.layouts.{runner}").read
        return read
    from dbtools.sources.layouts import divided

    return next(divided.reader(each) for each in divided.DIVIDERS if each.runner == runner)


def parts(files: Mapping[str, str]) -> Iterator[Part]:
    """*files* divided among their runners, in the order of their folders."""
    claimed = _claimed(files)
    owned: dict[str | None, dict[str, str]] = {}
    for path, text in files.items():
        owned.setdefault(_owner(path, claimed), {})[path] = text
    for root in sorted(claimed, key=natural):
        yield Part(claimed[root], owned.get(root, {}), root)
    yield from _by_folder(owned.get(None, {}))


def joined(every: Iterable[Part]) -> list[Part]:
    """The parts of several folders; Flyway's versions run through all of them, so they become one."""
    found = list(every)
    flyways = [part for part in found if part.runner == "flyway"]
    if len(flyways) < 2:  # noqa: PLR2004 - one has nothing to be joined with
        return found
    files = {path: text for part in flyways for path, text in part.files.items()}
    first = next(at for at, part in enumerate(found) if part.runner == "flyway")
    rest = [part for part in found if part.runner != "flyway"]
    return [*rest[:first], Part("flyway", files, flyways[0].root), *rest[first:]]


def _claimed(files: Mapping[str, str]) -> dict[str, str]:
    """The folders that a file in them claims for its runner; the first of CLAIMS counts where two do."""
    found: dict[str, str] = {}
    for runner, claim, above in CLAIMS:
        for path in files:
            if claim.search(path):
                found.setdefault("/".join(path.split("/")[:-above]), runner)
    return {root: runner for root, runner in found.items() if runner != "sqitch" or not _inside(root, found)}


def _inside(root: str, claimed: Mapping[str, str]) -> bool:
    """Whether a plan lies below the sqitch.conf that says where it is."""
    owner = _owner(root, claimed) if root else None
    return owner is not None and claimed[owner] == "sqitch"


def _owner(path: str, claimed: Mapping[str, str]) -> str | None:
    """The nearest claimed folder above *path*."""
    at = path
    while at:
        at = folder(at)
        if at in claimed:
            return at
    return None


def _by_folder(files: Mapping[str, str]) -> Iterator[Part]:
    """What no file claims, folder by folder; but Flyway, and nobody, take the files of all folders together."""
    found: dict[str, Part] = {}
    folders: dict[str, dict[str, str]] = {}
    for path, text in files.items():
        folders.setdefault(folder(path), {})[path] = text
    for root in in_natural_order(folders):
        inside = folders[root]
        runner = recognised(inside, root)
        key = runner if runner in {"flyway", "sql"} else root
        before = found.get(key, Part(runner, {}, root))
        found[key] = Part(runner, {**before.files, **inside}, before.root)
    yield from found.values()


def recognised(files: Mapping[str, str], root: str) -> str:
    """The runner of one folder's files, by their names and, where these say nothing, by their texts."""
    names = [name(path) for path in files if path.endswith(".sql")]
    if any(FLYWAY.match(each) for each in names):
        return "flyway"
    if any(each.endswith(UP) for each in names):
        return "up and down"
    texts = [text for path, text in files.items() if path.endswith(".sql")]
    marked = next((found for text in texts if (found := marker_of(text))), None)
    if marked:
        return marked
    if any(BREAKPOINT in text for text in texts):
        return "drizzle"
    return "supabase" if root.endswith("supabase/migrations") else "sql"


def marker_of(text: str) -> str:
    """The runner whose marks *text* carries, or ""."""
    lowered = text.lower()
    if not any(each in lowered for each in MARKERS):
        return ""
    from dbtools.sources.layouts import divided

    divider = divided.divider_of(text)
    return divider.runner if divider is not None else ""
