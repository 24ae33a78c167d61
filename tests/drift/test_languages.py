"""What a client fills in itself, what its types say, and what its reader could not read."""

from dataclasses import replace

import pytest

from dbtools.drift import DriftSettings, drift
from dbtools.model.expression import Name
from dbtools.model.finding import Location, Severity
from dbtools.model.objects import Column, ColumnRef, Table
from dbtools.model.reader import Reading, Unread
from dbtools.model.schema import Schema
from dbtools.model.typescript import typescript, union
from tests.drift.shop import as_prisma, as_sql, compare

USER = Name("public", "User")
KYSELY = frozenset({"ts type", "nullability", "insert", "enum"})
MODEL = frozenset({"type", "nullability", "list nullability", "default", "identity", "generated", "primary key"})
SQL = """
CREATE TYPE "Role" AS ENUM ('BUYER', 'SELLER');
CREATE TABLE "User" (
  id serial PRIMARY KEY,
  email varchar(200) NOT NULL,
  amount numeric(12,2) NOT NULL DEFAULT 0,
  role "Role" NOT NULL DEFAULT 'BUYER',
  tags text[],
  area integer GENERATED ALWAYS AS (1 + 1) STORED,
  "updatedAt" timestamp(3) NOT NULL
);
"""
TYPES = {
    "id": (typescript("number"), False, "optional"),
    "email": (typescript("string"), False, "required"),
    "amount": (typescript("string"), False, "optional"),
    "role": (union("SELLER", "BUYER"), False, "optional"),
    "tags": (typescript("string", 1), True, "optional"),
    "area": (typescript("number"), True, "refused"),
    "updatedAt": (typescript("Date"), False, "required"),
}


def kysely(*unknown, extra=(), **changed):
    """Types of TypeScript as a reader gives them; of a column None leaves it out."""
    said = {name: each for name, each in {**TYPES, **changed}.items() if each is not None}
    columns = [Column(name, kind, nullable) for name, (kind, nullable, _) in said.items()]
    inserts = {ColumnRef(USER, name): insert for name, (_, _, insert) in said.items()}
    tables = [Table(USER, columns), *extra]
    return Reading("kysely", "kysely.ts", Schema.of(tables), {}, KYSELY, unknown, inserts=inserts)


def drizzle(text, client_defaults=()):
    """What a reader of a model gives for tables that this SQL makes."""
    schema = as_sql(text).schema
    own = {ColumnRef(USER, name): said for name, said in client_defaults}
    return Reading("drizzle", "drizzle.ts", schema, {}, MODEL, client_defaults=own)


def summed(report):
    return [(each.rule, each.table, each.object) for each in report.findings]


def test_types_that_hold_what_the_driver_hands_over_are_silent():
    assert compare(as_sql(SQL), kysely()).findings == ()


@pytest.mark.parametrize(
    ("column", "said", "rule", "severity", "words"),
    [
        ("amount", (typescript("number"), False, "optional"), "ts-type", "error", "Kysely takes it for number, string"),
        ("updatedAt", (typescript("string"), False, "required"), "ts-type", "error", "Date arrives"),
        ("tags", (typescript("string"), True, "optional"), "array", "error", "string[] arrives"),
        ("email", (typescript("string", 1), False, "required"), "array", "error", "takes it for string[]"),
        ("email", (typescript("string"), True, "optional"), "nullability", "error", "23502"),
        ("email", (typescript("string"), False, "optional"), "default", "error", "through Kysely fail with 23502"),
        ("amount", (typescript("string"), False, "required"), "default", "warning", "does not let an insert leave it"),
        ("id", (typescript("number"), False, "required"), "default", "warning", "does not let an insert leave it"),
        ("id", (typescript("number"), False, "refused"), "identity", "warning", "takes explicit values"),
        ("email", (typescript("string"), False, "refused"), "generated", "error", "cannot give the value"),
        ("tags", (typescript("string", 1), True, "refused"), "generated", "error", "stays NULL"),
        ("area", (typescript("number"), True, "required"), "default", "error", "428C9"),
        ("role", (union("BUYER"), False, "optional"), "enum-values", "error", "does not reckon with SELLER"),
        ("role", (union("BUYER", "SELLER", "X"), False, "optional"), "enum-values", "error", "writing X fails"),
        ("tags", (typescript("string", 1), False, "optional"), "nullability", "info", "hands over null where kysely"),
        ("tags", None, "missing-column", "warning", "its types do not know it"),
        ("email", None, "missing-column", "error", "inserts through Kysely fail with 23502"),
    ],
)  # fmt: skip
def test_one_change_in_the_types_is_one_finding(column, said, rule, severity, words):
    (found,) = compare(as_sql(SQL), kysely(**{column: said})).findings
    assert (found.rule, found.table, found.object, str(found.severity)) == (rule, "User", column, severity)
    assert words in found.message


