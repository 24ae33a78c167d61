"""Hold lint against what real histories did on a server: ``make corpus DIR="folder folder"``.

Every migration of each folder is run on the embedded PostgreSQL, statement by statement, as its runner would, on tables
without rows, whose scans count all the same; and every migration is judged against the schema before it. The table
says how many files lint speaks up about (a warning or an error), how many did something slow to a table that was there
before, and how many of those lint speaks up about; how many were slow or dropped what was stored; and how many lint
speaks up about although they did neither, renamed nothing and ran. Below it stand the files that it missed, what each
rule said, what
the server refused, and where it did otherwise than foretold.
"""

from __future__ import annotations

import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from dbtools.change import Given, gather_paths
from dbtools.change.git import WorkingTree
from dbtools.errors import DatabaseError
from dbtools.lint import LintSettings, lint
from dbtools.model import operation as op
from dbtools.model.effects import LockMode, strongest
from dbtools.model.entries import Members
from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.model.migration import Migration
from dbtools.model.predict import Session
from dbtools.model.schema import Schema
from dbtools.pg.connect import connect
from dbtools.pg.server import Server, server
from dbtools.rehearse.watch import Watched, watch
from dbtools.sources.layouts import Running
from dbtools.sql.walk import in_transaction, walk

if TYPE_CHECKING:
    from dbtools.pg.connect import Connection

LISTED = 30
OF_ROWS = (op.Insert, op.Update, op.Delete, op.Select)
LOSING = (op.DropTable, op.DropColumn, op.Truncate, op.DropNamespace, op.DropType)
RENAMING = (op.RenameTable, op.RenameColumn, op.RenameEnumValue, op.Rename, op.SetNamespace, op.RenameNamespace)
HEAD = (
    "files", "speaks up", "slow", "slow and told", "slow or loses", "for nothing", "statements", "refused",
    "otherwise", "s",
)  # fmt: skip


@dataclass
class File:
    """One migration: what lint said (rule and severity), what the server saw."""

    path: str
    said: list[tuple[str, Severity]] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    loses: bool = False
    renames: bool = False
    statements: int = 0
    refused: list[str] = field(default_factory=list)
    otherwise: list[str] = field(default_factory=list)

    @property
    def told(self) -> bool:
        """Whether lint speaks up."""
        return any(severity >= Severity.WARNING for _, severity in self.said)


def main(folders: list[str]) -> int:
    """Replay and judge *folders*; the exit code."""
    if not folders:
        sys.stderr.write('name a folder of migrations: make corpus DIR="path/to/migrations"\n')
        return 2
    every: list[File] = []
    rows = []
    with server() as running:
        for folder in folders:
            started = time.monotonic()
            files = measured(Path(folder), running)
            every += files
            rows.append((shown(folder), *figures(files), f"{time.monotonic() - started:.0f}"))
    if len(rows) > 1:
        rows.append(("all", *figures(every), ""))
    table(("", *HEAD), rows)
    details(every)
    return 0


def shown(folder: str) -> str:
    """The last parts of a path."""
    return "/".join(Path(folder).resolve().parts[-2:])


def measured(folder: Path, running: Server) -> list[File]:
    """Every migration of *folder*, judged and run."""
    where = folder.resolve()
    texts = WorkingTree(where.parent).files(where.name)
    change = gather_paths(Given(folders={where.name: texts}), Running())
    report = lint(change, LintSettings(version=running.version))
    files = {migration.up.path: File(f"{where.parent}/{migration.up.path}") for migration in change.new}
    for finding in report.findings:
        if finding.location.path in files:
            files[finding.location.path].said.append((finding.rule, finding.severity))
    with running.database() as url:
        schema = Schema()
        for migration in change.new:
            schema = replayed(url, migration, schema, running.version, files[migration.up.path])
    return list(files.values())


def replayed(url: str, migration: Migration, schema: Schema, version: int, file: File) -> Schema:
    """The schema after *migration*; *file* gets what was seen."""
    steps = list(walk([migration], schema, Session(version, empty=Members(schema.tables))))
    try:
        with connect(url) as connection:
            note(file, list(watch(connection, migration, steps)), whole=in_transaction(migration))
            finish(connection)
    except DatabaseError as error:
        file.refused.append(str(error))
    return steps[-1].after if steps else schema


def finish(connection: Connection) -> None:
    """Keep what ran, also where the server refused a statement of the same transaction."""
    if connection.info.transaction_status.name != "IDLE":
        connection.execute("COMMIT")


def note(file: File, watched: Iterable[Watched], *, whole: bool) -> None:
    """What the server saw of one migration."""
    held: dict[Name, LockMode] = {}
    for each in watched:
        where = f"{file.path}:{each.statement.place.line}"
        text = " ".join(each.statement.text.split())[:90]
        file.statements += 1
        if each.failed:
            file.refused.append(f"{each.observation.effects.fails} {each.observation.error}\t{where} {text}")
            continue
        file.otherwise += [f"{difference}\t{where} {text}" for difference in each.differences]
        file.loses = file.loses or (bool(each.predicted.loses) and loses(each))
        file.renames = file.renames or any(isinstance(operation, RENAMING) for operation in each.operations)
        held = strongest((held, each.observation.effects.locks)) if whole else dict(each.observation.effects.locks)
        file.slow += [f"{what}\t{where} {text}" for what in slow(each, held)]


