"""The report as a whole: several sources, what was not read, what is not compared."""

from dataclasses import replace
from pathlib import Path

import pytest

from dbtools.drift import DriftSettings, drift
from dbtools.model.finding import Location, Severity
from dbtools.pg.connect import connect
from dbtools.sources import live, migrations, prisma
from tests.drift.shop import PRISMA, SQL, as_prisma, as_sql, compare, edited

ROOT = Path(__file__).parents[2]


def rules(report):
    return [each.rule for each in report.findings]


def test_the_reference_project_agrees():
    files = {f"migrations/{path.name}": path.read_text() for path in (ROOT / "migrations").glob("*.sql")}
    report = compare(prisma.read(ROOT / "schema/schema.prisma"), migrations.read_texts(files, "migrations"))
    assert report.findings == ()
    assert report.figures["tables"] == 22
    assert report.sections[0].rows[0][0] == "migrations (truth)"


def test_drift_that_happened_is_found_with_all_its_parts():
    """Another layer over the same table, as its own migrations describe it."""
    truth = """
        CREATE TYPE "Role" AS ENUM ('STUDENT', 'TEACHER');
        CREATE TABLE "User" (
          id text PRIMARY KEY,
          email text NOT NULL UNIQUE,
          "passwordHash" text NOT NULL,
          role "Role" NOT NULL DEFAULT 'STUDENT',
          "preferredLocale" text NOT NULL DEFAULT 'vi',
          "preferredLanguage" text,
          "failedLoginAttempts" integer NOT NULL DEFAULT 0,
          "lockedUntil" timestamp(3),
          "stripeCustomerId" text UNIQUE,
          "createdAt" timestamp(3) NOT NULL DEFAULT now(),
          "updatedAt" timestamp(3) NOT NULL
        );
    """
    other = """
        CREATE TABLE "User" (
          id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
          email text NOT NULL,
          password text NOT NULL,
          role text NOT NULL DEFAULT 'STUDENT',
          "createdAt" timestamp NOT NULL DEFAULT now(),
          "updatedAt" timestamp NOT NULL DEFAULT now()
        );
        CREATE INDEX "User_email_key" ON "User" (email);
    """
    report = compare(as_sql(truth, "migrations"), as_sql(other))
    assert [(each.rule, each.object) for each in report.findings] == [
        ("index-unique", "(email)"),
        ("precision", "createdAt"),
        ("missing-column", "failedLoginAttempts"),
        ("default", "id"),
        ("type", "id"),
        ("missing-column", "lockedUntil"),
        ("renamed-column", "passwordHash"),
        ("missing-column", "preferredLanguage"),
        ("missing-column", "preferredLocale"),
        ("type", "role"),
        ("missing-column", "stripeCustomerId"),
        ("default", "updatedAt"),
        ("precision", "updatedAt"),
    ]
    renamed = next(each for each in report.findings if each.rule == "renamed-column")
    assert renamed.values == {"migrations": "passwordHash", "sql": "password"}


def test_a_finding_says_who_says_what_where_and_what_it_does():
    report = compare(as_sql(edited(SQL, '"nickName" text NOT NULL', '"nickName" text')), as_prisma(PRISMA))
    (found,) = report.findings
    assert found.values == {"sql": "nullable", "prisma": "NOT NULL"}
    assert found.location == Location("schema.prisma", 17, 3)
    assert found.message == (
        "User.nickName is nullable in sql, NOT NULL in prisma; "
        "the Prisma client fails on reading a row where it is null"
    )
    assert found.hint == (
        'change it in prisma, or write a migration: ALTER TABLE "User" ALTER COLUMN "nickName" SET NOT NULL'
    )
    assert report.summary == "1 difference between sql and prisma"


def test_one_source_has_nothing_to_be_compared_with():
    report = compare(as_prisma(PRISMA))
    assert (report.status, report.findings) == ("done", ())
    assert report.summary == "only prisma:schema.prisma is given: nothing to compare it with"
    assert compare().summary == "no source is given"


def test_several_sources_give_one_finding_that_names_the_one_alone():
    odd = edited(PRISMA, "nickName  String\n", "nickName  String?\n")
    report = compare(as_sql(SQL, "live", "DATABASE_URL"), as_prisma(odd), as_sql(SQL, "migrations"))
    (found,) = report.findings
    assert found.values == {"migrations": "NOT NULL", "live": "NOT NULL", "prisma": "nullable"}
    assert found.message.startswith(
        "User.nickName is NOT NULL in migrations and live, nullable in prisma (prisma is alone)"
    )
    assert found.location.path == "schema.prisma"


def test_the_truth_may_be_the_one_alone():
    changed = edited(SQL, "varchar(200)", "varchar(300)")
    report = compare(as_sql(changed, "migrations", "m.sql"), as_sql(SQL, "live", "DATABASE_URL"), as_prisma(PRISMA))
    (found,) = report.findings
    assert "(migrations is alone)" in found.message
    assert found.location.path == "m.sql"


