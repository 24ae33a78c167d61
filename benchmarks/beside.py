"""dbtools lint beside squawk on the same made-up history, in the same run: ``make bench``.

One file is the last of the history: dbtools judges it against the schema that the others lead to, once without anything
kept from earlier runs and once as a person at work meets it; squawk judges it by itself. Every figure is the least of
several runs, the programs taking turns. What is compared are ratios: of one program to the other, and of twice the
history to the history.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from history import write_history

BIN = Path(sys.executable).parent
RUNS = int(os.environ.get("RUNS", "8"))
FILES = 1000


@dataclass
class Command:
    """A command line in a folder, with the least CPU and wall milliseconds that it took so far."""

    title: str
    arguments: list[str]
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    cpu: float = float("inf")
    wall: float = float("inf")

    def run(self) -> None:
        """Once more."""
        started = time.perf_counter()
        with subprocess.Popen(
            self.arguments, cwd=self.folder, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            _, _, used = os.wait4(process.pid, 0)
            process.returncode = 0  # it has been waited for
        self.wall = min(self.wall, (time.perf_counter() - started) * 1000)
        self.cpu = min(self.cpu, (used.ru_utime + used.ru_stime) * 1000)


def main() -> int:
    """Print the table."""
    squawk = BIN / "squawk"
    if not squawk.exists():
        sys.stderr.write("squawk is not here: make bench installs it, or pip install squawk-cli\n")
        return 2
    with tempfile.TemporaryDirectory(prefix="dbtools-bench-") as scratch:
        commands = prepared(Path(scratch), squawk)
        for command in commands.values():
            command.run()  # what is compiled and kept on the way counts for nobody
            command.cpu = command.wall = float("inf")
        for _ in range(RUNS):
            for command in commands.values():
                command.run()
    print(f"{'':52}{'ms CPU':>9}{'ms wall':>9}")
    for command in commands.values():
        print(f"{command.title:52}{command.cpu:9.0f}{command.wall:9.0f}")
    compared(commands)
    return 0


def prepared(scratch: Path, squawk: Path) -> dict[str, Command]:
    """The commands by name, each in a repository of its own."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"DBTOOLS_CACHE": str(scratch / "cache")}
    bare = environment | {"DBTOOLS_NO_CACHE": "1"}
    half, whole = (repository(scratch / str(files), files) for files in (FILES // 2, FILES))
    every = [f"migrations/{path.name}" for path in sorted((whole / "migrations").iterdir())]
    dbtools = [str(BIN / "dbtools"), "lint"]
    last = every[-1:]
    alone = repository(scratch / "alone", 1)
    (alone / "migrations" / "00001_change.sql").write_text((whole / last[0]).read_text())
    return {
        "alone": Command("dbtools, that file and no history", [*dbtools, "migrations"], alone, bare),
        "last": Command(f"dbtools, the last of {FILES:,} files, state kept", [*dbtools, *last], whole, environment),
        "cold": Command(f"dbtools, the last of {FILES:,} files, nothing kept", [*dbtools, *last], whole, bare),
        "squawk last": Command("squawk, that file", [str(squawk), *last], whole, environment),
        "half": Command(f"dbtools, all of {FILES // 2:,} files", [*dbtools, "migrations"], half, bare),
        "all": Command(f"dbtools, all of {FILES:,} files", [*dbtools, "migrations"], whole, bare),
        "squawk all": Command(f"squawk, all of {FILES:,} files", [str(squawk), *every], whole, environment),
    }


def repository(folder: Path, files: int) -> Path:
    """A git repository with a history of that many migrations, which dbtools.yaml names."""
    (folder / "migrations").mkdir(parents=True)
    write_history(folder / "migrations", files)
    (folder / "dbtools.yaml").write_text("sources: {migrations: migrations}\n")
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    return folder


def compared(commands: dict[str, Command]) -> None:
    """The ratios."""
    last, alone, half, every = (commands[name] for name in ("last", "alone", "half", "all"))
    squawk = commands["squawk all"]
    print(f"\nthe last file: {last.cpu / alone.cpu:.2f} x the CPU of the same file without a history")
    print(f"all files: {every.wall / squawk.wall:.1f} x squawk's wall, {every.cpu / squawk.cpu:.1f} x its CPU")
    print(f"twice the history: {every.cpu / half.cpu:.2f} x the CPU")


if __name__ == "__main__":
    sys.exit(main())
