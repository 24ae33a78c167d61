"""The types that are given to Kysely read as the tables that the application takes the database to have."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from dbtools.change import Project, Scope, gather
from dbtools.errors import SourceError
from dbtools.model.expression import Name, Type
from dbtools.model.finding import Location
from dbtools.model.objects import ColumnRef
from dbtools.model.reader import ASPECTS, TYPES, Reading
from dbtools.model.typescript import typescript, union
from dbtools.sources.kysely import read, read_texts

ROOT = Path(__file__).parents[2]
KYSELY = 'import type { ColumnType, Generated, GeneratedAlways, JSONColumnType } from "kysely";\n'
CODEGEN = """
import type { ColumnType } from "kysely";
export type ArrayType<T> = ArrayTypeImpl<T> extends (infer U)[] ? U[] : ArrayTypeImpl<T>;
export type ArrayTypeImpl<T> = T extends ColumnType<infer S, infer I, infer U> ? ColumnType<S[], I[], U[]> : T[];
export type Generated<T> = T extends ColumnType<infer S, infer I, infer U>
  ? ColumnType<S, I | undefined, U>
  : ColumnType<T, T | undefined, T>;
export type Int8 = ColumnType<string, bigint | number | string, bigint | number | string>;
export type Json = JsonValue;
export type JsonArray = JsonValue[];
export type JsonObject = { [x: string]: JsonValue | undefined };
export type JsonPrimitive = boolean | number | string | null;
export type JsonValue = JsonArray | JsonObject | JsonPrimitive;
export type Mood = "happy" | "sad";
export type Timestamp = ColumnType<Date, Date | string, Date | string>;
"""


def said(**files: str) -> Reading:
    return read_texts({f"{name}.ts": text for name, text in files.items()}, "the types")


def table(*lines: str, before: str = KYSELY) -> Reading:
    body = "\n".join(lines)
    return said(db=f"{before}\ninterface T {{\n{body}\n}}\nexport interface DB {{ t: T }}\n")


def column(written: str, before: str = KYSELY) -> tuple[Type, bool, str]:
    reading = table(f"c: {written};", before=before)
    assert reading.unknown == ()
    (found,) = reading.schema.tables[Name("public", "t")].columns
    return found.type, found.nullable, reading.inserts[ColumnRef(Name("public", "t"), "c")]


def complaints(reading: Reading) -> list[str]:
    return [f"{unread.location}: {unread.what}" for unread in reading.unknown]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("string", (typescript("string"), False, "required")),
        ("string | null", (typescript("string"), True, "optional")),
        ("Generated<number>", (typescript("number"), False, "optional")),
        ("GeneratedAlways<number>", (typescript("number"), False, "refused")),
        ("ColumnType<Date, string | undefined, never>", (typescript("Date"), False, "optional")),
        ("ColumnType<Date, Date | string>", (typescript("Date"), False, "required")),
        ("ColumnType<Date | null, never, never>", (typescript("Date"), True, "refused")),
        ("ColumnType<bigint>", (typescript("bigint"), False, "required")),
        ("JSONColumnType<{ a: string }>", (typescript("Json"), False, "required")),
        ("JSONColumnType<{ a: string } | null>", (typescript("Json"), True, "required")),
        ("readonly string[]", (typescript("string", 1), False, "required")),
        ("Array<Date> | null", (typescript("Date", 1), True, "optional")),
        ("('a' | 'b')[]", (union("a", "b")._replace(dimensions=1), False, "required")),
        ("\"a\" | 'b'", (union("a", "b"), False, "required")),
        ("1 | 2 | -3", (union(1, 2, -3), False, "required")),
        ("true | false", (typescript("boolean"), False, "required")),
        ("'a' | string", (typescript("string"), False, "required")),
        ("Date | string", (typescript("Date | string"), False, "required")),
        ("{ a: string }", (typescript("object"), False, "required")),
        ("Record<string, unknown>", (typescript("object"), False, "required")),
        ("Buffer", (typescript("Buffer"), False, "required")),
        ("string & { __brand: 'id' }", (typescript("string"), False, "required")),
        ("`user-${string}`", (typescript("string"), False, "required")),
        ("unknown", (typescript("unknown"), False, "required")),
        ("NonNullable<string | null>", (typescript("string"), False, "required")),
        ("Exclude<'a' | 'b', 'b'>", (union("a"), False, "required")),
    ],
)
def test_a_column_is_what_its_type_selects_and_takes(written, expected):
    assert column(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Timestamp", (typescript("Date"), False, "required")),
        ("Generated<Timestamp>", (typescript("Date"), False, "optional")),
        ("Generated<Timestamp | null>", (typescript("Date"), True, "optional")),
        ("Generated<boolean>", (typescript("boolean"), False, "optional")),
        ("Int8 | null", (typescript("string"), True, "optional")),
        ("ArrayType<Timestamp>", (typescript("Date", 1), False, "required")),
        ("ArrayType<Mood> | null", (union("happy", "sad")._replace(dimensions=1), True, "optional")),
        ("Generated<Mood>", (union("happy", "sad"), False, "optional")),
    ],
)
def test_the_definitions_of_a_generator_are_followed(written, expected):
    assert column(written, CODEGEN) == expected


def test_json_may_hold_null_and_is_nullable_only_where_that_is_written():
    assert column("Json", CODEGEN)[:2] == (typescript("Json"), False)
    assert column("Json | null", CODEGEN)[:2] == (typescript("Json"), True)


def test_a_generated_of_kysely_around_a_column_type_selects_the_column_type_itself():
    stamp = KYSELY + "type Timestamp = ColumnType<Date, string, string>;"
    assert column("Generated<Timestamp>", stamp)[0] == typescript("ColumnType")
    assert column("Timestamp[]", stamp)[0] == typescript("ColumnType", 1)


@pytest.mark.parametrize(
    "before",
    [
        'import * as K from "kysely"; type Made<T> = K.Generated<T>;',
        'import { Generated as Made } from "npm:kysely@0.28";',
        'import { type Generated as Made } from "https://esm.sh/kysely@0.28.2";',
        'import type { ColumnType } from "kysely"; type Made<T> = ColumnType<T, T | undefined>;',
    ],
)
def test_kysely_is_known_however_it_is_imported(before):
    assert column("Made<number>", f"{before}\n") == (typescript("number"), False, "optional")


def test_a_branded_id_is_what_it_is_beside_its_brand():
    brand = KYSELY + "type UserId = string & { __brand: 'UserId' };"
    assert column("ColumnType<UserId, UserId | undefined, UserId>", brand) == (typescript("string"), False, "optional")


def test_enums_and_constants_are_their_values():
    values = """
    enum Color { Red = "red", Blue = "blue" }
    const Size = { Small: "S", Large: "L" } as const;
    type Size = (typeof Size)[keyof typeof Size];
    const LEVELS = ["low", 'high'] as const;
    const Frozen = Object.freeze({ A: "a" });
    """
    assert column("Color", KYSELY + values)[0] == union("red", "blue")
    assert column("Color.Red", KYSELY + values)[0] == union("red")
    assert column("Size", KYSELY + values)[0] == union("S", "L")
    assert column("(typeof LEVELS)[number]", KYSELY + values)[0] == union("low", "high")
    assert column("(typeof Frozen)[keyof typeof Frozen]", KYSELY + values)[0] == union("a")
    assert column("keyof typeof Size", KYSELY + values)[0] == union("Small", "Large")


def test_a_constant_that_may_change_has_no_literals_and_is_unknown():
    reading = table("c: (typeof Size)[keyof typeof Size];", before='const Size = { Small: "S" };\n')
    what = "(typeof Size)[keyof typeof Size] is no constant whose values are known; write `as const` behind it"
    assert complaints(reading) == [f"db.ts:4: {what}"] * 3
    assert [unread.aspect for unread in reading.unknown] == ["insert", "nullability", "ts type"]


def test_interfaces_extend_each_other_across_files():
    reading = said(
        base="""import { Generated as Made } from "kysely";
        export interface Stamped<Id = string> { id: Id; created_at: Made<Date> }
        export default interface Named { name: string }""",
        tables="""export * from "./base.js"; export { default as Named } from "./base";""",
        db="""import type { Stamped, Named } from "./tables";
        import type * as all from "./tables";
        interface User extends Stamped<number>, Named { role: all.Stamped["id"] }
        type Post = Stamped & { title: string | null };
        export interface Database { users: User; posts: Omit<Post, "id">; notes: { text?: string } }""",
    )
    assert reading.unknown == ()
    found = {name.local: {c.name: str(c.type) for c in t.columns} for name, t in reading.schema.tables.items()}
    assert found == {
        "users": {
            "id": "typescript.number", "created_at": "typescript.Date", "name": "typescript.string",
            "role": "typescript.string",
        },
        "posts": {"created_at": "typescript.Date", "title": "typescript.string"},
        "notes": {"text": "typescript.string"},
    }  # fmt: skip
    (note,) = reading.schema.tables[Name("public", "notes")].columns
    assert note.nullable


def test_a_table_of_another_schema_is_named_with_it():
    reading = said(db="export interface DB { 'audit.log': { id: string } }")
    assert list(reading.schema.tables) == [Name("audit", "log")]
    assert "audit" in reading.schema.namespaces


def test_every_table_and_column_knows_where_it_was_said_and_may_be_read_there():
    reading = table("  first: string;", "  second: string;")
    users = Name("public", "t")
    assert reading.origin(ColumnRef(users)) == Location("db.ts", 3, 1)
    assert reading.origin(ColumnRef(users, "second")) == Location("db.ts", 5, 3)
    assert [(reader.column.column, reader.source, reader.how) for reader in reading.readers] == [
        ("first", "Kysely table t", TYPES), ("second", "Kysely table t", TYPES),
    ]  # fmt: skip
    assert reading.expressible <= ASPECTS


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("interface Tables2 { t: T } new Kysely<Tables2>({})", "given to Kysely"),
        ("interface DB extends Half { } interface Half { t: T }", "called DB"),
        ("type Everything = { t: T }", "used by no other"),
    ],
)
def test_the_type_of_the_database_is_found_by_what_it_is_for(text, root):
    assert list(said(db=f"interface T {{ id: string }} {text}").schema.tables) == [Name("public", "t")], root


def test_the_plugin_translates_every_name_with_its_options():
    types = "export interface DB { userData: { createdAt: Date; line2: string; htmlURL: string } }"
    plain = read_texts({"db.ts": types, "app.ts": "new CamelCasePlugin()"}, "types")
    (found,) = plain.schema.in_order()
    assert (found.name, [c.name for c in found.columns]) == (
        Name("public", "user_data"), ["created_at", "line2", "html_url"]
    )  # fmt: skip
    options = "new CamelCasePlugin({ underscoreBeforeDigits: true, underscoreBetweenUppercaseLetters: true })"
    other = read_texts({"db.ts": types, "app.ts": options}, "types")
    assert [c.name for c in other.schema.in_order()[0].columns] == ["created_at", "line_2", "html_u_r_l"]
    off = read_texts({"db.ts": types, "app.ts": "// new CamelCasePlugin()"}, "types")
    assert off.schema.in_order()[0].name == Name("public", "userData")


def test_the_plugin_is_found_in_a_folder_above_the_types_on_disk_and_at_a_commit(tmp_path):
    folder = tmp_path / "src" / "database" / "types"
    folder.mkdir(parents=True)
    (folder / "db.d.ts").write_text(
        "import type { Id } from './ids';\nexport interface DB { userData: { userId: Id } }\n"
    )
    (folder / "ids.d.ts").write_text("export type Id = 'a' | 'b';\n")
    (tmp_path / "src" / "database" / "module.ts").write_text("const plugins = [new CamelCasePlugin()];\n")
    here = read(folder / "db.d.ts")
    for arguments in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=t", "-c", "user.email=t@e", "commit", "-qm", "one"],
    ):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True)
    (tmp_path / "src" / "database" / "module.ts").write_text("nothing\n")
    project = Project(tmp_path, {"kysely": ("src/database/types/db.d.ts",)}, "kysely")
    scopes = (Scope(commit="HEAD"), Scope(staged=True, base=None))
    (folder / "db.d.ts").write_text(f"{(folder / 'db.d.ts').read_text()}// staged\n")
    subprocess.run(["git", "add", "src/database/types"], cwd=tmp_path, check=True)
    readings = [reading for scope in scopes for reading in gather(project, scope).readings]
    assert len(readings) == 2
    for reading in (here, *readings):
        assert reading.unknown == ()
        (found,) = reading.schema.in_order()
        assert found.name == Name("public", "user_data")
        assert [(c.name, c.type) for c in found.columns] == [("user_id", union("a", "b"))]


def test_what_comes_from_a_package_is_unknown_and_poisons_its_column_alone():
    reading = table(
        "id: string;", "role: Role;", "maybe: Role | null;", before='import type { Role } from "@acme/types";\n'
    )
    found = {c.name: (c.type, c.nullable) for c in reading.schema.tables[Name("public", "t")].columns}
    assert found["id"] == (typescript("string"), False)
    assert found["maybe"] == (typescript("unknown"), True)
    assert {(unread.ref.column, unread.aspect) for unread in reading.unknown} == {
        ("role", "ts type"), ("role", "nullability"), ("role", "insert"), ("maybe", "ts type"),
    }  # fmt: skip
    assert "comes from @acme/types: a package, which is not read" in reading.unknown[0].what
    assert reading.schema.complete


def test_a_file_that_is_not_there_makes_the_database_incomplete():
    reading = said(db="import { More } from './more';\nexport interface DB extends More { t: { id: string } }")
    assert complaints(reading) == ["db.ts:2: the members of More are not known"]
    assert not reading.schema.complete
    assert list(reading.schema.tables) == [Name("public", "t")]


def test_a_table_whose_columns_are_calculated_is_uncertain_and_the_others_are_read():
    reading = said(db="export interface DB { a: { [K in Keys]: string }; b: { id: string }; c: Infer<typeof schema> }")
    assert [unread.location.line for unread in reading.unknown] == [1, 1]
    assert not reading.schema.is_certain(Name("public", "a"))
    assert not reading.schema.is_certain(Name("public", "c"))
    assert reading.schema.is_certain(Name("public", "b"))


def test_broken_typescript_is_named_with_its_line_and_the_rest_is_read():
    reading = said(
        db="interface T { id: string }\ninterface U { a: = ; b: string }\nexport interface DB { t: T; u: U }\n"
    )
    assert any(unread.location.line == 2 and "is no TypeScript" in unread.what for unread in reading.unknown)
    assert [c.name for c in reading.schema.tables[Name("public", "t")].columns] == ["id"]
    assert not reading.schema.complete


@pytest.mark.parametrize(
    "text",
    [
        "type A = B; type B = A; interface T { c: A }",
        "type A<X> = A<X[]>; interface T { c: A<string> }",
        "interface T extends T { c: string }",
        "type T = T & { c: string };",
        "interface T { c: T['c'] }",
    ],
)
def test_types_that_lead_round_in_a_circle_end(text):
    reading = said(db=f"{text}\nexport interface DB {{ t: T }}")
    assert list(reading.schema.tables) == [Name("public", "t")]


@pytest.mark.parametrize(
    "written",
    [f"{'(' * 20000}string{')' * 20000}", f"string{'[]' * 5000}", "D<D<D<D<D<D<D<D<D<D<D<D<D<D<string>" + ">" * 13],
)
def test_a_type_that_is_nested_without_measure_is_unknown_and_the_others_are_read(written):
    reading = said(db=f"type D<T> = [T, T, T];\nexport interface DB {{ t: {{ a: string; c: {written} }} }}")
    assert {unread.ref.column for unread in reading.unknown} == {"c"}
    assert [str(each.type) for each in reading.schema.in_order()[0].columns] == [
        "typescript.string",
        "typescript.unknown",
    ]


def test_files_that_import_each_other_are_read_once():
    reading = said(
        a="import { B } from './b';\nexport interface A { b: B['x'] }\nexport interface DB { a: A }",
        b="import { A } from './a';\nexport interface B { x: string; y: A['b'] }",
    )
    assert reading.unknown == ()
    assert [str(c.type) for c in reading.schema.in_order()[0].columns] == ["typescript.string"]


def test_two_tables_of_one_name_are_said_and_the_first_counts():
    files = {"db.ts": "export interface DB { fooBar: { a: string }; foo_bar: { b: string } }\nnew CamelCasePlugin();"}
    reading = read_texts(files, "types")
    assert complaints(reading) == ["db.ts:1: foo_bar is there twice, first at db.ts:1"]
    assert [c.name for c in reading.schema.in_order()[0].columns] == ["a"]


@pytest.mark.parametrize(
    "text", ["", "export const x = 1;", "not TypeScript at all {{{", "interface Props { a: string }"]
)
def test_a_file_that_holds_no_database_is_an_error_that_says_what_to_do(text):
    with pytest.raises(SourceError, match="holds no type of a database") as raised:
        said(db=text)
    assert "DB" in raised.value.hint


def test_a_database_of_which_nothing_can_be_read_is_an_error_with_its_line():
    with pytest.raises(SourceError, match=r"holds no table for Kysely \(db\.ts:1: "):
        said(db="interface DB { broken")


def test_two_databases_are_an_error_that_names_both():
    with pytest.raises(SourceError, match=r"several databases: DB in a\.ts, DB in b\.ts"):
        said(a="export interface DB { t: { id: string } }", b="export interface DB { u: { id: string } }")


def test_what_is_not_there_or_no_text_is_an_error(tmp_path):
    (tmp_path / "db.ts").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "db.ts", tmp_path / "none.ts", tmp_path / "empty"):
        (tmp_path / "empty").mkdir(exist_ok=True)
        with pytest.raises(SourceError):
            read(path)


def test_five_thousand_tables_take_steps_in_proportion():
    rows = "".join(f"interface T{n} {{ id: string; at: Generated<Date> }}\n" for n in range(5000))
    database = "".join(f"t{n}: T{n};" for n in range(5000))
    reading = said(db=f"{KYSELY}{rows}export type Everything = {{ {database} }}")
    assert len(reading.schema.tables) == 5000
    assert reading.unknown == ()


def test_the_types_that_are_generated_for_the_reference_project_are_read_whole():
    reading = read(ROOT / "schema" / "kysely.ts")
    assert reading.unknown == ()
    assert len(reading.schema.tables) == 22
    user = reading.schema.tables[Name("public", "User")]
    assert user.column("role").type == union("STUDENT", "TEACHER", "ADMIN")
    assert reading.inserts[ColumnRef(user.name, "role")] == "optional"
    assert reading.inserts[ColumnRef(user.name, "id")] == "required"