def test_what_the_truth_cannot_say_is_compared_among_the_others():
    checked = SQL.replace("notes jsonb", "notes jsonb CHECK (notes <> '1')")
    report = compare(as_sql(checked, "migrations"), as_prisma(PRISMA), as_sql(SQL, "live"), truth="prisma")
    (found,) = report.findings
    assert (found.rule, set(found.values)) == ("check-missing", {"migrations", "live"})


def test_of_two_sources_of_a_kind_each_is_named_with_its_place():
    report = compare(as_sql(SQL, where="a.sql"), as_sql(edited(SQL, "varchar(200)", "text"), where="b.sql"))
    assert report.findings[0].values == {"sql:a.sql": "varchar(200)", "sql:b.sql": "text"}


@pytest.mark.parametrize("truth", ["prisma", "schema.prisma", "prisma:schema.prisma"])
def test_the_truth_can_be_named(truth):
    report = compare(as_sql(edited(SQL, '"nickName" text NOT NULL', '"nickName" text')), as_prisma(PRISMA), truth=truth)
    assert report.findings[0].values == {"prisma": "NOT NULL", "sql": "nullable"}
    assert report.findings[0].location.path == "schema.sql"


def test_a_truth_that_could_not_be_read_is_said_and_the_rest_compared():
    report = drift([as_sql(SQL), as_prisma(PRISMA)], DriftSettings("drizzle"))
    assert report.summary == "2 sources agree on 3 tables, 20 columns; drizzle is not among them, sql stands in"


def test_what_was_not_read_is_noted_and_what_depends_on_it_is_left_alone():
    report = compare(as_sql(SQL), as_prisma(edited(PRISMA, "weight Float?", "weight Floot?")))
    (note,) = report.findings
    assert (note.rule, note.severity, note.location.line) == ("not-read", Severity.INFO, 37)
    assert report.summary == "2 sources agree on 3 tables, 20 columns; 1 table not compared: see what was not read"


def test_a_broken_statement_hides_only_the_tables_it_names():
    broken = edited(SQL, 'CREATE INDEX ON "Order" (number);', 'CREATE INDEX ON "Order" number;')
    report = compare(as_sql(broken), as_prisma(edited(PRISMA, "notes     Json?", "notes     Json")))
    assert rules(report) == ["nullability", "not-read"]


def test_a_table_that_is_missing_takes_its_foreign_keys_along():
    lost = PRISMA[: PRISMA.index("model Order")].replace("  orders    Order[]\n", "").replace("  orders  Order[]\n", "")
    truth = SQL.replace("weight double precision,", "weight double precision,")
    assert rules(compare(as_sql(truth), as_prisma(lost))) == ["missing-table"]
    more = 'ALTER TABLE "Shop" ADD first integer, ADD FOREIGN KEY (first) REFERENCES "Order" (number);'
    report = compare(as_sql(SQL + more), as_prisma(lost))
    assert [(each.rule, each.table) for each in report.findings] == [
        ("missing-table", "Order"), ("missing-column", "Shop"),
    ]  # fmt: skip


def test_a_renamed_table_with_a_renamed_column_is_still_compared():
    model = PRISMA.replace("model Order {", 'model Order {\n  @@map("orders")').replace(
        "weight Float?", 'weight Int? @map("_weight")'
    )
    report = compare(as_sql(SQL + 'CREATE INDEX ON "Order" (weight);'), as_prisma(model))
    assert [(each.rule, each.table, each.object) for each in report.findings] == [
        ("renamed-table", "Order", ""),
        ("index-missing", "Order", "(weight)"),
        ("renamed-column", "Order", "weight"),
        ("type", "Order", "weight"),
    ]
    assert report.findings[3].location.line == 38


def test_two_candidates_make_no_rename():
    truth = as_sql("CREATE TABLE t (id int, one text, two text)", "migrations")
    report = compare(truth, as_sql("CREATE TABLE t (id int, three text, four text)"))
    assert rules(report) == ["missing-column"] * 4


def test_an_invalid_index_of_a_live_database_is_none():
    database = as_sql("CREATE TABLE t (a int); CREATE INDEX i ON t (a);", "live")
    (table,) = database.schema.tables.values()
    broken = replace(table, indexes=tuple(replace(index, valid=False) for index in table.indexes))
    database = replace(database, schema=database.schema.with_table(broken))
    report = compare(as_sql("CREATE TABLE t (a int); CREATE INDEX i ON t (a);", "migrations"), database)
    assert rules(report) == ["index-missing"]


@pytest.mark.server
def test_a_live_database_agrees_with_what_built_it(database):
    with connect(database) as connection:
        connection.execute(SQL)
        connection.execute("CREATE TABLE schema_migrations (version text PRIMARY KEY)")
        sources = as_sql(SQL, "migrations"), as_prisma(PRISMA), live.read(database, "DATABASE_URL")
        assert compare(*sources).findings == ()
        connection.execute('ALTER TABLE "Order" ALTER weight TYPE real; ALTER TABLE "Shop" ADD CHECK (name <> \'\')')
    report = compare(*sources[:2], live.read(database, "DATABASE_URL"))
    assert [(each.rule, each.values) for each in report.findings] == [
        ("type", {"migrations": "double precision", "prisma": "double precision", "live": "real"}),
        ("check-missing", {"migrations": "missing", "live": "CHECK (name <> '')"}),
    ]
