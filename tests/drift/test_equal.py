"""Two spellings of one thing are no difference."""

import pytest

from tests.drift.shop import PRISMA, SQL, as_prisma, as_sql, compare, edited

SPELLINGS = [
    ("DEFAULT 'BUYER'", "DEFAULT 'BUYER'::\"Role\""),
    ("DEFAULT now()", "DEFAULT CURRENT_TIMESTAMP"),
    ("DEFAULT now()", "DEFAULT CURRENT_TIMESTAMP(3)"),
    ("DEFAULT now()", "DEFAULT transaction_timestamp()"),
    ("DEFAULT gen_random_uuid()", "DEFAULT public.uuid_generate_v4()"),
    ("points integer NOT NULL DEFAULT 0", "points int4 NOT NULL DEFAULT '0'::integer"),
    ("points integer NOT NULL DEFAULT 0", "points int DEFAULT '0' NOT NULL"),
    ("NOT NULL DEFAULT 0,\n  active", "NOT NULL DEFAULT 0.00,\n  active"),
    ("NOT NULL DEFAULT 0,\n  active", "NOT NULL DEFAULT '0.0'::numeric,\n  active"),
    ("DEFAULT true", "DEFAULT 't'"),
    ("DEFAULT true", "DEFAULT 'yes'::boolean"),
    ("DEFAULT '{}'", "DEFAULT ARRAY[]::text[]"),
    ("DEFAULT '{}'", "DEFAULT ARRAY[]::varchar[]"),
    ("tags text[] NOT NULL", "tags text[]"),
    ("varchar(200)", "character varying(200)"),
    ("rating numeric(5,2)", "rating decimal(5, 2)"),
    ("weight double precision", "weight float8"),
    ('"seenAt" timestamptz', '"seenAt" timestamp(6) with time zone'),
    ("notes jsonb", "notes jsonb DEFAULT NULL"),
    ("id serial PRIMARY KEY", "id serial4, CONSTRAINT the_key PRIMARY KEY (id)"),
    ("id serial PRIMARY KEY", "id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
    ("id serial PRIMARY KEY", "id integer NOT NULL DEFAULT nextval('people') PRIMARY KEY"),
    (',\n  UNIQUE ("shopId", number)\n);', ');\nCREATE UNIQUE INDEX odd ON "Order" ("shopId", number);'),
    ('  UNIQUE ("shopId", number)', '  CONSTRAINT odd UNIQUE ("shopId", number)'),
    ("CREATE INDEX by_role ON", "CREATE INDEX ON"),
    ("points DESC)", "points DESC NULLS FIRST)"),
    ("points DESC)", "points DESC) INCLUDE (email)"),
    ('REFERENCES "Shop" ON DELETE SET NULL', 'CONSTRAINT odd REFERENCES "Shop" (id) ON DELETE SET NULL'),
    ("notes jsonb,", "notes jsonb CHECK (notes <> '[]'),"),
    ('CREATE INDEX ON "Order" (number);', 'CREATE INDEX ON "Order" (number) WHERE number > 3;'),
]  # fmt: skip
ADDITIONS = [
    'CREATE INDEX ON "User" (lower(email));',
    'CREATE INDEX ON "User" (id) WHERE active;',
    "CREATE VIEW v AS SELECT 1 AS a;",
    "CREATE TABLE _prisma_migrations (id text);",
    "CREATE SCHEMA b; CREATE TABLE b.t (a int);",
]
MODELS = [
    ("@default(uuid())", "@default(cuid())"),
    ("@updatedAt", "@default(dbgenerated()) @updatedAt"),
    ("notes     Json?", 'remarks   Json? @map("notes")'),
    ("model Shop {", "model Store {"),
]


@pytest.mark.parametrize(("old", "new"), SPELLINGS)
def test_another_spelling_in_sql_is_silent(old, new):
    assert compare(as_sql(edited(SQL, old, new)), as_prisma(PRISMA)).findings == ()


@pytest.mark.parametrize("statements", ADDITIONS)
def test_what_a_model_has_no_words_for_is_silent(statements):
    assert compare(as_sql(SQL + statements), as_prisma(PRISMA)).findings == ()


@pytest.mark.parametrize(("old", "new"), MODELS)
def test_another_spelling_in_the_model_is_silent(old, new):
    model = edited(PRISMA, old, new)
    if "Store" in new:
        model = (
            model.replace("  Shop  ", "  Store ")
            .replace("Shop?", "Store?")
            .replace("model Store {", 'model Store {\n  @@map("Shop")')
        )
    assert compare(as_sql(SQL), as_prisma(model)).findings == ()


@pytest.mark.parametrize(
    ("sql", "model"),
    [
        ("a text DEFAULT 'it''s'", 'a String? @default("it\'s")'),
        ("a jsonb DEFAULT '{\"b\":1,\"a\":[]}'", 'a Json? @default("{\\"a\\": [], \\"b\\": 1}")'),
        ("a text[] DEFAULT '{x,y}'", 'a String[] @default(["x", "y"])'),
        ("a text[] DEFAULT '{\"x z\",y}'", 'a String[] @default(["x z", "y"])'),
        ("a integer[] DEFAULT '{1,2}'", "a Int[] @default([1, 2])"),
        ("a double precision DEFAULT 1", "a Float? @default(1.0)"),
        ("a numeric(65,30) DEFAULT 1.50", "a Decimal? @default(1.5)"),
        ("a bigint DEFAULT '-5'::bigint", "a BigInt? @default(-5)"),
        ("a timestamp(3) DEFAULT '2020-01-01'", 'a DateTime? @default("2020-01-01T00:00:00Z")'),
        ("a bytea DEFAULT '\\x6869'", 'a Bytes? @default("aGk=")'),
        ("a date DEFAULT CURRENT_DATE", 'a DateTime? @default(dbgenerated("current_date")) @db.Date'),
        ("a bigserial NOT NULL", "a BigInt @default(autoincrement())"),
        ("a timestamp DEFAULT now()", "a DateTime? @default(now()) @db.Timestamp(6)"),
        ("a bpchar(3)", "a String? @db.Char(3)"),
        ("a char", "a String? @db.Char(1)"),
        ("a time", "a DateTime? @db.Time(6)"),
        ("a bit", "a String? @db.Bit(1)"),
        ("a uuid DEFAULT 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'",
         'a String? @default("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11") @db.Uuid'),
        ("a int GENERATED ALWAYS AS (id * 2) STORED", 'a Int? @default(dbgenerated("(id * 2)"))'),
        ("a interval", 'a Unsupported("interval")?'),
        ("a vector(3)", 'a Unsupported("vector(3)")?'),
        ("a ext.citext", "a String? @db.Citext"),
        ("a email", "a String?"),
        ("a email DEFAULT 'x'", 'a String? @default("x")'),
    ],
)  # fmt: skip
def test_a_column_that_both_languages_spell_their_way_is_silent(sql, model):
    truth = as_sql(f"CREATE DOMAIN email AS text; CREATE TABLE t (id integer PRIMARY KEY, {sql})")
    assert compare(truth, as_prisma(f"model t {{\n id Int @id\n {model}\n}}")).findings == ()


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("CHECK (a IN ('x', 'y'))", "CHECK (a = ANY (ARRAY['x'::text, 'y'::text]))"),
        ("CHECK (length(a) BETWEEN 1 AND 5)", "CHECK (length(a) >= 1 AND length(a) <= 5)"),
        ("CONSTRAINT one CHECK (a <> '')", "CONSTRAINT two CHECK ((a <> ''::text))"),
        ("UNIQUE (a)", "UNIQUE (a), CONSTRAINT again UNIQUE (a)"),
        ("FOREIGN KEY (a, b) REFERENCES u (c, d)", "FOREIGN KEY (b, a) REFERENCES u (d, c)"),
    ],
)
def test_constraints_compare_by_content(one, two):
    texts = [
        f"CREATE TABLE u (c text, d text, UNIQUE (c, d)); CREATE TABLE t (a text, b text, {said})"
        for said in (one, two)
    ]
    assert compare(as_sql(texts[0], "migrations"), as_sql(texts[1])).findings == ()


