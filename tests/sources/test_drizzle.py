"""A Drizzle schema reads as the database that drizzle-kit would build."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbtools.errors import SourceError
from dbtools.model.apply import apply_all
from dbtools.model.expression import Name, Type
from dbtools.model.finding import Location
from dbtools.model.objects import Check, ColumnRef, ForeignKey, Generated, Index, IndexKey, PrimaryKey, Unique
from dbtools.model.reader import ASPECTS, Reader, Reading
from dbtools.model.schema import Schema
from dbtools.sources.drizzle import read, read_texts
from dbtools.sql.expressions import read_expression
from dbtools.sql.read import read as read_sql

ROOT = Path(__file__).parents[2]
DATA = Path(__file__).parent / "data"
CORE = """import { and, sql, desc, eq, isNull } from "drizzle-orm";
import * as pg from "drizzle-orm/pg-core";
import { %s } from "drizzle-orm/pg-core";
"""
NAMES = (
    "bigint boolean check customType date foreignKey index integer json jsonb numeric pgEnum pgSchema pgTable "
    "pgTableCreator pgView primaryKey serial text timestamp unique uniqueIndex uuid varchar"
)
HEAD = CORE % ", ".join(NAMES.split())
LINE = HEAD.count("\n")
T = Name("public", "t")
FIVE = """import { getTableColumns } from 'drizzle-orm';
const five = pgTable('f', { a: text(), b: text(), c: text(), d: text(), e: text() });"""


def said(text: str, **others: str) -> Reading:
    files = {f"{name}.ts": other for name, other in others.items()}
    return read_texts({"schema.ts": HEAD + text, **files}, "the schema")


def table(columns: str, extras: str = "[]", before: str = ""):
    reading = said(f"{before}\nexport const t = pgTable('t', {{ {columns} }}, (t) => {extras});")
    assert reading.unknown == ()
    return reading.schema.tables[T]


def column(chain: str, before: str = ""):
    return table(f"x: {chain}", before=before).columns[-1]


def index(extra: str, columns: str = "a: text(), b: text()") -> Index:
    (found,) = table(columns, f"[{extra}]").indexes
    return found


def constraint(extra: str, columns: str = "a: text(), b: text()"):
    (found,) = table(columns, f"[{extra}]").constraints
    return found


def complaints(reading: Reading) -> list[str]:
    return [f"{unread.location}: {unread.what}" for unread in reading.unknown]


def folded(*scripts: str) -> Schema:
    return apply_all(
        Schema(), (found for script in scripts for statement in read_sql(script) for found in statement.operations)
    )


def assert_same(reading: Reading, printed: Schema) -> None:
    """Policies and views aside, which are not read."""
    assert reading.unknown == ()
    for name, other in printed.tables.items():
        found = reading.schema.tables[name]
        assert {one.name: one for one in found.columns} == {one.name: one for one in other.columns}
        assert [one.name for one in found.columns] == [one.name for one in other.columns]
        assert found == other
    assert reading.schema == replace(printed, opaques={}, views={})


def test_every_construct_reads_as_drizzle_kit_prints_it():
    assert_same(read(DATA / "drizzle"), folded((DATA / "drizzle.sql").read_text("utf-8")))


def test_the_casing_of_the_configuration_beside_the_schema_names_the_columns():
    assert_same(read(DATA / "drizzle_casing/schema.ts"), folded((DATA / "drizzle_casing.sql").read_text("utf-8")))


def test_the_casing_that_is_asked_for_goes_before_the_configuration():
    reading = read(DATA / "drizzle_casing/schema.ts", "camelCase")
    columns = reading.schema.tables[Name("public", "userAccounts")].columns
    assert [one.name for one in columns] == ["userID", "htmlBody", "userId2", "givenName", "version2Name"]


def test_the_reference_schema_is_what_its_migrations_build_but_for_the_names_of_foreign_keys():
    reading = read(ROOT / "schema" / "drizzle.ts")
    ups = sorted((ROOT / "migrations").glob("*.up.sql"))
    built = folded(*(path.read_text("utf-8") for path in ups))
    assert reading.unknown == ()
    assert _unnamed(reading.schema) == _unnamed(built)


def _unnamed(schema: Schema) -> Schema:
    def plain(found):
        return replace(found, name="_".join(found.columns)) if isinstance(found, ForeignKey) else found

    return replace(
        schema,
        tables={
            name: replace(one, constraints=tuple(plain(found) for found in one.constraints))
            for name, one in schema.tables.items()
        },
    )


# Modules --------------------------------------------------------------------------------------


def test_names_are_followed_through_imports_exports_and_aliases():
    files = {
        "db/index.ts": "export * from './tables.js';\nexport { default as first } from './first';",
        "db/tables.ts": HEAD
        + "import * as shared from './shared';\nimport { len as size } from '@/limits';\n"
        + "export const t = pgTable('t', { ...shared.times, x: varchar({ length: size }) });",
        "db/shared/index.ts": HEAD + "const at = timestamp();\nexport const times = { at };",
        "db/first.ts": HEAD + "import { name } from '~name';\nexport default pgTable(name, { id: serial() });",
        "lib/limits.ts": "export const len = 4 * 2;",
        "lib/name.ts": "export const name = `first_${'T'.toLowerCase()}`;",
        "tsconfig.json": '{ "extends": "./base.json", "compilerOptions": { "paths": { "@/*": ["lib/*"],'
        ' "~name": ["lib/name.ts"] } } }',
        "base.json": '{ "compilerOptions": { "baseUrl": "." } }',
    }
    reading = read_texts({"db/index.ts": files["db/index.ts"]}, "db", files.get)
    assert reading.unknown == ()
    assert set(reading.schema.tables) == {T, Name("public", "first_t")}
    assert reading.schema.tables[T].column("x").type == Type("varchar", (8,))
    assert reading.origin(ColumnRef(T, "at")) == Location("db/shared/index.ts", LINE + 2, 24)


def test_only_what_is_exported_counts():
    reading = said(
        "const hidden = pgTable('hidden', { id: serial() });\nconst inner = pgSchema('inner');\n"
        "const mood = pgEnum('mood', ['a']);\nexport const nested = { hidden };\n"
        "export const t = inner.table('t', { mood: mood() });"
    )
    assert set(reading.schema.tables) == {Name("inner", "t")}
    assert reading.schema.enums == {}
    assert reading.schema.namespaces == {"public"}
    assert reading.unknown == ()


def test_a_table_that_several_files_export_is_one_table():
    reading = said("export const t = pgTable('t', { id: serial() });", other="export * from './schema';")
    assert set(reading.schema.tables) == {T}
    assert reading.unknown == ()


def test_types_and_what_is_no_table_are_left_alone():
    reading = said(
        "export const t = pgTable('t', { id: serial() });\nexport type Row = typeof t.$inferSelect;\n"
        "export interface Other {}\nexport const insert = createInsertSchema(t);\nexport const PATTERN = /a/;\n"
        "export const db = drizzle(process.env.URL!);\nexport const withMe = (x: number) => x;\n"
        "export class Repository {}\n"
        "export const none = require('./x');\nexport const relationsOf = relations(t, ({ one }) => ({ a: one(t) }));\n"
        "import { createInsertSchema } from 'drizzle-zod';\nimport { drizzle } from 'drizzle-orm/node-postgres';\n"
        "import { relations } from 'drizzle-orm';\nexport type { Thing } from '@acme/things';"
    )
    assert reading.unknown == ()
    assert set(reading.schema.tables) == {T}


def test_modules_that_import_each_other_are_read_as_one():
    users = (
        HEAD + "import { t } from './schema';\nexport const u = pgTable('u', { t: integer().references(() => t.id) });"
    )
    reading = said(
        "import { u } from './users';\n"
        "export const t = pgTable('t', { id: serial(), u: integer().references(() => u.t) });",
        users=users,
    )
    assert reading.unknown == ()
    assert reading.schema.tables[T].foreign_keys[0].target == Name("public", "u")


# Evaluation -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chain", "before"),
    [
        ("make('varchar')", "const make = (kind: string) => kind === 'text' ? text() : varchar({ length: 5 });"),
        ("make()", "function make({ n = 5 } = {}) { if (n > 4) { return varchar({ length: n }); } return text(); }"),
        ("pg.varchar({ length: SIZES.small as number })", "const SIZES = { small: 5 } as const;"),
        ("varchar({ length: Size.Small })", "enum Size { Tiny, Small = 5 }"),
        ("varchar({ length: list.length })", "const list = [...'abcde'.split('')];"),
        ("columns.x", "const columns = Object.fromEntries(['x'].map((key) => [key, varchar({ length: 5 })]));"),
        ("varchar({ length: Object.keys(getTableColumns(five)).length })", FIVE),
        ("columns['x']", "const columns = { ['x']: varchar({ length: 5 }) };"),
        ("x", "const { x } = { x: varchar({ length: 5 }) };"),
        ("first", "const [first] = Object.values({ x: varchar({ length: 5 }) });"),
        ("sized({ length: 5 })", "const sized = customType<any>({ dataType: (c) => `varchar(${c.length})` });"),
        ("own('x', { n: 5 })", "const own = customType<any>({ dataType(c) { return `varchar(${c?.n ?? 1})`; } });"),
        ("varchar({ ...options, ...(false && { length: 9 }) })", "const options = { length: 5 };"),
    ],
)  # fmt: skip
def test_constants_helpers_and_factories_are_evaluated(chain, before):
    assert column(chain, before).type == Type("varchar", (5,))


def test_a_factory_may_build_its_columns_step_by_step():
    reading = said(
        "function build(names: string[]) {\n  const made: Record<string, any> = {};\n"
        "  for (const name of names) {\n    made[name] = text(name);\n  }\n"
        "  names.forEach((name) => { made[`${name}_at`] = timestamp(); });\n  return made;\n}\n"
        "export const t = pgTable('t', build(['a', 'b']));"
    )
    assert reading.unknown == ()
    assert [one.name for one in reading.schema.tables[T].columns] == ["a", "b", "a_at", "b_at"]


def test_a_table_creator_names_its_tables():
    reading = said(
        "const mine = pgTableCreator((name) => `app_${name}`);\nexport const t = mine('t', { id: serial() });"
    )
    assert set(reading.schema.tables) == {Name("public", "app_t")}


# Columns --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chain", "default"),
    [
        ("text().default('it\\'s')", "'it''s'"),
        ('jsonb().default({ a: "it\'s" })', "'{\"a\": \"it''s\"}'"),
        ("integer().default(-3)", "-3"),
        ("numeric().default('1.50')", "1.50"),
        ("boolean().default(false)", "false"),
        ("timestamp().defaultNow()", "now()"),
        ("uuid().defaultRandom()", "gen_random_uuid()"),
        ("text().array().default([])", "'{}'"),
        ("text().default(sql`upper('a')`)", "upper('a')"),
        ("text().default(sql<string>`${sql.raw('1')}`)", "1"),
        ("bigint({ mode: 'bigint' }).default(9n)", "9"),
        ("date({ mode: 'date' }).default(new Date('2024-02-29'))", "'2024-02-29'"),
    ],
)
def test_a_default_is_what_drizzle_kit_writes(chain, default):
    found = column(chain)
    assert found.default.meaning == read_expression(default, found.type).meaning


@pytest.mark.parametrize("chain", ["text().$default(() => make())", "text().$defaultFn(make)", "text().notNull()"])
def test_what_the_client_fills_in_is_no_default_of_the_database(chain):
    assert column(chain, "const make = () => 'x';").default is None


def test_what_the_client_fills_in_is_told_as_it_is_written():
    reading = said(
        "export const t = pgTable('t', { id: uuid().$defaultFn(() => crypto.randomUUID()),\n"
        "at: timestamp().$onUpdate(() => new Date()), no: text().default('x') });"
    )
    assert reading.client_defaults == {
        ColumnRef(T, "id"): "() => crypto.randomUUID()",
        ColumnRef(T, "at"): "on update: () => new Date()",
    }


def test_a_serial_and_an_identity_column_are_numbered_by_the_database():
    found = {one.name: (one.identity, one.nullable) for one in table(
        "s: serial(), a: integer().generatedAlwaysAsIdentity(), b: integer().generatedByDefaultAsIdentity()"
    ).columns}  # fmt: skip
    assert found == {"s": ("serial", False), "a": ("always", False), "b": ("by default", False)}


def test_a_generated_column_has_its_expression():
    found = table("a: text(), x: text().generatedAlwaysAs((): any => sql`upper(${t.a})`)").columns[-1]
    assert found.generated == Generated(read_expression("upper(a)"))


def test_what_is_said_before_array_is_lost_as_in_drizzle_orm():
    found = column("text().notNull().default('a').array()")
    assert (found.type, found.nullable, found.default) == (Type("text", dimensions=1), True, None)


# Keys -----------------------------------------------------------------------------------------


def test_a_foreign_key_may_be_written_on_the_column_or_beside_it():
    on_column = table("id: serial().primaryKey(), up: integer().references((): any => t.id, { onDelete: 'set null' })")
    assert on_column.foreign_keys == (ForeignKey("t_up_t_id_fk", ("up",), T, ("id",), on_delete="SET NULL"),)
    beside = table(
        "id: serial().primaryKey(), up: integer()",
        "[foreignKey({ name: 'self', columns: [t.up], foreignColumns: [t.id] }).onUpdate('cascade')]",
    )
    assert beside.foreign_keys == (ForeignKey("self", ("up",), T, ("id",), on_update="CASCADE"),)


def test_primary_keys_uniques_and_checks_are_called_as_drizzle_kit_calls_them():
    assert table("id: serial().primaryKey()").constraints == (PrimaryKey("t_pkey", ("id",)),)
    assert constraint("primaryKey({ columns: [t.a, t.b] })") == PrimaryKey("t_a_b_pk", ("a", "b"))
    assert constraint("unique().on(t.a, t.b).nullsNotDistinct()") == Unique(
        "t_a_b_unique", ("a", "b"), nulls_distinct=False
    )
    assert constraint("check('c', sql`${t.a} <> ''`)") == Check("c", read_expression("a <> ''"))


def test_a_long_name_is_cut_as_postgresql_cuts_it():
    name = "n" * 70
    assert table(f"{name}: text().unique()").constraints == (Unique("t_" + "n" * 61, ("n" * 63,)),)


@pytest.mark.parametrize(
    ("extra", "found"),
    [
        ("index().on(t.a, t.b.desc())", Index("t_a_b_index", (IndexKey("a"), IndexKey("b", descending=True)))),
        ("index('i').on(t.a.desc().nullsFirst())", Index("i", (IndexKey("a", descending=True, nulls_first=True),))),
        ("uniqueIndex('i').on(t.a)", Index("i", (IndexKey("a"),), unique=True)),
        ("index('i').using('gin', t.a.op('x_ops'))", Index("i", (IndexKey("a", opclass="x_ops"),), method="gin")),
        ("index('i').on(t.a.desc().op('text_pattern_ops'))", Index("i", (IndexKey("a", opclass="text_pattern_ops"),))),
        ("index('i').on(desc(t.a))", Index("i", (IndexKey("a", descending=True, nulls_first=True),))),
        ("index('i').on(sql`lower(${t.a})`)", Index("i", (IndexKey(expression=read_expression("lower(a)")),))),
        ("index('i').on(t.a).where(isNull(t.b))", Index("i", (IndexKey("a"),), where=read_expression("b IS NULL"))),
    ],
)  # fmt: skip
def test_an_index_is_what_drizzle_kit_builds(extra, found):
    assert index(extra) == found


def test_row_security_is_on_where_it_is_enabled_or_a_policy_stands():
    enabled = said("export const t = pgTable('t', { id: serial() }).enableRLS();").schema.tables[T]
    assert enabled.row_security
    assert table("id: serial()", "[pg.pgPolicy('p')]").row_security
    assert not table("id: serial()").row_security


# What a reading says --------------------------------------------------------------------------


def test_every_table_column_and_enum_says_where_it_was_written():
    reading = read(DATA / "drizzle")
    wanted = {ColumnRef(enum) for enum in reading.schema.enums}
    for name, one in reading.schema.tables.items():
        wanted |= {ColumnRef(name), *(ColumnRef(name, found.name) for found in one.columns)}
    assert wanted <= reading.origins.keys()
    banned = reading.origins[ColumnRef(Name("public", "users"), "boss_id")]
    lines = Path(banned.path).read_text("utf-8").splitlines()
    assert lines[banned.line - 1][banned.column - 1 :].startswith("bossId:")


def test_a_table_reads_and_writes_its_columns_and_a_view_reads_its_own():
    sources = {reader.column: (reader.source, reader.how) for reader in read(DATA / "drizzle").readers}
    users = Name("public", "users")
    assert sources[ColumnRef(users, "email")] == ("Drizzle table users", "reads and writes")
    assert sources[ColumnRef(users, "label")] == ("Drizzle table users", "reads")
    assert sources[ColumnRef(Name("public", "adults"), "user_id")] == ("Drizzle view adults", "reads")


def test_what_a_factory_makes_stands_where_it_is_asked_for():
    reading = said("const make = (name: string) => pgTable(name, { id: serial() });\n\nexport const a = make('t');")
    assert reading.origin(ColumnRef(T)) == Location("schema.ts", LINE + 3, 14)
    assert reading.origin(ColumnRef(T, "id")) == Location("schema.ts", LINE + 1, 48)


def test_a_reader_is_called_as_the_code_calls_it():
    (reader,) = said("export const people = pgTable('t', { id: serial() });").readers
    place = Location("schema.ts", LINE + 1, 38)
    assert reader == Reader(ColumnRef(T, "id"), "Drizzle table people", place, "reads and writes")


def test_a_view_is_declared_but_not_built():
    reading = said(
        "export const v = pgView('v', { a: text('first') }).as(sql`select 1`);\n"
        "export const t = pgTable('t', { a: text() });"
    )
    assert not reading.schema.views
    assert ColumnRef(Name("public", "v"), "first") in reading.origins


def test_it_knows_what_drizzle_cannot_say():
    can = said("export const t = pgTable('t', { id: serial() });").expressible
    assert can < ASPECTS
    assert not can & {"comment", "collation", "view", "insert", "ts type"}


# What is not known ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chain", "aspect", "complaint"),
    [
        ("text().default(process.env.X)", "default", "process.env.X is not known to be a default"),
        ("text().default(outside)", "default", "import { outside } from '@acme/x'; is not known to be a default"),
        ("text().default(sql`${5}`)", "default", "drizzle-kit writes $1 for 5"),
        ("integer().default(Number(process.env.X))", "default", "Number(process.env.X) is not known to be a default"),
        ("outside()", "type", "is not known to be a type of drizzle-orm"),
        ("varchar({ length: outside })", "type", "is not known to be a value"),
        ("customType({ dataType: outside })()", "type", "is not known to be a customType"),
        ("customType({ dataType: () => 'no type at all' })()", "type", "no type at all is no type"),
        ("customType({ dataType: () => process.env.X ? 'text' : 'int' })()", "type", "depends on what is not known"),
        ("integer().references(() => outside.id)", "foreign key", "is not known to be a column"),
        ("integer().references(() => t.nothing)", "foreign key", "t has no column nothing"),
        ("integer().references(() => t.id, { onDelete: 'explode' })", "foreign key", "is not known to be"),
        ("text().generatedAlwaysAs(outside)", "generated", "is not known to be SQL"),
        ("text().unique(outside)", "unique", "is not known to be a name"),
        ("text().future()", "", "what .future() says of x is not known"),
    ],
)  # fmt: skip
def test_an_unknown_attribute_poisons_itself_only(chain, aspect, complaint):
    reading = said(
        "import { outside } from '@acme/x';\n\n"
        f"export const t = pgTable('t', {{ id: serial(), x: {chain}, y: text() }});"
    )
    (found,) = reading.unknown
    assert complaint in found.what
    assert (found.ref, found.aspect) == (ColumnRef(T, "x"), aspect)
    assert found.location.path == "schema.ts"
    assert found.location.line in (LINE + 1, LINE + 3)
    assert [one.name for one in reading.schema.tables[T].columns] == ["id", "x", "y"]
    assert reading.schema.complete
    assert reading.schema.uncertain == (frozenset() if aspect else {T})


@pytest.mark.parametrize(
    ("extra", "aspect"),
    [
        ("index('i').on(outside)", "index"),
        ("uniqueIndex('i').on(t.id).where(sql`${outside}`)", "unique"),
        ("index(outside).on(t.id)", "index"),
        ("index().on(sql`lower(${t.id})`)", "index"),
        ("index('i').on(t.id).where(eq(t.id, 5))", "index"),
        ("index('i').on(sql`((`)", "index"),
        ("unique().on(t.nothing)", "unique"),
        ("check('c', sql`${t.id} > ${5}`)", "check"),
        ("primaryKey({ columns: outside })", "primary key"),
        ("foreignKey({ columns: [t.id], foreignColumns: [t.id, t.id] })", "foreign key"),
        ("outside(t)", ""),
        ("...outside", ""),
    ],
)
def test_an_unknown_key_leaves_the_other_keys(extra, aspect):
    reading = said(
        "import { outside } from '@acme/x';\n"
        f"export const t = pgTable('t', {{ id: serial() }}, (t) => [{extra}, unique('u').on(t.id)]);"
    )
    (found,) = reading.unknown
    assert (found.ref, found.aspect) == (ColumnRef(T), aspect)
    assert reading.schema.tables[T].constraint("u") is not None
    assert reading.schema.tables[T].indexes == ()


@pytest.mark.parametrize(
    "columns",
    [
        "...outside",
        "...make()",
        "...(process.env.X ? { a: text() } : {})",
        "[process.env.X!]: text()",
        "a: 5",
        "a: lost",
    ],
)
def test_columns_that_are_not_known_make_the_table_uncertain(columns):
    reading = said(
        "import { outside } from '@acme/x';\nfunction make() { while (true) {} }\n"
        f"export const t = pgTable('t', {{ id: serial(), {columns} }});"
    )
    (found,) = reading.unknown
    assert found.ref == ColumnRef(T)
    assert reading.schema.uncertain == {T}
    assert [one.name for one in reading.schema.tables[T].columns] == ["id"]


@pytest.mark.parametrize(
    "export",
    [
        "export const x = outside('x', { id: serial() });",
        "export * from '@acme/schema';",
        "export { users } from '@acme/schema';",
        "export { users } from './missing';",
        "export * from './missing';",
        "export const x = pgTable(process.env.NAME!, { id: serial() });",
        "export const x = process.env.X ? pgTable('x', { id: serial() }) : undefined;",
        "export const { x } = outside.tables;",
        "const list: any = {};\nlist.x = 1;\nexport { list };",
    ],
)
def test_an_export_that_may_be_a_table_is_never_dropped_in_silence(export):
    reading = said(
        f"import {{ outside }} from '@acme/x';\nexport const t = pgTable('t', {{ id: serial() }});\n{export}"
    )
    assert len(reading.unknown) == 1
    assert not reading.schema.complete
    assert set(reading.schema.tables) == {T}


@pytest.mark.parametrize(
    "tables",
    [
        "export const t = pgTable('t', { a: at, b: at });",
        "export const t = pgTable('t', { a: at.notNull() });\nexport const u = pgTable('u', { a: at });",
    ],
)
def test_a_builder_that_makes_several_columns_is_not_told_apart(tables):
    reading = said(f"const at = timestamp();\n{tables}")
    (found,) = reading.unknown
    assert "is made by what t.a is made by" in found.what
    assert T in reading.schema.uncertain


def test_the_labels_of_an_enum_may_be_unknown():
    reading = said(
        "import { labels } from '@acme/x';\nexport const mood = pgEnum('mood', labels);\n"
        "export const t = pgTable('t', { m: mood() });"
    )
    (found,) = reading.unknown
    assert (found.ref, found.aspect) == (ColumnRef(Name("public", "mood")), "enum")
    assert reading.schema.tables[T].column("m").type == Type("mood", namespace="public")


def test_two_tables_and_two_columns_of_one_name_are_reported():
    reading = said(
        "export const a = pgTable('t', { id: serial() });\nexport const b = pgTable('t', { other: text() });\n"
        "export const c = pgTable('c', { x: text('same'), y: text('same') });"
    )
    assert complaints(reading) == [
        f"schema.ts:{LINE + 2}: t is declared twice, first at schema.ts:{LINE + 1}",
        f"schema.ts:{LINE + 3}: c.same is declared twice, first at schema.ts:{LINE + 3}",
    ]
    assert reading.schema.uncertain == {T, Name("public", "c")}


def test_a_casing_that_is_not_known_is_reported():
    files = {
        "schema.ts": HEAD + "export const t = pgTable('t', { someKey: text() });",
        "drizzle.config.ts": "export default { casing: process.env.CASING };",
    }
    reading = read_texts({"schema.ts": files["schema.ts"]}, "schema.ts", files.get)
    assert "the casing is not known" in reading.unknown[0].what


# Bad input ------------------------------------------------------------------------------------


def test_broken_typescript_costs_the_broken_table_only():
    reading = said(
        "export const a = pgTable('a', { id: serial() });\n"
        "export const b = pgTable('b', { id: = serial() });\n"
        "export const c = pgTable('c', { id: serial() });"
    )
    assert {Name("public", "a"), Name("public", "c")} <= set(reading.schema.tables)
    assert {unread.location.line for unread in reading.unknown} == {LINE + 2}
    assert not reading.schema.complete


@pytest.mark.parametrize(
    "text",
    [
        "export const a: any = b;\nexport const b: any = a;",
        "const f = (n: number): any => f(n + 1);\nexport const a = f(0);",
        "const f = (n: number): any => [f(n), f(n)];\nexport const a = f(0);",
        f"export const a = {'(' * 3000}1{')' * 3000} + x;",
        f"export const a = {' + '.join(['1'] * 3000)};",
        "export const a = { ...a };",
        f"export const a = pgTable('a', {{ x: text().default({'(' * 3000}1{')' * 3000}) }});",
        f"export const a = {'(' * 3000}",
        f"export const a = pgTable('a', {{ id: text() }}, (t) => [check('', {'and(' * 900}isNull(t.id){')' * 900})])",
    ],
)
def test_what_never_ends_is_given_up_and_the_rest_is_read(text):
    reading = said(f"export const t = pgTable('t', {{ id: serial() }});\n{text}")
    assert T in reading.schema.tables


@pytest.mark.parametrize("text", ["", "# Title\n\nNot a schema.", "SELECT 1;", "{}", "export const a = 1;"])
def test_what_is_no_schema_is_refused_with_a_hint(text):
    with pytest.raises(SourceError, match="is not a Drizzle schema") as caught:
        read_texts({"schema.ts": text}, "schema.ts")
    assert "drizzle-orm/pg-core" in caught.value.hint


def test_a_schema_for_another_database_is_refused():
    with pytest.raises(SourceError, match="for MySQL"):
        read_texts(
            {"s.ts": "import { mysqlTable } from 'drizzle-orm/mysql-core';\nexport const a = mysqlTable('a', {});"}, "s"
        )


def test_a_missing_file_an_empty_folder_and_bytes_are_refused(tmp_path):
    (tmp_path / "x.ts").write_bytes(b"\xff\xfe")
    for where in (tmp_path / "none.ts", tmp_path / "x.ts"):
        with pytest.raises(SourceError, match="cannot be read"):
            read(where)
    (tmp_path / "x.ts").unlink()
    with pytest.raises(SourceError, match="cannot be read"):
        read(tmp_path)


def test_five_thousand_tables_are_read():
    tables = "\n".join(
        f"export const t{n} = pgTable('t{n}', {{ id: serial(), up: integer().references(() => t{n // 2}.id) }});"
        for n in range(5000)
    )
    reading = said(tables)
    assert len(reading.schema.tables) == 5000
    assert reading.unknown == ()


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_schema_cut_anywhere_is_read_or_refused(data):
    text = (DATA / "drizzle" / "users.ts").read_text("utf-8")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    files = {
        "users.ts": text[:start] + text[end:],
        "parts/shared.ts": (DATA / "drizzle/parts/shared.ts").read_text("utf-8"),
    }
    try:
        reading = read_texts({"users.ts": files["users.ts"]}, "users.ts", files.get)
    except SourceError:
        return
    assert reading.schema.tables or reading.schema.enums or reading.schema.namespaces or reading.unknown
