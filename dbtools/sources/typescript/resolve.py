"""Which file an import means: relative, or by ``paths`` and ``baseUrl`` of tsconfig.json; packages are left alone."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from dbtools.sources.typescript.files import SUFFIXES, Read

WRITTEN_FOR = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}
CONFIGS = ("tsconfig.json", "jsconfig.json")
COMMENTS = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
TRAILING = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[\]}])')
# Packages that no alias means: they are not looked for on disk.
PACKAGES = ("drizzle-orm", "drizzle-kit", "kysely", "node:")
DEEPEST = 16  # configurations that extend each other


class Aliases(NamedTuple):
    """What a tsconfig.json says of imports that are not relative."""

    base: str | None = None
    paths: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Resolver:
    """Imports of one project, whose files *read* knows."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._aliases: dict[str, Aliases] = {}

    def find(self, importer: str, specifier: str) -> str | None:
        """The path of the module that *specifier* means in *importer*; None where it is none of the project's."""
        if specifier.startswith(PACKAGES):
            return None
        for base in self._bases(importer, specifier):
            top = posixpath.normpath(base)
            for path in candidates("" if top == "." else top):
                if self._read(path) is not None:
                    return path
        return None

    def is_local(self, importer: str, specifier: str) -> bool:
        """Whether *specifier* means a file of the project by how it is written, there or not."""
        if specifier.startswith((".", "/")):
            return True
        return not specifier.startswith(PACKAGES) and any(
            _matched(pattern, specifier) is not None
            for pattern, _ in self._aliases_of(posixpath.dirname(importer)).paths
            if pattern != "*"
        )

    def _bases(self, importer: str, specifier: str) -> Iterator[str]:
        folder = posixpath.dirname(importer)
        if specifier.startswith((".", "/")):
            yield posixpath.join(folder, specifier)
            return
        aliases = self._aliases_of(folder)
        exact_first = sorted(aliases.paths, key=lambda item: -len(item[0].partition("*")[0]))
        for pattern, targets in exact_first:
            star = _matched(pattern, specifier)
            if star is not None:
                yield from (target.replace("*", star, 1) for target in targets)
        if aliases.base is not None:
            yield posixpath.join(aliases.base, specifier)

    def _aliases_of(self, folder: str) -> Aliases:
        """The aliases of the nearest tsconfig.json in *folder* or above it."""
        if folder not in self._aliases:
            self._aliases[folder] = self._nearest(folder)
        return self._aliases[folder]

    def _nearest(self, folder: str) -> Aliases:
        for name in CONFIGS:
            path = posixpath.join(folder, name)
            if self._read(path) is not None:
                return self._configured(path, DEEPEST)
        above = posixpath.dirname(folder)
        return Aliases() if above == folder else self._aliases_of(above)

    def _configured(self, path: str, depth: int) -> Aliases:
        said = _json(self._read(path) or "")
        folder = posixpath.dirname(path)
        found = Aliases()
        extended = said.get("extends", [])
        for each in [extended] if isinstance(extended, str) else extended:
            if depth and isinstance(each, str) and each.startswith((".", "/")):
                above = self._configured(self._config_path(folder, each), depth - 1)
                found = Aliases(above.base or found.base, above.paths or found.paths)
        return _own(said.get("compilerOptions"), folder, found)

    def _config_path(self, folder: str, extended: str) -> str:
        path = posixpath.normpath(posixpath.join(folder, extended))
        return path if path.endswith(".json") or self._read(path) is not None else f"{path}.json"


def candidates(base: str) -> Iterator[str]:
    """The files that an import of *base* may mean, the likeliest first: ``.js`` is written for a ``.ts``, too."""
    stem, suffix = posixpath.splitext(base)
    yield from (stem + other for other in WRITTEN_FOR.get(suffix, ()))
    if suffix in SUFFIXES:
        yield base
    yield from (base + other for other in SUFFIXES)
    yield f"{base}.d.ts"
    yield from (posixpath.join(base, f"index{other}") for other in SUFFIXES)


def _own(options: object, folder: str, inherited: Aliases) -> Aliases:
    if not isinstance(options, dict):
        return inherited
    base, paths = options.get("baseUrl"), options.get("paths")
    root = posixpath.normpath(posixpath.join(folder, base)) if isinstance(base, str) else inherited.base
    if not isinstance(paths, dict):
        return Aliases(root, inherited.paths)
    own = tuple(
        (pattern, tuple(posixpath.join(root or folder, target) for target in targets if isinstance(target, str)))
        for pattern, targets in paths.items()
        if isinstance(targets, list)
    )
    return Aliases(root, own)


def _matched(pattern: str, specifier: str) -> str | None:
    """What ``*`` of *pattern* stands for in *specifier*; None where they do not match."""
    before, star, after = pattern.partition("*")
    if not star:
        return "" if pattern == specifier else None
    fits = len(specifier) >= len(before) + len(after) and specifier.startswith(before) and specifier.endswith(after)
    return specifier[len(before) : len(specifier) - len(after)] if fits else None


def _json(text: str) -> dict[str, Any]:
    """What a configuration with comments and trailing commas says; nothing where it cannot be read."""
    import json

    plain = TRAILING.sub(lambda found: found[1] or "", COMMENTS.sub(lambda found: found[1] or "", text))
    try:
        said = json.loads(plain)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