def test_the_order_of_columns_is_no_difference():
    assert (
        compare(as_sql("CREATE TABLE t (a int, b int)", "live"), as_sql("CREATE TABLE t (b int, a int)")).findings == ()
    )


def test_join_tables_of_prisma_are_ordinary_tables():
    model = "model A {\n id Int @id\n bs B[]\n}\nmodel B {\n id Int @id\n as A[]\n}"
    truth = """
        CREATE TABLE "A" (id integer PRIMARY KEY);
        CREATE TABLE "B" (id integer PRIMARY KEY);
        CREATE TABLE "_AToB" (
          "A" integer NOT NULL REFERENCES "A" ON DELETE CASCADE ON UPDATE CASCADE,
          "B" integer NOT NULL REFERENCES "B" ON DELETE CASCADE ON UPDATE CASCADE,
          PRIMARY KEY ("A", "B")
        );
        CREATE INDEX ON "_AToB" ("B");
    """
    assert compare(as_sql(truth), as_prisma(model)).findings == ()
    (lost,) = compare(as_sql(truth), as_prisma(model.replace(" bs B[]\n", "").replace(" as A[]\n", ""))).findings
    assert (lost.rule, lost.table) == ("missing-table", "_AToB")


def test_without_foreign_keys_of_its_own_a_model_is_not_asked_for_them():
    model = edited(PRISMA, 'provider = "postgresql"', 'provider = "postgresql"\n  relationMode = "prisma"')
    assert compare(as_sql(SQL), as_prisma(model)).findings == ()


