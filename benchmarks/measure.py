"""How long things take: ``python benchmarks/measure.py`` in a checkout with dbtools installed.

Every figure is the least of several runs. Beside the commands stands what they take as a multiple of the interpreter
plus click in the same run: on a noisy machine only ratios can be compared.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DBTOOLS = str(Path(sys.executable).with_name("dbtools"))
RUNS = 8
# Byte code is kept between runs, as it is for users.
COMPILED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def main() -> None:
    """Print one line per measurement."""
    click = least(lambda: cpu(sys.executable, "-c", "import click"))
    print(f"{'import click':<58}{click:8.0f} ms CPU")
    for title, arguments in COMMANDS.items():
        spent = least(lambda: cpu(DBTOOLS, *arguments))  # noqa: B023 - called at once
        print(f"{title:<58}{spent:8.0f} ms CPU {spent / click:6.1f} x click")
    for title, measure in INSIDE.items():
        print(f"{title:<58}{measure():8.1f} ms")


COMMANDS = {
    "dbtools --help": ("--help",),
    "dbtools lint, one file against 5 migrations": ("lint", "migrations/0006_quizzes_and_certificates.up.sql"),
    "dbtools lint --all": ("lint", "--all"),
    "dbtools drift, all five sources; goal 500": ("drift",),
    "dbtools erd --check": ("erd", "--check"),
}


def least(measure: Callable[[], float]) -> float:
    """The least of several runs."""
    return min(measure() for _ in range(RUNS))


def cpu(*command: str) -> float:
    """CPU milliseconds of one run of *command*."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=ROOT, env=COMPILED, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


