"""Which differences drift finds between which sources, each tried: ``docs/drift.md``.

The schema of ``tests/data/drift`` is changed in one attribute, written down in two languages, as it was in one and as
it is now in the other, and read back. A language in which both look the same has no words for the difference.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import NamedTuple

from drizzle_text import drizzle_text
from mutations import EACH, Mutation, mutations
from prisma_text import prisma_text
from sqlalchemy_text import sqlalchemy_text

from dbtools.drift import DriftSettings, drift
from dbtools.model import operation as op
from dbtools.model.objects import ColumnRef
from dbtools.model.reader import Reading
from dbtools.model.schema import Schema
from dbtools.sources import drizzle, kysely, migrations, prisma, sqlalchemy
from dbtools.sql.render import render_all
from dbtools.types.kysely import write
from dbtools.types.rows import rows_of
from dbtools.types.settings import Writing

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "data" / "drift"
PAGE = ROOT / "docs" / "drift.md"
BEGIN = "<!-- Between these two marks: written by tools/drift_matrix.py, make docs. -->"
END = "<!-- The end of what is written. -->"
# Measured: one table equal to the model, then each change made in the database. Prisma 7.10 with `partialIndexes`,
# drizzle-kit 0.31 pushSchema, Alembic 1.20 with compare_type and compare_server_default, migra 3.0, results 2.0.
CUT = "-- changed\n"
PEERS = ("Prisma", "Drizzle", "Alembic", "migra", "results")
ALL = ("yes",) * 5
Said = tuple[str, str, str]  # the kind, table and object of a finding
MEASURED: Mapping[str, tuple[str, ...]] = {
    "column dropped": ALL, "column added": ALL, "extra table": ALL, "integer → bigint": ALL, "jsonb → json": ALL,
    "timestamptz → timestamp": ALL, "enum → text": ALL, "length, precision or scale": ALL,
    "NULL of a single value": ALL, "default changed": ALL, "default added": ALL, "default dropped": ALL,
    "foreign key dropped": ALL, "ON DELETE": ALL, "ON UPDATE": ALL, "unique dropped": ALL, "index dropped": ALL,
    "extra index": ALL, "unique → plain index": ALL, "index: order of columns": ALL, "index: DESC": ALL,
    "column renamed": ("drop, add", "asks", "drop, add", "drop, add", "drop, add"),
    "list → single value": ("yes", "yes", "no", "yes", "yes"), "enum value added": ("yes", "yes", "no", "yes", "yes"),
    "enum value renamed": ("yes", "yes", "no", "yes", "yes"), "generated → plain": ("yes", "yes", "no", "yes", "yes"),
    "serial without its default": ("yes", "yes", "no", "yes", "yes"), "NULL of a list": ("no", *ALL[1:]),
    "serial → identity": ("no", *ALL[1:]), "extra index on an expression": ("no", *ALL[1:]),
    "default now() → clock_timestamp()": ("yes", "no", "yes", "yes", "yes"),
    "NULLS NOT DISTINCT": ("no", *ALL[1:]), "enum order": ("no", "yes", "no", "yes", "yes"),
    "index: INCLUDE": ("yes", "yes", "no", "yes", "yes"), "index: operator class": ("yes", "no", "no", "no", "yes"),
    "index: method": ("yes", "yes", "no", "yes", "yes"),
    "index: partial predicate changed": ("yes", "no", "no", "yes", "yes"),
    "index: partial predicate dropped": ("yes", "no", "no", "yes", "yes"),
    "CHECK added": ("no", "yes", "no", "yes", "yes"), "CHECK changed": ("no", "no", "no", "yes", "yes"),
    "CHECK dropped": ("no", "yes", "no", "yes", "yes"),
    "primary key: order of columns": ("yes", "stops", "no", "yes", "yes"),
}  # fmt: skip


class Wanted(NamedTuple):
    """A schema to be written down, the SQL that makes it, and the columns that clients fill in themselves."""

    schema: Schema
    sql: str
    filled: Container[ColumnRef] = frozenset()


class Language(NamedTuple):
    """Writes a schema down, and reads what it wrote; ``is_client``: may say what a client fills in itself."""

    write: Callable[[Wanted], str]
    read: Callable[[str], Reading]
    is_client: bool = False


def languages() -> dict[str, Language]:
    """The languages in which a schema can be written."""
    return {
        "sql": Language(lambda wanted: wanted.sql, _sql),
        "prisma": Language(
            lambda wanted: prisma_text(wanted.schema, wanted.filled),
            lambda text: prisma.read_texts({"schema.prisma": text}, "prisma"),
            is_client=True,
        ),
        "drizzle": Language(
            lambda wanted: drizzle_text(wanted.schema, wanted.filled),
            lambda text: drizzle.read_texts({"schema.ts": text}, "schema.ts"),
            is_client=True,
        ),
        "kysely": Language(
            lambda wanted: write(rows_of(wanted.schema), wanted.schema, Writing()),
            lambda text: kysely.read_texts({"kysely.ts": text}, "kysely.ts"),
        ),
        "sqlalchemy": Language(
            lambda wanted: sqlalchemy_text(wanted.schema, wanted.filled),
            lambda text: sqlalchemy.read_texts({"models.py": text}, "models.py"),
            is_client=True,
        ),
    }


def _sql(text: str) -> Reading:
    """As a base and what came later: of the base it is known what it adds up to."""
    first, cut, later = text.partition(CUT)
    return migrations.reading("sql", "schema.sql", [("a.sql", first), *([("b.sql", later)] if cut else [])])


class Tried(NamedTuple):
    """One mutation between two sources: what was expected, nothing where one cannot say it, and what drift said."""

    mutation: Mutation
    pair: tuple[str, str]
    expected: tuple[Said, ...]
    found: tuple[Said, ...]

    @property
    def is_right(self) -> bool:
        """Whether drift said just that."""
        return sorted(self.found) == sorted(self.expected)


def base() -> str:
    """The SQL that is changed."""
    return (DATA / "schema.sql").read_text("utf-8")


def trials(each: int = EACH) -> Iterator[Tried]:
    """Every mutation between every two sources that have words for it, changed on either side.

    Where the other one has none, nothing is expected. *each*: how many mutations of one sort.
    """
    text, known = base(), languages()
    schema = known["sql"].read(text).schema
    before = {name: language.write(Wanted(schema, text)) for name, language in known.items()}
    readings = {name: language.read(before[name]) for name, language in known.items()}
    pairs = [pair for pair in product(known, known) if pair[0] != pair[1] or pair[0] == "sql"]
    for mutation in mutations(schema, each):
        changed = _changed(text, mutation)
        wanted = Wanted(known["sql"].read(changed).schema, changed, mutation.filled)
        written = {name: language.write(wanted) for name, language in known.items()}
        mutated = {name: known[name].read(written[name]) for name in known if written[name] != before[name]}
        told = {name for name, reading in mutated.items() if _says(reading) != _says(readings[name])}
        for one, two in pairs:
            if two not in told or (mutation.filled and not known[two].is_client):
                continue
            if one not in told:
                yield _tried(mutation, mutated[two], readings[one], ())
            elif _can_tell(mutation, readings[one], readings[two]):
                yield _tried(mutation, readings[one], mutated[two], _expected(mutation, readings[one], mutated[two]))


def _changed(text: str, mutation: Mutation) -> str:
    for old, new in mutation.texts:
        text = text.replace(old, new, 1)
    return text + (CUT + render_all(mutation.operations) if mutation.operations else "")


def _tried(mutation: Mutation, truth: Reading, other: Reading, expected: tuple[Said, ...]) -> Tried:
    report = drift([truth, other], DriftSettings(truth.kind))
    found = tuple((each.rule, each.table, each.object) for each in report.findings)
    return Tried(mutation, (truth.kind, other.kind), expected, found)


def _says(reading: Reading) -> object:
    return reading.schema, reading.inserts, reading.client_defaults


def _can_tell(mutation: Mutation, one: Reading, two: Reading) -> bool:
    """Without partial indexes a plain one is as good.

    In TypeScript unions have no order, text fits where a label does, a list where any JSON does, and what is computed
    may as well be filled in: all that generates types says so.
    """
    if mutation.row.startswith("index: partial"):
        return "partial index" in one.expressible & two.expressible
    if "kysely" not in {one.kind, two.kind}:
        return True
    if two.kind == "kysely" and mutation.row in {"generated → plain", "identity ALWAYS → BY DEFAULT"}:
        return False
    loose = {"jsonb", "Role", "OrderState", "currency"}
    types = {each.type.base for each in mutation.operations if isinstance(each, op.SetType)}
    return mutation.row not in {"enum order", "enum → text"} and not (mutation.rule == "array" and types & loose)


def _expected(mutation: Mutation, truth: Reading, other: Reading) -> tuple[Said, ...]:
    """Types of TypeScript say in their own way what a type is, what is left out, and what an enum holds."""
    rule, table, thing = mutation.rule, str(mutation.table), mutation.object
    if "kysely" not in {truth.kind, other.kind}:
        return ((rule, table, thing),)
    if rule == "enum-values":
        schema = truth.schema if truth.kind != "kysely" else other.schema
        columns = [(table.name, column) for table in schema.in_order() for column in table.columns]
        return tuple(
            (rule, str(name), column.name)
            for name, column in columns
            if column.type.name == mutation.table and not column.type.dimensions
        )
    if mutation.row == "plain → generated" and truth.kind == "kysely":
        return (("default", table, thing),)  # a value is asked for that the database refuses
    if mutation.row != "identity ALWAYS → BY DEFAULT":
        rule = {"type": "ts-type", "identity": "default"}.get(rule, rule)
    return ((rule, table, thing),)


def page(every: list[Tried]) -> str:
    """docs/drift.md with the table: what is right of how many that two sources can tell apart."""
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    return f"{before}{BEGIN}\n\n{table(every)}\n\n{END}{rest.partition(END)[2]}"


def table(every: list[Tried]) -> str:
    """The table and what is to be known of it."""
    every, silent = [each for each in every if each.expected], [each for each in every if not each.expected]
    pairs = sorted({tuple(sorted(each.pair)) for each in every}, key=lambda pair: (pair[0] != pair[1], pair))
    rows = list(dict.fromkeys(each.mutation.row for each in every))
    counts = {(row, pair): _share(every, row, pair) for row in rows for pair in pairs}
    names = [f"{one} / {two}" for one, two in pairs]
    head = ["difference", "kind", *names, *PEERS]
    lines = [f"| {' | '.join(head)} |", "|-|-|" + "-|" * (len(head) - 2)]
    for row in rows:
        kind = next(each.mutation.rule for each in every if each.mutation.row == row)
        cells = [counts[row, pair] for pair in pairs]
        lines.append(f"| {' | '.join([row, f'`{kind}`', *cells, *MEASURED.get(row, ('',) * len(PEERS))])} |")
    right = Counter(each.is_right for each in every)
    mutated = len({(each.mutation.row, str(each.mutation.table), each.mutation.object) for each in every})
    told = (
        f"{mutated} single differences of the schema in `tests/data/drift`, each between every two sources that have "
        f"words for it and on either side: {right[True]:,} of {right.total():,} are found as one finding of the right "
        "kind, table and column, and nothing else is. Where only one of the two has words for it, nothing is said in "
        f"{sum(each.is_right for each in silent):,} of {len(silent):,}."
    )
    legend = (
        "`6/6`: six tried, six found. `-`: one of the two languages cannot say it, so there is nothing to compare. "
        "The last five columns were measured with the tools themselves, on one table and its model: Prisma 7.10 "
        "(`partialIndexes`), drizzle-kit 0.31, Alembic 1.20 (`compare_type`, `compare_server_default`), migra 3.0, "
        "results 2.0; empty where it was not tried. They compare a database with their own model, or with another one."
    )
    return "\n\n".join([told, "\n".join(lines), legend])


def _share(every: list[Tried], row: str, pair: tuple[str, ...]) -> str:
    own = [each for each in every if each.mutation.row == row and tuple(sorted(each.pair)) == pair]
    return f"{sum(each.is_right for each in own)}/{len(own)}" if own else "-"


def main() -> int:
    """Writes the page; what is wrong goes to stderr."""
    every = list(trials())
    wrong = [each for each in every if not each.is_right]
    for each in wrong:
        print(each.mutation.row, each.pair, f"expected {each.expected}, found {each.found}", file=sys.stderr)
    PAGE.write_text(page(every), "utf-8")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
