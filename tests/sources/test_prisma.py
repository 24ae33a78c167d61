"""A Prisma schema reads as the database that Prisma's own engine would build."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbtools.errors import SourceError
from dbtools.model.apply import apply_all
from dbtools.model.expression import Name, Type
from dbtools.model.finding import Location
from dbtools.model.objects import ColumnRef, ForeignKey, Index, IndexKey
from dbtools.model.reader import ASPECTS, Reader, Reading
from dbtools.model.schema import Schema
from dbtools.sources.prisma import read, read_texts
from dbtools.sql.read import read as read_sql
from tests.steps import steps

ROOT = Path(__file__).parents[2]
DATA = Path(__file__).parent / "data"
POST = """
model Post {
  id       Int    @id
  authorId Int
  author   User   @relation(fields: [authorId], references: [id])
}
"""
USER = """
model User {
  id    Int    @id @default(autoincrement())
  email String @unique
  posts Post[]
}
"""


def said(*texts: str) -> Reading:
    return read_texts({f"{number}.prisma": text for number, text in enumerate(texts)}, "schema")


def model(*lines: str) -> Reading:
    return said("\n".join(("model T {", "id Int @id", *lines, "}")))


def column(line: str):
    return model(line).schema.tables[Name("public", "T")].columns[-1]


def index(*lines: str) -> Index:
    (found,) = model(*lines).schema.tables[Name("public", "T")].indexes
    return found


def complaints(reading: Reading) -> list[str]:
    return [f"{unread.location}: {unread.what}" for unread in reading.unknown]


def folded(*scripts: str) -> Schema:
    return apply_all(
        Schema(),
        (operation for script in scripts for statement in read_sql(script) for operation in statement.operations),
    )


@pytest.mark.parametrize(("schema", "sql"), [("kitchen_sink.prisma", "kitchen_sink.sql"), ("prisma", "prisma.sql")])
def test_every_construct_of_the_language_reads_as_the_engine_prints_it(schema, sql):
    reading = read(DATA / schema)
    printed = folded((DATA / sql).read_text(encoding="utf-8"))
    assert reading.unknown == ()
    for name, table in printed.tables.items():
        assert {found.name: found for found in reading.schema.tables[name].columns} == {
            found.name: found for found in table.columns
        }
        assert reading.schema.tables[name] == table
    assert reading.schema == printed


def test_the_columns_stand_in_the_order_of_the_fields():
    reading = read(DATA / "kitchen_sink.prisma")
    printed = folded((DATA / "kitchen_sink.sql").read_text(encoding="utf-8"))
    for name, table in printed.tables.items():
        assert [found.name for found in reading.schema.tables[name].columns] == [found.name for found in table.columns]


def test_the_reference_schema_is_what_its_migrations_build_but_for_the_partial_index():
    reading = read(ROOT / "schema" / "schema.prisma")
    ups = sorted((ROOT / "migrations").glob("*.up.sql"))
    built = folded(*(path.read_text(encoding="utf-8") for path in ups))
    user = built.tables[Name("public", "User")]
    assert reading.unknown == ()
    assert user.index("User_points_idx").where.meaning == "role = 'STUDENT'"
    assert reading.schema == built.with_table(user.without_index("User_points_idx"))
    assert "partial index" not in reading.expressible


def test_every_reference_migration_is_undone_by_its_down():
    built, states = Schema(), []
    ups = sorted((ROOT / "migrations").glob("*.up.sql"))
    for path in ups:
        states.append(built)
        built = apply_all(built, (found for one in read_sql(path.read_text()) for found in one.operations))
    for path in reversed(ups):
        down = path.with_name(path.name.replace(".up.", ".down.")).read_text()
        built = apply_all(built, (found for one in read_sql(down) for found in one.operations))
        assert built == states.pop()


def test_several_files_are_one_schema(tmp_path):
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "post.prisma").write_text(POST)
    (tmp_path / "user.prisma").write_text(USER)
    reading = read(tmp_path)
    post = reading.schema.tables[Name("public", "Post")]
    assert reading.unknown == ()
    assert reading.where == tmp_path.as_posix()
    assert reading.schema == said(POST, USER).schema
    assert post.foreign_keys[0].target == Name("public", "User")


def test_a_tree_of_texts_reads_without_any_file():
    reading = read({"schema/user.prisma": USER, "schema/post.prisma": POST})
    assert reading.where == "schema/post.prisma, schema/user.prisma"
    assert reading.origin(ColumnRef(Name("public", "Post"), "authorId")) == Location("schema/post.prisma", 4, 3)


def test_every_table_column_and_enum_says_where_it_was_written():
    reading = read(DATA / "kitchen_sink.prisma")
    lines = (DATA / "kitchen_sink.prisma").read_text(encoding="utf-8").splitlines()
    wanted = {ColumnRef(enum) for enum in reading.schema.enums}
    for name, table in reading.schema.tables.items():
        wanted |= {ColumnRef(name), *(ColumnRef(name, found.name) for found in table.columns)}
    assert wanted <= reading.origins.keys()
    order = reading.origins[ColumnRef(Name("audit", "orders"), "customer_first")]
    assert lines[order.line - 1][order.column - 1 :].startswith("first ")


def test_a_model_reads_its_columns_unless_they_are_ignored():
    readers = read(DATA / "kitchen_sink.prisma").readers
    customers = Name("public", "customers")
    sources = {reader.column: (reader.source, reader.how) for reader in readers}
    assert sources[ColumnRef(customers, "last name")] == ("Prisma model Customer", "reads and writes")
    assert ColumnRef(customers, "hidden") not in sources
    assert not [ref for ref in sources if ref.table == Name("public", "Ignored")]
    assert sources[ColumnRef(Name("audit", "_OrderToTag"), "A")] == ("Prisma relation _OrderToTag", "reads and writes")
    assert sources[ColumnRef(Name("public", "Summary"), "total")] == ("Prisma view Summary", "reads")


def test_a_reader_points_at_the_field():
    assert said(USER, POST).readers[0] == Reader(
        ColumnRef(Name("public", "User"), "id"), "Prisma model User", Location("0.prisma", 3, 3), "reads and writes"
    )


def test_a_view_is_declared_but_not_built():
    reading = said("view Totals {\n  id Int @unique\n}")
    assert reading.schema == Schema()
    assert ColumnRef(Name("public", "Totals"), "id") in reading.origins


def test_it_knows_what_prisma_cannot_say():
    can = said(USER, POST).expressible
    assert can < ASPECTS
    assert not can & {"check", "comment", "list nullability", "generated", "identity", "partial index", "view"}


def test_the_preview_feature_makes_partial_indexes_expressible():
    assert "partial index" in read(DATA / "kitchen_sink.prisma").expressible


def test_relation_mode_prisma_makes_no_foreign_keys_and_cannot_say_any():
    reading = said('datasource db {\n  provider = "postgresql"\n  relationMode = "prisma"\n}', USER, POST)
    assert reading.schema.tables[Name("public", "Post")].foreign_keys == ()
    assert not reading.expressible & {"foreign key", "referential action"}


def test_relation_mode_prisma_keeps_the_join_table():
    two = "model A {\n  id Int @id\n  bs B[]\n}\nmodel B {\n  id Int @id\n  as A[]\n}"
    reading = said('datasource db {\n  provider = "postgresql"\n  relationMode = "prisma"\n}', two)
    join = reading.schema.tables[Name("public", "_AToB")]
    assert join.primary_key.columns == ("A", "B")
    assert join.foreign_keys == ()


@pytest.mark.parametrize("function", ["uuid()", "uuid(7)", "cuid()", "nanoid(10)", "ulid()", "dbgenerated()"])
def test_a_default_that_the_client_fills_in_is_none_in_the_database(function):
    assert column(f"x String @default({function})").default is None


def test_updated_at_has_no_default_in_the_database():
    found = column("x DateTime @updatedAt")
    assert (found.default, found.nullable) == (None, False)


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("2024-02-29T12:30:45z", "2024-02-29 12:30:45 +00:00"),
        ("2024-02-29t12:30:45.1-00:00", "2024-02-29 12:30:45.100 +00:00"),
        ("2024-02-29T12:30:45.1234+07:00", "2024-02-29 12:30:45.123400 +07:00"),
        ("2024-02-29 12:30:45.123456789Z", "2024-02-29 12:30:45.123456789 +00:00"),
        ("2024-02-29T23:59:60Z", "2024-02-29 23:59:60 +00:00"),
    ],
)
def test_a_time_keeps_its_offset_and_every_digit_of_its_second(written, printed):
    assert column(f'x DateTime @default("{written}")').default.text == f"'{printed}'"


def test_a_list_may_be_null_in_the_database():
    assert column("x String[]").nullable


def test_an_operator_class_is_left_out_where_it_is_the_default():
    assert index("x Json", "@@index([x(ops: JsonbOps)], type: Gin)").keys == (IndexKey("x"),)
    assert index("x Int", "@@index([x(ops: Int4MinMaxOps)], type: Brin)").keys == (IndexKey("x"),)
    minmax = index("x String @db.Inet", "@@index([x(ops: InetMinMaxOps)], type: Brin)")
    assert minmax.keys == (IndexKey("x", opclass="inet_minmax_ops"),)


@pytest.mark.parametrize(
    ("ops", "opclass"),
    [
        ("TimestampTzMinMaxMultiOps", "timestamptz_minmax_multi_ops"),
        ("TimeTzBloomOps", "timetz_bloom_ops"),
        ("Float4MinMaxMultiOps", "float4_minmax_multi_ops"),
        ("BpcharBloomOps", "bpchar_bloom_ops"),
    ],
)
def test_an_operator_class_has_the_name_that_postgresql_knows(ops, opclass):
    assert index("x DateTime", f"@@index([x(ops: {ops})], type: Brin)").keys == (IndexKey("x", opclass=opclass),)


def test_a_descending_index_starts_with_nulls():
    assert index("x Int", "@@index([x(sort: Desc)])").keys == (IndexKey("x", descending=True, nulls_first=True),)


def test_single_field_attributes_may_leave_out_the_brackets():
    assert index("x Int", "@@index(x)").columns == ("x",)


def test_a_native_type_is_known_by_any_datasource_name():
    assert column("x String @pg.VarChar(5)").type == Type("varchar", (5,))


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("x Strin", "x has the type Strin, which is not declared"),
        ("x String @db.Varchar(5)", "x has the native type @db.Varchar, which is not known"),
        ('x Unsupported("no type at all")', "x has the type no type at all, which PostgreSQL cannot read"),
        ("x String @default(future())", "x has the default future(), which is not known"),
        ('x DateTime @default("yesterday")', "yesterday is not a time as RFC 3339 writes it"),
        ('x DateTime @default("2024-01-01")', "2024-01-01 is not a time as RFC 3339 writes it"),
        ('x DateTime @default("2024-02-30T00:00:00Z")', "2024-02-30T00:00:00Z is not a time as RFC 3339 writes it"),
        ('x DateTime @default("2024-01-01T00:00:00")', "2024-01-01T00:00:00 is a time without its offset"),
        ('x Bytes @default("?")', "? is not base64"),
        ('x String @default("\\q")', 'model T: unknown escape in "\\q"'),
        ("x String @map(", "model T: expected a value, found }"),
        ("x String @map()", "expected a name or a string"),
        ("x : String", "model T: expected the type of x, found :"),
        ("x", "model T: expected the type of x, found the end of the line"),
        ("x String[", "model T: expected ], found the end of the line"),
        ("x String ! @unique", "model T: unexpected !"),
        ("id Int", "T.id is declared twice"),
        ("@@index([y])", "T has no field y"),
        ("@@index([])", "@@index names no fields"),
        ("@@index([id], type: Rum)", "Rum is no index type of PostgreSQL"),
        ("@@index([id], where: { id: later })", "the condition on id is not known"),
        ("@@index([id], where: { id: { above: 3 } })", "the condition on id is not known"),
        ('@@index([id], where: "id > 0")', "expected raw(...) or an object"),
        ("@@id([name])", "T has more than one id"),
        ("x Int @id", "T has more than one id"),
        ('x String @map("name")', "x and name are both the column name"),
        ("x Int @uniqe", "@uniqe is no attribute that Prisma's language knows"),
        ("@@indx([id])", "@@indx is no attribute that Prisma's language knows"),
        ('x Int @unique(mapp: "u")', "@unique has no argument mapp"),
        ('x Int @unique("u")', "@unique has an argument without a name too many"),
        ("@@index([id], [name])", "@@index has an argument without a name too many"),
    ],
)
def test_an_unreadable_line_is_reported_and_poisons_its_table_only(line, complaint):
    text = "model T {\n  id Int @id\n  name String\n  " + line + "\n}\n"
    reading = said(text, USER, POST)
    (found,) = reading.unknown
    table = reading.schema.tables[Name("public", "T")]
    assert found.what == complaint
    assert found.location.path == "0.prisma"
    assert {"id", "name"} <= {one.name for one in table.columns}
    assert reading.schema.uncertain == {table.name}
    assert found.ref in (None, ColumnRef(table.name))
    assert said(USER, POST).schema.tables.items() <= reading.schema.tables.items()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ("fields: [authorId], references: [id, email]", "do not pair up"),
        ("fields: [authorId]", "do not pair up"),
        ("fields: [authorId], references: [nothing]", "User has no field nothing"),
        ("fields: [authorId], references: [id], onDelete: Explode", "Explode is no referential action"),
    ],
)
def test_an_unreadable_relation_costs_only_its_foreign_key(arguments, complaint):
    reading = said(USER, POST.replace("fields: [authorId], references: [id]", arguments))
    assert complaint in complaints(reading)[0]
    assert reading.schema.tables[Name("public", "Post")].column("authorId") is not None
    assert reading.schema.tables[Name("public", "Post")].foreign_keys == ()


def test_an_unknown_enum_value_is_reported():
    reading = said("enum E {\n  A\n}\nmodel T {\n  id Int @id\n  e E @default(B)\n}")
    assert complaints(reading) == ["0.prisma:6: e has the default B, which is no value of E"]


def test_a_join_table_needs_ids_of_one_field():
    reading = said("model A {\n  x Int\n  y Int\n  bs B[]\n  @@id([x, y])\n}", "model B {\n  id Int @id\n  as A[]\n}")
    assert complaints(reading) == ["0.prisma:4: A has no id of one field, which a many-to-many relation needs"]
    assert reading.schema.uncertain == {Name("public", "_AToB")}


def test_an_unclosed_block_ends_where_the_next_begins():
    reading = said("model Open {\n  id Int @id\n\n" + USER.replace("  posts Post[]\n", ""))
    assert complaints(reading) == ["0.prisma:1: model Open is not closed"]
    assert set(reading.schema.tables) == {Name("public", "Open"), Name("public", "User")}


def test_an_unknown_block_hides_no_other():
    reading = said("modell Broken {\n  id Int @id\n}\n" + USER.replace("  posts Post[]\n", ""), "} stray\n")
    assert complaints(reading) == [
        "0.prisma:1: modell Broken is no block that Prisma's language knows",
        "1.prisma:1: expected a block, found }",
    ]
    assert set(reading.schema.tables) == {Name("public", "User")}


def test_the_first_of_two_blocks_with_one_name_counts():
    reading = said("model T {\n  id Int @id\n}", "model T {\n  other Int @id\n}")
    assert complaints(reading) == ["1.prisma:1: T is declared twice, first at 0.prisma:1"]
    assert reading.schema.tables[Name("public", "T")].columns[0].name == "id"


def test_what_is_unreadable_in_a_table_hides_no_other_table():
    reading = model("x Int @default(future())")
    assert reading.unknown[0].ref == ColumnRef(Name("public", "T"))
    assert reading.schema.complete


@pytest.mark.parametrize(
    "line", ['@@mapp("t")', "@@map()", "@@schema(1, 2)", 'others T[] @relaton("x")', "others T[] @relation([1])", "x :"]
)
def test_what_may_have_named_a_table_may_hide_one(line):
    reading = model(line)
    assert [unread.ref for unread in reading.unknown][:1] == [None]
    assert not reading.schema.complete


def test_a_key_of_a_field_that_is_not_there_is_reported():
    assert complaints(said("model T {\n  id Int\n  @@id([y])\n}")) == ["0.prisma:1: T has no field y"]


def test_of_two_models_that_are_one_table_the_first_counts_and_the_table_is_uncertain():
    first = 'model A {\n  id Int @id\n  x Int\n  @@map("t")\n}'
    reading = said(first, 'model B {\n  id Int @id\n  y Int\n  @@map("t")\n}')
    table = Name("public", "t")
    assert complaints(reading) == ["1.prisma:1: B and A (0.prisma:1) are both t in the database"]
    assert [column.name for column in reading.schema.tables[table].columns] == ["id", "x"]
    assert reading.origin(ColumnRef(table)) == Location("0.prisma", 1, 1)
    assert {reader.source for reader in reading.readers} == {"Prisma model A"}
    assert reading.schema.uncertain == {table}


def test_of_two_enums_with_one_name_the_first_counts():
    reading = said('enum A {\n  x\n  @@map("e")\n}', 'enum B {\n  y\n  @@map("e")\n}')
    assert complaints(reading) == ["1.prisma:1: B and A (0.prisma:1) are both e in the database"]
    assert reading.schema.enums[Name("public", "e")].labels == ("x",)
    assert reading.origin(ColumnRef(Name("public", "e"))).path == "0.prisma"


def test_a_model_with_the_name_of_a_join_table_is_kept_and_uncertain():
    two = "model A {\n  id Int @id\n  bs B[]\n}\nmodel B {\n  id Int @id\n  as A[]\n}\n"
    reading = said(two + 'model C {\n  id Int @id\n  @@map("_AToB")\n}')
    join = Name("public", "_AToB")
    assert complaints(reading) == ["0.prisma:3: the relation AToB and a model are both _AToB in the database"]
    assert [column.name for column in reading.schema.tables[join].columns] == ["id"]
    assert reading.schema.uncertain == {join}


def test_a_relation_may_be_called_like_the_column_of_another_field():
    reading = said(USER, POST.replace("authorId Int", 'authorId Int @map("author")'))
    assert reading.unknown == ()
    assert reading.schema.tables[Name("public", "Post")].foreign_keys[0].columns == ("author",)


def test_comments_and_strings_do_not_confuse_each_other():
    reading = said(
        '/* model A {\n} */\nmodel T { // {\n  id Int @id // "\n  x String @default("// \\" /*")\n  y Int\n}'
    )
    table = reading.schema.tables[Name("public", "T")]
    assert reading.unknown == ()
    assert table.column("x").default.text == "'// \" /*'"
    assert reading.origin(ColumnRef(table.name, "y")).line == 6


def test_the_end_of_a_comment_is_not_read_as_a_field():
    assert said("model T {\n  id Int @id\n}\n// the end").unknown == ()


def test_windows_line_ends_and_a_byte_order_mark_are_blank():
    assert said("\ufeff" + USER.replace("\n", "\r\n"), POST).schema == said(USER, POST).schema


@pytest.mark.parametrize("text", ["", "// nothing\n", "# Title\n\nNot a schema.", "SELECT 1;", "{}"])
def test_what_is_no_prisma_schema_is_refused_with_a_hint(text):
    with pytest.raises(SourceError, match="schema is not a Prisma schema") as caught:
        said(text)
    assert "schema.prisma" in caught.value.hint


def test_a_schema_for_another_database_is_refused():
    with pytest.raises(SourceError, match="for mysql") as caught:
        said('datasource db {\n  provider = "mysql"\n}', USER, POST)
    assert "PostgreSQL" in caught.value.hint


def test_a_missing_file_an_empty_folder_and_bytes_are_refused(tmp_path):
    (tmp_path / "x.prisma").write_bytes(b"\xff\xfe")
    for where in (tmp_path / "none.prisma", tmp_path / "x.prisma"):
        with pytest.raises(SourceError, match="cannot be read"):
            read(where)
    (tmp_path / "x.prisma").unlink()
    with pytest.raises(SourceError, match="holds no"):
        read(tmp_path)


@given(st.data())
def test_no_damage_to_a_schema_is_ever_a_crash(data):
    text = USER + POST
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    wreck = text[:start] + data.draw(st.text('{}[]()@"?,:/*\n Aa1._-', max_size=6)) + text[end:]
    try:
        reading = said(wreck)
    except SourceError as error:
        assert error.hint  # noqa: PT017 - refusing is one of two right answers
    else:
        assert all(unread.location.line >= 1 for unread in reading.unknown)


def test_the_work_grows_with_the_schema_not_with_its_square():
    def reading(models):
        text = "\n".join(POST.replace("Post", f"P{n}").replace("author ", f"a{n} ") for n in range(models))
        text += "model User {\n  id Int @id\n}\n"
        return steps(lambda: said(text))

    reading(10)  # what is imported on the way counts for neither
    assert reading(400) < 5 * reading(100)


def test_composite_references_restrict_when_one_field_is_required():
    reading = said(
        "model A {\n  x Int\n  y Int\n  bs B[]\n  @@id([x, y])\n}",
        "model B {\n  id Int @id\n  x Int?\n  y Int\n  a A? @relation(fields: [x, y], references: [x, y])\n}",
    )
    assert reading.schema.tables[Name("public", "B")].foreign_keys == (
        ForeignKey("B_x_y_fkey", ("x", "y"), Name("public", "A"), ("x", "y"), "RESTRICT", "CASCADE"),
    )
