"""How long a rehearsal takes on a server that runs: ``make bench``, or ``python benchmarks/rehearsal.py``.

Every figure is the least of several runs, in milliseconds by the wall's clock, beside its goal.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

from history import history as made_up

from dbtools.change import Project, Scope, gather
from dbtools.cli._project import project_of
from dbtools.config import load
from dbtools.model.migration import Migration, Script
from dbtools.model.predict import Session
from dbtools.model.schema import Schema
from dbtools.pg.account import Account, account
from dbtools.pg.connect import connect
from dbtools.pg.guard import Guard
from dbtools.pg.run import run
from dbtools.pg.server import Server, server
from dbtools.rehearse import RehearseSettings
from dbtools.rehearse.room import rehearse_on
from dbtools.rehearse.settings import ROWS
from dbtools.rehearse.watch import watch
from dbtools.sql.walk import fold, statements, walk
from dbtools.stage import KEPT, sent, staged

ROOT = Path(__file__).resolve().parents[1]
RUNS = int(os.environ.get("RUNS", "3"))
FOLDER = os.environ.get("FOLDER", "/var/tmp")
FILES, STATEMENTS = 800, 2300
WATCHED = 40


@dataclass(frozen=True)
class Measure:
    """What is measured, its goal, and how."""

    title: str
    goal: float
    least: Callable[[], float]


def main() -> None:
    """Print one line per measurement."""
    with tempfile.TemporaryDirectory(prefix="dbtools-bench-", dir=FOLDER) as cache:
        Path(cache).chmod(0o755)
        os.environ["DBTOOLS_CACHE"] = cache
        with server() as running:
            for measure in measures(running):
                print(f"{measure.title:66}{measure.least():9.1f} ms   goal {measure.goal:,.0f}", flush=True)


def measures(running: Server) -> Sequence[Measure]:
    """All of them."""
    project = project_of(load(ROOT / "dbtools.yaml", ROOT))
    past = long_history()
    return (
        Measure("the reference project's whole history up, down, up", 5000, partial(rehearsed, running, project)),
        Measure("what watching adds to one statement, 20 tables", 5, partial(watching, running, 20)),
        Measure("what watching adds to one statement, 500 tables", 5, partial(watching, running, 500)),
        Measure(
            f"a history of {FILES} files and {STATEMENTS:,} statements, cold", 10_000, partial(cold, running, past)
        ),
        Measure("the same from what was kept", 1000, partial(warm, running, past)),
    )


def elapsed(work: Callable[[], object]) -> float:
    """Milliseconds of one call."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def rehearsed(running: Server, project: Project) -> float:
    """Everything in the project, as new."""
    change = gather(project, Scope(everything=True))
    return min(elapsed(lambda: rehearse_on(running, change, RehearseSettings())) for _ in range(RUNS))


def watching(running: Server, tables: int) -> float:
    """Per statement: a migration that is watched, less one that is only run."""
    before = "".join(f"CREATE TABLE t{n} (id int PRIMARY KEY, a int UNIQUE);\n" for n in range(tables))
    new = "".join(f"ALTER TABLE t{n % tables} ADD COLUMN b{n} int;\n" for n in range(WATCHED))
    migration = Migration("new", Script("new.sql", new))
    steps = tuple(walk([migration], fold(Schema(), (before,)), Session(running.version)))
    with account(running) as found:
        guard = Guard(account=found)
        plain = min(
            _once(running, found, before, lambda c: run(c, sent(new), whole=True, guard=guard)) for _ in range(RUNS)
        )
        seen = min(
            _once(running, found, before, lambda c: list(watch(c, migration, steps, guard))) for _ in range(RUNS)
        )
    return (seen - plain) / WATCHED


def _once(running: Server, found: Account, before: str, work: Callable[..., object]) -> float:
    with running.database(owner=found.role) as url, connect(found.url(url)) as connection:
        connection.execute(before.encode())
        return elapsed(lambda: work(connection))


def long_history() -> list[Migration]:
    """The made-up history, its statements dealt out to as many files as are wanted."""
    every = (each.text for script in made_up(FILES) for each in statements(script))
    # Its rows do not fit its checks: what is made up is read elsewhere, and runs only here.
    texts = [text for text in every if not text.startswith(("INSERT", "UPDATE"))][:STATEMENTS]
    ends = [number * STATEMENTS // FILES for number in range(FILES + 1)]
    scripts = (";\n".join(texts[start:end]) + ";\n" for start, end in pairwise(ends))
    return [Migration(f"{n:04}", Script(f"{n:04}.sql", script)) for n, script in enumerate(scripts, start=1)]


def cold(running: Server, past: list[Migration]) -> float:
    """Nothing is kept, neither databases nor statements that were read."""

    def once() -> float:
        for name in running.databases():
            if name.startswith(KEPT):
                running.drop(name)
        statements.cache_clear()
        return elapsed(lambda: _prepared(running, past))

    return min(once() for _ in range(RUNS))


def warm(running: Server, past: list[Migration]) -> float:
    """The database is kept; a new process has read no statement yet."""

    def once() -> float:
        statements.cache_clear()
        return elapsed(lambda: _prepared(running, past))

    return min(once() for _ in range(RUNS))


def _prepared(running: Server, past: list[Migration]) -> None:
    with staged(running, past, ROWS, lambda *_: None, 60.0) as stage:
        if stage.broken:
            raise ValueError(f"{stage.broken.refused.message}: {stage.broken.refused.statement.sql}")


if __name__ == "__main__":
    main()
