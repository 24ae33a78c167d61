"""Files that a command makes: compared with the disk, or written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from dbtools.errors import UsageError
from dbtools.model.finding import Finding, Location, Severity
from dbtools.model.report import File, Report, TextSection


def outdated(files: Iterable[File], root: Path) -> tuple[File, ...]:
    """Those that are not on the disk as they should be; paths are relative to *root*."""
    return tuple(file for file in files if _bytes_of(root / file.path) != _wanted(file))


def checked(report: Report, files: Sequence[File], root: Path) -> Report:
    """*report* with a finding for each of *files*, and what writing them would change as one unified diff."""
    findings = tuple(
        Finding(
            "file-outdated",
            Severity.ERROR,
            f"{file.path} is not what dbtools {report.command} writes",
            Location(file.path),
            hint=f"run dbtools {report.command} and commit what it writes",
        )
        for file in files
    )
    if not findings:
        return report
    changes = TextSection("Not up to date", "".join(line for file in files for line in _diff(file, root)), "diff")
    return replace(report, findings=report.findings + findings, sections=(*report.sections, changes))


def with_outdated(report: Report, root: Path) -> Report:
    """*report*, for a command that writes nothing, with a warning where its files are not up to date."""
    stale = outdated(report.every_file(), root)
    if not stale:
        return report
    names = ", ".join(Path(file.path).name for file in stale)
    message = f"{len(stale)} of {len(report.every_file())} files do not show the schema as it is now: {names}"
    hint = f"run dbtools {report.command} and commit what it writes"
    finding = Finding("file-outdated", Severity.WARNING, message, Location(stale[0].path), hint=hint)
    return replace(report, findings=(*report.findings, finding))


def write(files: Iterable[File], root: Path) -> None:
    """Writes all of them or, where one cannot be, none; paths are relative to *root*."""
    write_whole([(root / file.path, _wanted(file)) for file in files])


def write_whole(contents: Iterable[tuple[Path, bytes | None]]) -> None:
    """Writes them all or none: first beside their places, then renamed into them. None removes what is there."""
    wanted = [(_target(path), content) for path, content in contents]
    places = [(target.with_name(f".{target.name}.{os.getpid()}.new"), target) for target, _ in wanted]
    try:
        for (beside, target), (_, content) in zip(places, wanted, strict=True):
            if content is not None:
                _prepare(beside, target, content)
        for (beside, target), (_, content) in zip(places, wanted, strict=True):
            if content is None:
                target.unlink(missing_ok=True)
            else:
                beside.replace(target)
    except OSError as error:
        meant = {str(beside): target for beside, target in places}
        place = error.filename2 or meant.get(str(error.filename)) or error.filename or target
        raise UsageError(
            f"cannot write {place}: {error.strerror}",
            hint="see that the folder exists, can be written to, and has room",
        ) from None
    finally:
        for beside, _ in places:
            with suppress(OSError):
                beside.unlink()


def _target(path: Path) -> Path:
    """Where writing to *path* ends up: a link keeps pointing at its file."""
    target = path.resolve()
    if target.is_dir():
        raise UsageError(f"cannot write {path}: it is a folder", hint="name a file")
    return target


def _prepare(beside: Path, target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    beside.write_bytes(content)
    if target.exists():
        beside.chmod(target.stat().st_mode)


def _diff(file: File, root: Path) -> Iterator[str]:
    from difflib import unified_diff

    old = (_bytes_of(root / file.path) or b"").decode("utf-8", "replace")
    names = (f"a/{file.path}", f"b/{file.path}")
    for line in unified_diff(old.splitlines(keepends=True), (file.content or "").splitlines(keepends=True), *names):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _bytes_of(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}", hint="move it away") from None


def _wanted(file: File) -> bytes | None:
    return None if file.content is None else file.content.encode("utf-8", "backslashreplace")