def loses(watched: Watched) -> bool:
    """Whether it drops what is stored, or deletes all of it."""
    return any(isinstance(each, LOSING) or is_whole(each) for each in watched.operations)


def is_whole(operation: op.Operation) -> bool:
    """Whether it goes through every row of a table, however the planner finds them."""
    return isinstance(operation, op.Update | op.Delete) and operation.where is None


def slow(watched: Watched, held: dict[Name, LockMode]) -> Iterator[str]:
    """What took long, were the tables large, while others waited; how a query finds its rows says nothing."""
    effects = watched.observation.effects
    if isinstance(watched.operations[0], OF_ROWS):
        if is_whole(watched.operations[0]):
            yield from (f"changed all of {name} under {held[name]}" for name in effects.scans if blocks(held, name))
        return
    for name in effects.rewrites:
        yield f"rewrote {name}"
    for name in effects.scans - effects.rewrites:
        if blocks(held, name):
            yield f"read all of {name} under {held[name]}"


def blocks(held: dict[Name, LockMode], name: Name) -> bool:
    """Whether writes to the table wait until the transaction ends."""
    return held.get(name, LockMode.ACCESS_SHARE).blocks_writes


def figures(files: list[File]) -> tuple[str, ...]:
    """One line of the table."""
    told = [file for file in files if file.told]
    hazard = [file for file in files if file.slow]
    caught = [file for file in hazard if file.told]
    harmful = [file for file in files if file.slow or file.loses]
    nothing = [file for file in files if is_noise(file)]
    return (
        str(len(files)),
        f"{len(told)} ({share(told, files)})",
        f"{len(hazard)} ({share(hazard, files)})",
        f"{len(caught)} ({share(caught, hazard)})",
        f"{len(harmful)} ({share(harmful, files)})",
        f"{len(nothing)} ({share(nothing, files)})",
        str(sum(file.statements for file in files)),
        str(sum(len(file.refused) for file in files)),
        str(sum(len(file.otherwise) for file in files)),
    )


def is_noise(file: File) -> bool:
    """Whether lint speaks up and nothing of what it warns of was seen."""
    return file.told and not (file.slow or file.loses or file.renames or file.refused)


def rules(file: File) -> str:
    """What it says at a warning or above."""
    return ", ".join(sorted({rule for rule, severity in file.said if severity >= Severity.WARNING}))


def share(part: list[File], whole: list[File]) -> str:
    """A part of a whole in per cent."""
    return f"{100 * len(part) / len(whole):.1f} %" if whole else "-"


def details(files: list[File]) -> None:
    """What is behind the figures."""
    missed = [f"{file.path}: {reason}" for file in files if file.slow and not file.told for reason in file.slow]
    listed("slow and not told", missed)
    listed("told, and nothing happened", [f"{rules(file)}\t{file.path}" for file in files if is_noise(file)])
    print("\nwhat was said, in how many files; of those, how many were slow, lost something, or neither\n")
    table(("rule", "severity", "files", "slow", "loses", "neither", "only this"), list(by_rule(files)))
    listed("refused by the server", [reason for file in files for reason in file.refused])
    listed("otherwise than foretold", [reason for file in files for reason in file.otherwise])


def by_rule(files: list[File]) -> Iterator[tuple[str, ...]]:
    """One line per rule and severity; *only this* are files where no other rule speaks up, and nothing was slow."""
    found: dict[tuple[str, Severity], list[File]] = defaultdict(list)
    for file in files:
        for key in dict.fromkeys(file.said):
            found[key].append(file)
    for (rule, severity), several in sorted(found.items(), key=lambda item: -len(item[1])):
        neither = [file for file in several if not (file.slow or file.loses)]
        alone = [file for file in neither if {name for name, how in file.said if how >= Severity.WARNING} == {rule}]
        yield (
            rule, str(severity), str(len(several)), str(sum(bool(file.slow) for file in several)),
            str(sum(file.loses for file in several)), str(len(neither)), str(len(alone)),
        )  # fmt: skip


def listed(title: str, lines: list[str]) -> None:
    """Lines whose first part, up to a tab, is alike are counted and shown once."""
    print(f"\n{title}: {len(lines)}")
    examples = {line.partition("\t")[0]: line.partition("\t")[2] for line in reversed(lines)}
    counts = Counter(line.partition("\t")[0] for line in lines)
    for what, count in counts.most_common(LISTED):
        print(f"  {count:4}  {what}   {examples[what]}")
    if len(counts) > LISTED:
        print(f"        and {len(counts) - LISTED} more kinds")


def table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Columns as wide as they have to be, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    for row in (header, *rows):
        first, *rest = (
            cell.ljust(width) if not at else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        print("  ".join((first, *rest)).rstrip())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
