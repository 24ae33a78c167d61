"""The files of a source, and beyond them those that they refer to: read when somebody asks for them by their path."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

from dbtools.change.git import Tree


class Reach(Mapping[str, str]):
    """Path to text. What is iterated over are the files of the source; ``get`` finds every file of the tree."""

    def __init__(self, files: Mapping[str, str], tree: Tree) -> None:
        self._files = files
        self._tree = tree
        self._others: dict[str, str | None] = {}

    def __getitem__(self, path: str) -> str:
        if path in self._files:
            return self._files[path]
        if path not in self._others:
            self._others[path] = self._found(path)
        text = self._others[path]
        if text is None:
            raise KeyError(path)
        return text

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def near(self, where: str, suffix: str, above: int) -> Iterator[str]:
        """The files in the folder of *where*, and in as many folders *above* it as are asked for."""
        folder = posixpath.dirname(where) if where in self._files else where.rstrip("/")
        for _ in range(above + 1):
            for data in self._tree.beside(folder or ".", suffix).values():
                yield data.decode("utf-8-sig", "replace")
            if folder in ("", "."):
                return
            folder = posixpath.dirname(folder)

    def _found(self, path: str) -> str | None:
        data = None if path.startswith("../") else self._tree.files(path).get(path)
        return None if data is None else data.decode("utf-8-sig", "replace")