def test_types_that_let_a_computed_column_be_given_are_no_difference_since_all_generators_write_them():
    assert compare(as_sql(SQL), kysely(area=(typescript("number"), True, "optional"))).findings == ()


def test_a_column_that_types_alone_have_is_said_in_their_language():
    (found,) = compare(as_sql(SQL), kysely(nick=(typescript("string"), True, "optional"))).findings
    assert (found.rule, found.values) == ("missing-column", {"sql": "missing", "kysely": "string | null"})
    assert found.hint == "change it in kysely, or write a migration that adds it"  # of which type, it does not say


@pytest.mark.parametrize(("had", "said"), [("bit(8)", "bit(4)"), ("vector(3)", "vector(2)"), ("vector(3)", "vector")])
def test_what_is_of_one_length_takes_no_shorter_value(had, said):
    texts = (f'CREATE TABLE "User" (v {kind})' for kind in (had, said))
    (found,) = compare(as_sql(next(texts)), drizzle(next(texts))).findings
    assert (found.rule, found.object, str(found.severity)) == ("precision", "v", "error")
    assert found.message.endswith(f"the database refuses values that are no {had}")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("prisma", "reading SELLER fails in the Prisma client"),
        ("sqlalchemy", "reading SELLER fails in SQLAlchemy"),
        ("drizzle", "Drizzle does not reckon with SELLER"),
    ],
)
def test_only_clients_that_look_at_labels_fail_on_reading_another(kind, words):
    model = replace(as_sql(SQL.replace(", 'SELLER'", "")), kind=kind)
    (found,) = compare(as_sql(SQL), model).findings
    assert (found.rule, found.table) == ("enum-values", "Role")
    assert found.message.endswith(words)


def test_a_renamed_column_is_found_through_types_of_another_language():
    said = {"amount": None, "amountTotal": TYPES["amount"]}
    (found,) = compare(as_sql(SQL), kysely(**said)).findings
    assert (found.rule, found.object, found.values["kysely"]) == ("renamed-column", "amount", "amountTotal")


def test_labels_of_an_enum_and_of_a_union_make_one_finding():
    more = SQL.replace("'SELLER')", "'SELLER', 'ADMIN')")
    report = compare(as_sql(more, "migrations"), kysely(), as_sql(SQL, "live"))
    (found,) = report.findings
    assert (found.rule, found.table, found.object) == ("enum-values", "Role", "")
    assert found.values == {
        "migrations": "BUYER, SELLER, ADMIN", "kysely": "SELLER, BUYER", "live": "BUYER, SELLER",
    }  # fmt: skip


def test_a_view_that_a_model_declares_is_no_table_that_it_lacks():
    model = 'model User {\n id Int @id\n}\nview Recent {\n id Int?\n @@map("recent")\n}'
    said = {name: None for name in TYPES if name != "id"}
    types = kysely(extra=[Table(Name("public", "recent"), [Column("id", typescript("number"))])],
                   id=(typescript("number"), False, "required"), **said)  # fmt: skip
    assert compare(as_prisma(model), types).findings == ()
    without = compare(as_prisma(model.partition("view")[0]), types).findings
    assert [(each.rule, each.table) for each in without] == [("missing-table", "recent")]


