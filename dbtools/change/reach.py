"""The files of a source, and beyond them those that they refer to: read when somebody asks for them by their path."""

from __future__ import annotations

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

    def _found(self, path: str) -> str | None:
        data = None if path.startswith("../") else self._tree.files(path).get(path)
        return None if data is None else data.decode("utf-8-sig", "replace")
