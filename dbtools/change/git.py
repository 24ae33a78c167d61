"""The only place that knows git: the files of a revision, of the index, of the working tree."""

from __future__ import annotations

import os
import posixpath
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from hashlib import sha1, sha256
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from dbtools.errors import GitError, SourceError

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dbtools.model.value import dataclass


SHA1 = 40  # characters


class Tree(Protocol):
    """Files as they are at one moment."""

    def files(self, where: str) -> dict[str, bytes]:
        """The file at *where*, or all files below it, by path relative to the root; empty when there is none."""

    def beside(self, folder: str, suffix: str) -> dict[str, bytes]:
        """The files in *folder* itself whose names end with *suffix*."""


@dataclass(frozen=True, slots=True)
class WorkingTree:
    """What lies on disk below *root*, whether git knows it or not."""

    root: Path

    def files(self, where: str) -> dict[str, bytes]:
        """Regular files only: a folder may be called ``x.sql``."""
        start = self.root / where
        shown = _relative(start, self.root)
        try:
            if not start.is_dir():
                return {shown: start.read_bytes()} if start.is_file() else {}
            below = "" if shown == "." else f"{shown.rstrip('/')}/"
            return {f"{below}{path}": _content(start, path) for path in sorted(_below(str(start)))}
        except OSError as error:
            message = f"{where} cannot be read: {error.strerror}"
            raise SourceError(message, hint="check the path and its permissions") from error

    def beside(self, folder: str, suffix: str) -> dict[str, bytes]:
        """Regular files only."""
        start = self.root / folder
        names = sorted(start.glob(f"*{suffix}")) if start.is_dir() else []
        return {_relative(path, self.root): path.read_bytes() for path in names if path.is_file()}


@dataclass(frozen=True, slots=True)
class Revision:
    """The files of a commit; ``name`` is empty for the index, that is what is staged."""

    root: Path
    name: str

    def files(self, where: str, known: Iterable[bytes] = ()) -> dict[str, bytes]:
        """One ``git ls-tree`` and one ``git cat-file`` however many files there are.

        Git is not asked for *known* contents, such as those of the working tree: most files are there as they were.
        """
        blobs = self.names(where)
        contents = {blob_name(data, next(iter(blobs.values()))): data for data in known} if blobs else {}
        missing = [blob for blob in dict.fromkeys(blobs.values()) if blob not in contents]
        contents.update(zip(missing, _contents(self.root, missing), strict=True))
        return {path: contents[blob] for path, blob in blobs.items()}

    def names(self, where: str) -> dict[str, str]:
        """What git calls the content of each file."""
        top = _prefix(self.root)
        return self._blobs(top, self._listed(_inside(top, where)))

    def beside(self, folder: str, suffix: str) -> dict[str, bytes]:
        """The same for one folder."""
        top = _prefix(self.root)
        full = _inside(top, folder)
        listed = self._listed("." if full == "." else f"{full}/", deep=False)
        blobs = self._blobs(top, (entry for entry in listed if entry.endswith(suffix)))
        return dict(zip(blobs, _contents(self.root, list(blobs.values())), strict=True))

    def _blobs(self, top: str, entries: Iterable[str]) -> dict[str, str]:
        blobs: dict[str, str] = {}
        for entry in entries:
            meta, path = entry.split("\t", 1)
            mode, *rest = meta.split()
            if mode.startswith("100"):
                blobs[posixpath.relpath(path, top or ".")] = rest[1] if self.name else rest[0]
        return blobs

    def _listed(self, full: str, *, deep: bool = True) -> list[str]:
        """What git lists at a path from the top of the repository; not *deep*, what is in that folder itself."""
        if self.name:
            inside = ("-r", "-z") if deep else ("-z",)
            listed = _git(self.root, "ls-tree", *inside, "--full-tree", self.name, "--", full)
        elif not deep:
            directly = f":(top,glob){'' if full == '.' else _escaped(full)}*"
            listed = _git(self.root, "ls-files", "-s", "-z", "--full-name", "--", directly)
        else:
            literally = f":(top,literal){'' if full == '.' else full}"
            listed = _git(self.root, "ls-files", "-s", "-z", "--full-name", "--", literally)
        return [entry for entry in listed.decode("utf-8", "surrogateescape").split("\0") if entry]