def test_a_view_or_a_partition_that_has_types_is_no_missing_table():
    database = """
        CREATE VIEW v AS SELECT 1 AS a;
        CREATE TABLE log (at date NOT NULL) PARTITION BY RANGE (at);
        CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
    """
    day = Column("at", typescript("Date"), nullable=False)
    others = [Table(Name("public", name), (day,)) for name in ("v", "log", "log_2024")]
    types = kysely(extra=others)
    inserts = {**types.inserts, **{ColumnRef(each.name, "at"): "required" for each in others}}
    assert compare(as_sql(SQL + database), replace(types, inserts=inserts)).findings == ()


PRISMA = """
enum Role {
  BUYER
  SELLER
}
model User {
  id        Int      @id @default(autoincrement())
  email     String   @db.VarChar(200)
  amount    Decimal  @default(0) @db.Decimal(12, 2)
  role      Role     @default(BUYER)
  tags      String[]
  area      Int?
  updatedAt DateTime @updatedAt
}
"""


@pytest.mark.parametrize(
    ("old", "new", "kysely_says", "others_say"),
    [
        ("amount numeric(12,2) NOT NULL DEFAULT 0", "amount double precision NOT NULL DEFAULT 0", "string",
         {"migrations": "double precision, which arrives as number", "prisma": "numeric(12,2)"}),
        ("id serial", "id integer", "optional on insert",
         {"migrations": "NOT NULL without a database default", "prisma": "serial"}),
        ("email varchar(200) NOT NULL", "email varchar(200) NOT NULL GENERATED ALWAYS AS ('a') STORED",
         "required on insert", {"migrations": "GENERATED ALWAYS AS ('a')"}),
    ],
)  # fmt: skip
def test_a_source_that_differs_under_another_name_is_not_said_to_agree(old, new, kysely_says, others_say):
    """Kysely and Prisma differ from the migrations in the same column, each in its own words."""
    report = compare(as_sql(SQL.replace(old, new), "migrations"), as_prisma(PRISMA), kysely())
    (found,) = (each for each in report.findings if "kysely" in each.values)
    assert found.values == {**others_say, "kysely": kysely_says}


TRUSTING = SQL.replace('"updatedAt" timestamp(3) NOT NULL', '"updatedAt" timestamp(3) NOT NULL DEFAULT now()')


def test_a_client_that_trusts_in_a_default_of_another_client_is_told_so():
    """Prisma's @updatedAt is no default of the database, but Drizzle's defaultNow() sends DEFAULT."""
    report = compare(as_sql(SQL, "migrations"), as_prisma(PRISMA), drizzle(TRUSTING))
    (found,) = report.findings
    assert (found.rule, found.object, found.severity) == ("default", "updatedAt", Severity.ERROR)
    assert found.values == {
        "migrations": "no database default", "prisma": "no database default", "drizzle": "now()",
    }  # fmt: skip
    assert "(drizzle is alone)" in found.message
    assert "inserts through Drizzle fail with 23502" in found.message


def test_so_it_is_without_a_database_to_compare_with():
    (found,) = compare(as_prisma(PRISMA), drizzle(TRUSTING)).findings
    assert found.values == {"prisma": "no database default (@updatedAt by the client)", "drizzle": "now()"}
    assert "inserts through Drizzle fail with 23502 where the Prisma client fills in @updatedAt itself" in found.message


def test_what_two_clients_fill_in_themselves_is_no_difference():
    own = [("updatedAt", "$onUpdate(() => new Date())")]
    assert compare(as_sql(SQL), as_prisma(PRISMA), drizzle(SQL, own)).findings == ()


def test_a_default_of_the_database_beside_one_of_the_client_is_a_difference():
    (found,) = compare(as_sql(TRUSTING), as_prisma(PRISMA)).findings
    assert (found.rule, found.severity) == ("default", Severity.WARNING)
    assert found.values["prisma"] == "no database default (@updatedAt by the client)"
    assert "the Prisma client sends its own @updatedAt" in found.message


