"""Hold the static reader of SQLAlchemy models against SQLAlchemy itself: ``make oracles``.

For each FILE or MODULE=FOLDER the models are read from their files, and imported so that SQLAlchemy prints the SQL it
would send; both must be the same schema, attribute by attribute, but for what the reader says it does not know.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path = [str(ROOT), *(path for path in sys.path if Path(path or ".").resolve() != Path(__file__).parent)]

from dbtools.model.objects import ColumnRef, Table  # noqa: E402 - this folder holds a module called sqlalchemy
from dbtools.model.reader import Reading  # noqa: E402
from dbtools.sources import sqlalchemy, sqlalchemy_import  # noqa: E402

OURS = sorted(
    map(
        str,
        (
            *(ROOT / "tests/sources/data/sqlalchemy").glob("[!_]*"),
            ROOT / "tests/sources/data/sqlmodel/fields.py",
            ROOT / "schema/models.py",
        ),
    )
)
ASPECTS = {
    "type": "type", "nullable": "nullability", "default": "default", "identity": "identity", "generated": "generated",
    "collation": "collation", "comment": "comment",
}  # fmt: skip


def main() -> int:
    """Compare, print what differs, and count."""
    os.environ.setdefault(sqlalchemy_import.PYTHON, sys.executable)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="FILE|MODULE=FOLDER")
    wrong = 0
    for target in parser.parse_args().targets or OURS:
        wrong += compared(target)
    return 1 if wrong else 0


def compared(target: str) -> int:
    """How many attributes differ."""
    module, _, folder = target.partition("=")
    where = Path(folder or module)
    start = time.process_time()
    static = sqlalchemy.read(where)
    seconds = time.process_time() - start
    root = where.parent if not folder else Path(os.environ.get("ORACLE_ROOT", where))
    printed = sqlalchemy_import.read(module if folder else where.name.removesuffix(".py"), root, 300)
    known = {(unread.ref, unread.aspect) for unread in static.unknown}
    found = list(differences(static, printed))
    wrong = [each for each in found if not is_doubted(static, known, each[0], each[1])]
    columns = sum(len(table.columns) for table in printed.schema.tables.values())
    print(
        f"{target}: {len(printed.schema.tables)} tables, {columns} columns, {len(printed.schema.enums)} enums; "
        f"{len(static.unknown)} unknown, {len(found) - len(wrong)} of them differ, {len(wrong)} wrong; {seconds:.2f} s"
    )
    for ref, aspect, ours, theirs in wrong:
        print(f"  {ref} {aspect}\n    read:    {ours}\n    printed: {theirs}")
    for unread in static.unknown:
        print(f"  unknown {unread.location} {unread.ref or ''} {unread.aspect}: {unread.what}")
    return len(wrong)


def is_doubted(static: Reading, known: set[tuple[ColumnRef | None, str]], ref: ColumnRef, aspect: str) -> bool:
    """Whether the reader says itself that it does not know; of an enum, where a column's type is not known."""
    if aspect == "enum":
        return any(other in {"type", "enum"} for _, other in known)
    of_table = {other for each, other in known if each is not None and each.table == ref.table}
    is_key = aspect == "constraint" and not of_table.isdisjoint({"unique", "check", "foreign key", "primary key"})
    nowhere = not ref.column and not aspect and (None, "") in known
    return (ref, aspect) in known or is_key or nowhere or ref.table in static.schema.uncertain


def differences(static: Reading, printed: Reading) -> Iterator[tuple[ColumnRef, str, object, object]]:
    """Where two schemas differ: what of, which aspect, and what each says."""
    ours, theirs = static.schema, printed.schema
    for name in sorted({*ours.tables, *theirs.tables}):
        if name not in ours.tables or name not in theirs.tables:
            yield ColumnRef(name), "", name in ours.tables, name in theirs.tables
        else:
            yield from _of_table(ours.tables[name], theirs.tables[name])
    for name in sorted({*ours.enums, *theirs.enums}):
        if ours.enums.get(name) != theirs.enums.get(name):
            yield ColumnRef(name), "enum", ours.enums.get(name), theirs.enums.get(name)
    if ours.sequences != theirs.sequences:
        yield ColumnRef(next(iter(theirs.tables))), "sequence", tuple(ours.sequences), tuple(theirs.sequences)


def _of_table(ours: Table, theirs: Table) -> Iterator[tuple[ColumnRef, str, object, object]]:
    for name in sorted({column.name for table in (ours, theirs) for column in table.columns}):
        one, other = ours.column(name), theirs.column(name)
        if one is None or other is None:
            yield ColumnRef(ours.name, name), "", one, other
            continue
        for attribute, aspect in ASPECTS.items():
            if getattr(one, attribute) != getattr(other, attribute):
                yield ColumnRef(ours.name, name), aspect, getattr(one, attribute), getattr(other, attribute)
    for mine, yours in ((ours.constraints, theirs.constraints), (ours.indexes, theirs.indexes)):
        aspect = "index" if mine is ours.indexes else "constraint"
        for each in sorted({*mine, *yours}, key=str):
            if (each in mine) is not (each in yours):
                yield ColumnRef(ours.name), aspect, each if each in mine else None, each if each in yours else None
    if ours.comment != theirs.comment:
        yield ColumnRef(ours.name), "comment", ours.comment, theirs.comment


if __name__ == "__main__":
    sys.exit(main())