def elapsed(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """Milliseconds of one call, by the wall's clock or another."""
    start = clock()
    work()
    return (clock() - start) * 1000


def folded() -> float:
    """5,500 operations on 500 tables."""
    from dbtools.model.apply import apply_all
    from dbtools.model.schema import Schema
    from dbtools.sql.read import read

    make = "CREATE TABLE t{0} (id int PRIMARY KEY, a int UNIQUE, b int CHECK (b > 0)); CREATE INDEX ON t{0} (b);"
    change = "ALTER TABLE t{0} ADD c{1} int; CREATE INDEX ON t{0} (c{1}); ALTER TABLE t{0} ALTER c{1} SET NOT NULL;"
    sql = "".join(make.format(number) for number in range(500))
    sql += "".join(change.format(number, turn) for turn in range(3) for number in range(500))
    operations = [operation for statement in read(sql) for operation in statement.operations]
    return min(elapsed(lambda: apply_all(Schema(), operations)) for _ in range(3))


def drawn() -> float:
    """The pages of 1,000 tables from a Schema."""
    from dbtools.erd import DomainPages, Pages, erd
    from dbtools.model.schema import Schema
    from dbtools.sql.walk import fold

    sql = "".join(
        f"CREATE TABLE t{n} (id int PRIMARY KEY, a text, b text, c text, t_id int REFERENCES t{n // 2} (id));"
        for n in range(1000)
    )
    schema = fold(Schema(), (sql,))
    pages = Pages(domains=tuple(DomainPages(f"d{n}", (f"t{n}*",)) for n in range(1, 10)))
    return min(elapsed(lambda: erd(schema, pages, {})) for _ in range(3))


DRIZZLE = """
import { boolean, index, integer, jsonb, numeric, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { sql } from "drizzle-orm";
const times = { createdAt: timestamp("created_at", { withTimezone: true }).defaultNow(), at: timestamp("at") };
"""
DRIZZLE_TABLE = """export const t{n} = pgTable("t{n}", {{
  id: uuid("id").defaultRandom().primaryKey(), name: text("name").notNull(), email: text("email").notNull().unique(),
  count: integer("count").notNull().default({n}), active: boolean("is_active").default(true).notNull(),
  ownerId: uuid("owner_id").notNull().references(() => t{other}.id, {{ onDelete: "cascade" }}),
  settings: jsonb("settings").$type<unknown>().default({{}}), price: numeric("price", {{ precision: 10, scale: 2 }}),
  note: text("note").default(""), kind: text("kind"), ...times,
}}, (t) => [
  index("t{n}_owner").on(t.ownerId, t.createdAt.desc()),
  index("t{n}_noted").on(t.name).where(sql`${{t.note}} is not null`),
]);
"""


PRISMA_MODEL = """model M{n} {{
  id        String   @id @default(dbgenerated("gen_random_uuid()")) @db.Uuid
  name      String   @db.VarChar(200)
  email     String   @unique
  count     Int      @default({n})
  active    Boolean  @default(true) @map("is_active")
  ownerId   String   @map("owner_id") @db.Uuid
  owner     M{other} @relation("r{n}", fields: [ownerId], references: [id], onDelete: Cascade)
  owned     M{back}[] @relation("r{back}")
  settings  Json     @default("{{}}")
  price     Decimal? @db.Decimal(10, 2)
  note      String?  @default("")
  kind      Kind     @default(ONE)
  createdAt DateTime @default(now()) @map("created_at") @db.Timestamptz(6)
  updatedAt DateTime @updatedAt
  @@index([ownerId, createdAt(sort: Desc)])
  @@index([name])
  @@map("m{n}")
}}
"""


def prisma_text() -> str:
    """A Prisma schema of 100 models and 1,300 columns."""
    models = (PRISMA_MODEL.format(n=n, other=n * 7 % 100, back=n * 43 % 100) for n in range(100))
    return "enum Kind {\n  ONE\n  TWO\n}\n" + "".join(models)


def drizzle_text() -> str:
    """A Drizzle schema of 100 tables and 1,200 columns."""
    return DRIZZLE + "".join(DRIZZLE_TABLE.format(n=n, other=n * 7 % 100) for n in range(100))


def reading(room: str, text: str, suffix: str) -> float:
    """CPU milliseconds for *text*, in a program that has read before."""
    read = import_module(f"dbtools.sources.{room}").read_texts
    files = {f"schema.{suffix}": text}
    unknown = read(files, "schema").unknown
    if unknown:
        raise ValueError(f"{unknown[0].location}: {unknown[0].what}")
    return least(lambda: elapsed(lambda: read(files, "schema"), time.process_time))


def reading_first(room: str, text: str, suffix: str) -> float:
    """CPU milliseconds for *text*, in a fresh interpreter, which imports what it needs."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"schema.{suffix}")
        path.write_text(text, "utf-8")
        work = f"from pathlib import Path; from dbtools.sources.{room} import read; read(Path({str(path)!r}))"
        return least(lambda: cpu(sys.executable, "-c", work)) - least(lambda: cpu(sys.executable, "-c", "pass"))


def started() -> float:
    """The embedded server, its cluster made before."""
    from dbtools.pg.server import server

    def once() -> None:
        with server():
            pass

    once()
    return min(elapsed(once) for _ in range(3))


def watched() -> float:
    """What watching adds to one statement, with 50 tables."""
    from dbtools.pg.connect import connect
    from dbtools.pg.observe import observe
    from dbtools.pg.server import server

    with server() as running, running.database() as url, connect(url) as connection:
        connection.execute(
            "".join(f"CREATE TABLE t{n} (id int PRIMARY KEY, a int UNIQUE);" for n in range(50)).encode()
        )
        connection.execute("BEGIN")
        times = []
        for _ in range(RUNS):
            start = time.perf_counter()
            seen = observe(connection, "COMMENT ON TABLE t1 IS 'x'")
            times.append((time.perf_counter() - start) * 1000 - seen.milliseconds)
    return min(times)


INSIDE: dict[str, Callable[[], float]] = {
    "fold 5,500 operations on 500 tables": folded,
    "pages of 1,000 tables from a Schema": drawn,
    "read 100 Prisma models, CPU; goal 50": lambda: reading("prisma", prisma_text(), "prisma"),
    "read 100 Prisma models, CPU, fresh interpreter": lambda: reading_first("prisma", prisma_text(), "prisma"),
    "read 100 Drizzle tables, CPU; goal 150": lambda: reading("drizzle", drizzle_text(), "ts"),
    "read 100 Drizzle tables, CPU, fresh interpreter": lambda: reading_first("drizzle", drizzle_text(), "ts"),
    "start and stop the embedded server, cluster made": started,
    "what watching adds to one statement, 50 tables": watched,
}


if __name__ == "__main__":
    main()