@pytest.mark.parametrize(
    ("aspect", "column", "said"),
    [
        ("ts type", "amount", (typescript("unknown number"), False, "optional")),
        ("nullability", "email", (typescript("string"), True, "required")),
        ("insert", "email", (typescript("string"), False, "optional")),
    ],
)
def test_an_attribute_that_was_not_read_is_left_out_and_nothing_else(aspect, column, said):
    unread = Unread(Location("kysely.ts", 7), "it is too clever", ColumnRef(USER, column), aspect)
    other = {"id": (typescript("string"), False, "optional")}
    report = compare(as_sql(SQL), kysely(unread, **{column: said}, **other))
    assert summed(report) == [("ts-type", "User", "id"), ("not-read", "", "")]
    assert report.findings[1].message == f"kysely: {aspect} of User.{column}: it is too clever"


def test_indexes_that_were_not_read_are_not_missing():
    truth = SQL + 'CREATE INDEX ON "User" (email); CREATE INDEX ON "User" (amount);'
    model = replace(drizzle(SQL), expressible=MODEL | {"index", "unique"})
    assert summed(compare(as_sql(truth), model)) == [
        ("index-missing", "User", "(amount)"), ("index-missing", "User", "(email)"),
    ]  # fmt: skip
    one = Unread(Location("drizzle.ts", 3), "a function", ColumnRef(USER, "email"), "index")
    assert summed(compare(as_sql(truth), replace(model, unknown=(one,)))) == [
        ("index-missing", "User", "(amount)"), ("not-read", "", ""),
    ]  # fmt: skip
    every = Unread(Location("drizzle.ts", 3), "a function", ColumnRef(USER), "index")
    assert summed(compare(as_sql(truth), replace(model, unknown=(every,)))) == [("not-read", "", "")]


def test_what_the_truth_lacks_is_compared_among_the_others():
    extra = 'CREATE TABLE "Log" (id serial PRIMARY KEY, text text NOT NULL, size integer);'
    one, two = as_sql(SQL + extra, "migrations"), as_sql(SQL + extra.replace("integer", "bigint"), "live")
    report = drift([kysely(), one, two], DriftSettings("kysely"))
    assert summed(report) == [("missing-table", "Log", ""), ("type", "Log", "size")]
    assert report.findings[0].values == {"kysely": "missing", "migrations": "present", "live": "present"}
    assert "(kysely is alone)" in report.findings[0].message
    assert report.findings[1].values == {"migrations": "integer", "live": "bigint"}


def test_four_sources_make_one_finding_each_with_its_place():
    wrong = SQL.replace("varchar(200)", "varchar(100)")
    report = compare(as_sql(SQL, "migrations", "m.sql"), as_prisma(PRISMA), drizzle(wrong), kysely())
    (found,) = report.findings
    assert found.values == {"migrations": "varchar(200)", "prisma": "varchar(200)", "drizzle": "varchar(100)"}
    assert found.places["prisma"] == Location("schema.prisma", 8, 3)
    assert found.places["drizzle"] == Location("drizzle.ts")
    assert found.location == found.places["drizzle"]


def test_names_of_enums_compare_without_regard_to_case():
    other = SQL.replace('"Role"', "role")
    assert compare(as_sql(SQL, "migrations"), as_sql(other)).findings == ()
    (found,) = compare(as_sql(SQL, "migrations"), as_sql(other.replace("'SELLER'", "'VENDOR'"))).findings
    assert (found.rule, found.table) == ("enum-values", "Role")
    assert found.places["sql"].line == 2


def test_sources_of_two_databases_are_one_finding_and_the_rest_is_compared():
    strange = as_sql("CREATE TABLE a (id int); CREATE TABLE b (id int); CREATE TABLE c (id int);", where="strange.sql")
    tables = "CREATE TABLE d (id int); CREATE TABLE e (id int);"
    truth, other = as_sql(SQL + tables, "migrations"), as_sql(SQL + tables.replace("e (id int", "e (id text"), "live")
    report = compare(truth, strange, other)
    assert summed(report) == [("nothing-in-common", "", ""), ("type", "e", "id")]
    assert report.findings[0].location.path == "strange.sql"
    assert "have no table in common: a, b, c, ... against User, d, e" in report.findings[0].message
