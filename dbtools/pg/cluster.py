"""A running PostgreSQL of our own: made once, kept in the cache folder, started in a third of a second.

Runs do not share a server. Each takes the first free *slot*, a folder with a lock that the system
lets go when the run ends, however it ends. Whoever takes a slot next stops a server that a killed
run left behind, and makes the cluster anew where that server did not shut down properly: without
fsync nothing else can be trusted. Until then the server of a killed run stays up, idle.

A slot belongs to us, ``data`` and ``socket`` in it to the account that runs PostgreSQL. Nothing is
written inside those two except by PostgreSQL itself: settings are given on its command line.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO
from urllib.parse import quote

from dbtools.cache import POSIX, cache_folder, own_folder
from dbtools.errors import DatabaseError
from dbtools.pg.installation import Installation, end, uninterrupted

# Histories speak of a role postgres, own tables as it and alter it: that one must not be the account that rules here.
ADMIN = "dbtools_admin"
INITDB = ("--auth=trust", f"--username={ADMIN}", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions")
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "jit": "off",
    "wal_level": "logical",  # else CREATE PUBLICATION warns
    "checkpoint_timeout": "1h",
    "max_wal_size": "2GB",
    "shared_buffers": "128MB",
    "max_connections": "100",
    "max_locks_per_transaction": "1024",  # a whole history in one transaction
    "timezone": "UTC",
    "log_timezone": "UTC",
}
WITH_STAND_INS = 18  # the first version with extension_control_path, and with workers for reading
SLOTS = 64
PATIENCE = 60.0  # seconds, for a machine with much else to do
# sockaddr_un holds 104 bytes on macOS, and PostgreSQL adds the socket's own name.
LONGEST_SOCKET_FOLDER = 104 - len("/.s.PGSQL.5432.lock") - 1


@dataclass(frozen=True, slots=True)
class _Slot:
    folder: Path
    installation: Installation

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "log"


@contextmanager
def cluster(installation: Installation) -> Iterator[str]:
    """The URL of the maintenance database of a server that runs until the block ends.

    Raises DatabaseError with the end of the server's log when it does not start.
    """
    with _slot(installation) as slot:
        _stop_leftover(slot)
        with _started(slot) as url:
            yield url


@contextmanager
def _slot(installation: Installation) -> Iterator[_Slot]:
    key = sha256("\0".join((str(installation.bin), *INITDB)).encode()).hexdigest()[:8]
    family = own_folder(cache_folder() / f"postgresql-{installation.release}-{key}", mode=0o755)
    for number in range(SLOTS):
        folder = own_folder(family / str(number), mode=0o755)
        with (folder / "lock").open("ab") as lock:
            if _is_ours(lock):
                yield _Slot(folder, installation)
                return
    raise DatabaseError(f"all {SLOTS} throw-away servers in {family} are in use", hint="wait for other runs to end")


def _is_ours(lock: IO[bytes]) -> bool:
    try:
        if POSIX:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:  # pragma: no cover - Windows
            import msvcrt

            msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    except OSError:
        return False
    return True


@contextmanager
def _started(slot: _Slot) -> Iterator[str]:
    with _address(slot) as (arguments, url):
        is_new = _ensure_data(slot)
        processes: list[subprocess.Popen[bytes]] = []
        try:
            try:
                _start(slot, arguments, processes)
            except _StartError:
                if is_new:
                    raise
                _stop_leftover(slot)
                shutil.rmtree(slot.data)
                _ensure_data(slot)
                _start(slot, arguments, processes)
            yield url
        except Exception as error:
            if _has_crashed(slot):
                raise _crash(slot) from error
            raise
        finally:
            for process in processes:
                if process.poll() is None:
                    _stop(slot, process)


def _has_crashed(slot: _Slot) -> bool:
    return "PANIC: " in slot.log.read_text(errors="replace") if slot.log.exists() else False


def _crash(slot: _Slot) -> DatabaseError:
    lines = slot.log.read_text(errors="replace").splitlines()
    first = next((line for line in lines if "PANIC: " in line), "")
    return DatabaseError(
        f"the throw-away PostgreSQL {slot.installation.release} stopped: {first.partition('PANIC:')[2].strip()}",
        hint=f"see that the disk of {slot.folder} has space left, or set DBTOOLS_CACHE; the whole log is {slot.log}",
    )


class _StartError(DatabaseError):
    """The server ended, or was not ready in time."""


def _ensure_data(slot: _Slot) -> bool:
    """Keep a cluster that was shut down properly, else make one, whole or not at all; whether one was made."""
    if slot.data.exists() and not (slot.data / "postmaster.pid").exists():
        return False
    shutil.rmtree(slot.data, ignore_errors=True)
    unfinished = slot.folder / "unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    slot.installation.own(unfinished)
    code, said = slot.installation.run("initdb", "--pgdata", str(unfinished), *INITDB)
    if code:
        raise DatabaseError(
            f"initdb failed in {slot.folder}: {_end(said)}",
            hint="see that the disk has 50 MB left and that DBTOOLS_CACHE is a folder any account may enter",
        )
    unfinished.rename(slot.data)
    return True


def _start(slot: _Slot, arguments: tuple[str, ...], processes: list[subprocess.Popen[bytes]]) -> None:
    """Start the server, which is then the last of *processes*, however far it has come."""
    settings = dict(SETTINGS)
    if slot.installation.version >= WITH_STAND_INS:
        settings |= {"io_method": "sync", "extension_control_path": f"$system:{slot.installation.stand_ins()}"}
    flags = [flag for name, value in settings.items() for flag in ("-c", f"{name}={value}")]
    with slot.log.open("wb") as log, uninterrupted():
        processes.append(slot.installation.start("postgres", "-D", str(slot.data), *flags, *arguments, output=log))
    _wait_until_ready(slot, processes[-1])


def _wait_until_ready(slot: _Slot, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not _is_ready(slot):
        if process.poll() is not None or time.monotonic() > deadline:
            end(process)
            raise _StartError(
                f"PostgreSQL {slot.installation.release} did not start: {_end(slot.log.read_text(errors='replace'))}",
                hint=f"the whole log is {slot.log}; another PostgreSQL can be named in DBTOOLS_PG_BIN",
            )
        time.sleep(0.01)


@contextmanager
def _address(slot: _Slot) -> Iterator[tuple[tuple[str, ...], str]]:
    """How the server listens, and the URL that finds it there: a socket that nobody else can reach."""
    if not POSIX:  # pragma: no cover - Windows
        port = _free_port()
        yield ("-h", "127.0.0.1", "-p", str(port)), f"postgresql://{ADMIN}@127.0.0.1:{port}/postgres"
        return
    folder = slot.folder / "socket"
    with tempfile.TemporaryDirectory(prefix="dbtools-") as short:
        if len(bytes(folder)) > LONGEST_SOCKET_FOLDER:
            Path(short).chmod(0o711)
            folder = Path(short) / "socket"
        shutil.rmtree(folder, ignore_errors=True)
        slot.installation.own(folder)
        yield (
            ("-h", "", "-k", str(folder), "-p", "5432"),
            f"postgresql://{ADMIN}@/postgres?host={quote(str(folder), safe='')}",
        )


def _free_port() -> int:  # pragma: no cover - Windows
    import socket

    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _pid_file(slot: _Slot) -> list[str]:
    try:
        return (slot.data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


def _is_ready(slot: _Slot) -> bool:
    # The last line of postmaster.pid, as pg_ctl reads it (LOCK_FILE_LINE_PM_STATUS in pidfile.h).
    return _pid_file(slot)[7:8] == ["ready   "]


def _stop(slot: _Slot, process: subprocess.Popen[bytes]) -> None:
    for signal in ("INT", "QUIT"):
        slot.installation.run("pg_ctl", "kill", signal, str(process.pid))
        try:
            process.wait(timeout=PATIENCE / 2)
        except subprocess.TimeoutExpired:
            continue
        return
    process.kill()
    process.wait()


def _stop_leftover(slot: _Slot) -> None:
    """Stop the server that a killed run left in this slot, if it is that server and still runs."""
    pid, *_ = (*_pid_file(slot), "")
    for signal in ("INT", "QUIT"):
        deadline = time.monotonic() + PATIENCE / 4
        if _serves(pid, slot.data):
            slot.installation.run("pg_ctl", "kill", signal, pid)
        while _serves(pid, slot.data):
            if time.monotonic() > deadline:
                break
            time.sleep(0.01)
    if _serves(pid, slot.data):
        raise DatabaseError(
            f"a server left behind by a killed run does not stop: process {pid}", hint="stop it by hand"
        )


def _serves(pid: str, data: Path) -> bool:
    """Whether process *pid* is the server of *data*: the number may belong to another process by now."""
    if not pid.isdigit():
        return False
    if Path("/proc/self").exists():
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return False
    else:
        command = subprocess.run(
            ["ps", "-o", "command=", "-p", pid], capture_output=True, text=True, check=False
        ).stdout
    return f"-D {data} " in command


def _end(log: str) -> str:
    """Its last lines, and the one that says why, which may stand above them."""
    lines = log.strip().splitlines()
    why = [line for line in lines[:-5] if "FATAL: " in line or "PANIC: " in line][:1]
    return " / ".join((*why, *lines[-5:]))