def test_a_partial_index_counts_for_a_language_that_has_words_for_it():
    model = PRISMA.replace("datasource db", 'generator c {\n previewFeatures = ["partialIndexes"]\n}\ndatasource db')
    partial = edited(SQL, 'CREATE INDEX ON "Order" (number);', 'CREATE INDEX ON "Order" (number) WHERE number > 3;')
    assert [each.rule for each in compare(as_sql(partial), as_prisma(model)).findings] == ["index-columns"]


def test_unique_for_some_rows_only_is_not_unique():
    partial = ');\nCREATE UNIQUE INDEX ON "Order" ("shopId", number) WHERE weight > 0;'
    truth = edited(SQL, ',\n  UNIQUE ("shopId", number)\n);', partial)
    (found,) = compare(as_sql(truth), as_prisma(PRISMA)).findings
    assert (found.rule, found.object) == ("index-unique", "(shopId,number)")
    assert found.values["sql"] == "unique (shopId, number) WHERE weight > 0"


def test_a_column_in_brackets_is_that_column():
    texts = [f'CREATE TABLE t (a text, "B" text); CREATE INDEX ON t (a, {key});' for key in ('"B" DESC', '("B") DESC')]
    assert compare(as_sql(texts[0], "migrations"), as_sql(texts[1])).findings == ()
    model = "model t {\n a String?\n B String?\n @@index([a, B(sort: Desc)])\n}"
    assert compare(as_prisma(model), as_sql(texts[1])).findings == ()


def test_a_key_to_a_table_that_the_file_makes_later_points_at_its_primary_key():
    first, then = "CREATE TABLE a (b_id int REFERENCES b);", "CREATE TABLE b (id int PRIMARY KEY);"
    assert compare(as_sql(f"{first} {then}", "migrations"), as_sql(f"{then} {first}")).findings == ()


def test_a_key_over_the_same_columns_in_another_order_knows_the_same_duplicates():
    texts = [f"CREATE TABLE t (a int, b int, PRIMARY KEY ({key}))" for key in ("a, b", "b, a", "a")]
    (found,) = compare(as_sql(texts[0], "migrations"), as_sql(texts[1])).findings
    assert (found.rule, found.object, str(found.severity)) == ("index-columns", "(a,b)", "warning")
    assert found.message.endswith("the same rows count as duplicates, but each serves other queries")
    (found,) = [each for each in compare(as_sql(texts[0], "migrations"), as_sql(texts[2])).findings
                if each.rule == "index-columns"]  # fmt: skip
    assert found.message.endswith("other rows count as duplicates")