def blob_name(data: bytes, like: str) -> str:
    """What git calls this content, where it calls another one *like*: some repositories have longer names."""
    algorithm = sha1 if len(like) == SHA1 else sha256
    return algorithm(b"blob %d\0%b" % (len(data), data), usedforsecurity=False).hexdigest()


def _inside(top: str, where: str) -> str:
    """*where* from the top of the repository."""
    full = posixpath.normpath(posixpath.join(top, where))
    if full.startswith("../"):
        hint = "keep it inside the repository, or give it as an argument"
        raise GitError(f"{where} lies outside of the repository", hint=hint)
    return full


def _escaped(path: str) -> str:
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in path)


def _below(folder: str, inside: str = "") -> Iterator[str]:
    """The regular files of a folder and, unless a link leads there, of the folders in it; by path, in no order.

    Links to files count, links to folders do not: they could lead round in a circle, or out of the repository.
    """
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name != ".git":
                    yield from _below(entry.path, f"{inside}{entry.name}/")
            elif _is_file(entry):
                yield f"{inside}{entry.name}"


def _is_file(entry: os.DirEntry[str]) -> bool:
    with suppress(OSError):  # a link to itself
        return entry.is_file()
    return False


def _content(folder: Path, path: str) -> bytes:
    # A history may have thousands of files: a Path, a buffer and a question for the terminal cost more than reading.
    with open(f"{folder}/{path}", "rb", buffering=0) as file:  # noqa: PTH123
        return file.read()


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


@lru_cache(maxsize=8)
def _prefix(root: Path) -> str:
    """Where *root* lies below the top of its repository: empty, or ``a/b/``."""
    return _git(root, "rev-parse", "--show-prefix").decode().strip()


def _contents(root: Path, blobs: list[str]) -> Iterator[bytes]:
    if not blobs:
        return
    output = _git(root, "cat-file", "--batch", stdin="\n".join(blobs).encode() + b"\n")
    at = 0
    for _ in blobs:
        end = output.index(b"\n", at)
        size = int(output[at:end].split()[-1])
        yield output[end + 1 : end + 1 + size]
        at = end + 1 + size + 1


def commit(root: Path, revision: str) -> str:
    """The full name of the commit that *revision* means."""
    try:
        return _git(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").decode().strip()
    except GitError as error:
        if not _is_repository(root):
            raise
        hint = (
            "name a branch, tag or commit that exists here; in CI fetch it first (actions/checkout with fetch-depth: 0)"
        )
        raise GitError(f"there is no revision {revision}", hint=hint) from error


def merge_base(root: Path, revision: str) -> str:
    """The commit where *revision* and HEAD parted."""
    there = commit(root, revision)
    try:
        return _git(root, "merge-base", there, "HEAD").decode().strip()
    except GitError as error:
        hint = "fetch the whole history (actions/checkout with fetch-depth: 0), or name a revision that HEAD comes from"
        raise GitError(f"{revision} and HEAD have no commit in common", hint=hint) from error


def parent(root: Path, revision: str) -> str | None:
    """The first parent of a commit, None for the first commit of all."""
    header = _git(root, "cat-file", "commit", revision).partition(b"\n\n")[0].decode("utf-8", "replace")
    parents = [line.removeprefix("parent ") for line in header.splitlines() if line.startswith("parent ")]
    return commit(root, parents[0]) if parents else None


def last_commit(root: Path) -> str | None:
    """The commit that is checked out, None before the first."""
    try:
        return commit(root, "HEAD")
    except GitError:
        _git(root, "rev-parse", "--git-dir")  # where there is no repository, that is what is wrong
        return None


def short(revision: str) -> str:
    """A commit's name as people write it."""
    return revision[:10]


def _is_repository(root: Path) -> bool:
    try:
        _git(root, "rev-parse", "--git-dir")
    except GitError:
        return False
    return True


def _git(root: Path, *arguments: str, stdin: bytes | None = None) -> bytes:
    try:
        done = subprocess.run(["git", *arguments], cwd=root, input=stdin, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise GitError("git is not installed", hint="install git, or give the files to judge as arguments") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        reason = said[0].removeprefix("fatal: ") if said else f"git {arguments[0]} failed"
        hint = "run it inside a git repository, or use --all, which needs none"
        raise GitError(f"{root}: {reason}", hint=hint)
    return done.stdout
