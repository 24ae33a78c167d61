"""Old code on the new schema, and new code on the old one, really run."""

import pytest

from dbtools.change import Change
from dbtools.change.value import Code
from dbtools.model.finding import Evidence, Severity
from dbtools.model.report import TableSection
from dbtools.model.schema import Schema
from dbtools.pg.fill import Rows
from dbtools.rehearse import RehearseSettings, rehearse
from dbtools.sources import drizzle, kysely, prisma, sqlalchemy
from dbtools.sources.layouts import migrations_of
from dbtools.sources.queries import read_texts
from dbtools.sql.walk import fold

pytestmark = [pytest.mark.server, pytest.mark.slow]

HISTORY = """
CREATE TYPE mood AS ENUM ('ok', 'sad');
CREATE TABLE author (id int PRIMARY KEY, name text NOT NULL, mood mood NOT NULL DEFAULT 'ok', born date);
CREATE TABLE post (
  id int PRIMARY KEY, author_id int NOT NULL REFERENCES author (id), title text NOT NULL, body text, views int
);
CREATE TABLE star (
  post_id int NOT NULL UNIQUE REFERENCES post (id), note text
);
CREATE VIEW titles AS SELECT id, title FROM post;
CREATE FUNCTION shout(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT upper($1)';
"""

PRISMA = """
datasource db { provider = "postgresql" }
enum mood {
  ok
  sad
}
model author {
  id    Int     @id
  name  String
  mood  mood    @default(ok)
  born  DateTime? @db.Date
  posts post[]
}
model post {
  id        Int     @id
  author_id Int
  title     String
  body      String?
  views     Int?
  author    author  @relation(fields: [author_id], references: [id])
  star      star?
}
model star {
  post_id Int @unique
  note    String?
  post    post @relation(fields: [post_id], references: [id])
}
"""

DRIZZLE = """
import { pgTable, integer, text } from "drizzle-orm/pg-core";
export const posts = pgTable("post", {
  id: integer("id").primaryKey(),
  authorId: integer("author_id").notNull(),
  title: text("title").notNull(),
  body: text("body"),
});
"""

KYSELY = """
import type { Generated } from "kysely";
export interface Post {
  id: number;
  author_id: number;
  title: string;
  body: string | null;
}
export interface DB {
  post: Post;
}
"""

SQLALCHEMY = """
from sqlalchemy import Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase):
    pass

class Post(Base):
    __tablename__ = "post"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    author_id: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str | None] = mapped_column(Text)
"""

READERS = {
    "prisma": lambda: prisma.read_texts({"schema.prisma": PRISMA}, "schema.prisma"),
    "drizzle": lambda: drizzle.read_texts({"schema.ts": DRIZZLE}, "schema.ts"),
    "kysely": lambda: kysely.read_texts({"types.ts": KYSELY}, "types.ts"),
    "sqlalchemy": lambda: sqlalchemy.read_texts({"models.py": SQLALCHEMY}, "models.py"),
}


def migration(name, up, *, transaction="file"):
    (made,) = migrations_of({f"{name}.sql": up}, transaction)
    return made


def code(*models, **queries):
    readings = tuple(READERS[name]() for name in models)
    return Code(readings, read_texts({f"{name}.sql": text for name, text in queries.items()}))


@pytest.fixture
def run(server):
    def rehearsed(up, before, head=None, more=(), **how):
        new = (
            migration("0002", up, transaction=how.get("transaction", "file")),
            *(migration(f"{n:04}", text) for n, text in enumerate(more, 3)),
        )
        base = fold(Schema(), (HISTORY,))
        head = head or before
        change = Change(
            "a test", base, lambda: fold(base, (each.up.text for each in new)), (migration("0001", HISTORY),), new,
            readings=head.readings, queries=head.queries, before=before,
        )  # fmt: skip
        return rehearse(change, RehearseSettings(server.url, Rows(30), deploy=how.get("deploy", "migrations-first")))

    return rehearsed


def broken(report, rule="old-code-fails"):
    return [finding for finding in report.findings if finding.rule == rule]


def results(report, title="old code"):
    overview = next(each for each in report.sections if isinstance(each, TableSection) and each.title[:4] == "Seen")
    return [row[overview.header.index(title)] for row in overview.rows] if title in overview.header else []


def test_a_rename_under_an_old_query_shows_what_postgresql_answers_to_it(run):
    query = "-- name: latest\nSELECT id, title\nFROM post ORDER BY id DESC LIMIT :most;"
    report = run("SELECT 1;\nALTER TABLE post RENAME COLUMN title TO headline;", code(latest=query))
    (finding,) = broken(report)
    assert (finding.severity, finding.evidence) == (Severity.ERROR, Evidence.REHEARSED)
    assert (finding.location.path, finding.location.line) == ("0002.sql", 2)
    assert finding.values == {"query latest": '42703 column "title" does not exist'}
    assert str(finding.places["query latest"]) == "latest.sql:2"
    assert results(report) == ["1 of 1 fail"]


def test_a_dropped_column_that_a_prisma_model_reads_names_the_model_where_it_says_the_column(run):
    report = run("ALTER TABLE post DROP COLUMN body;", code("prisma"))
    (finding,) = broken(report)
    said = '42703 column "body" does not exist'
    assert finding.values == {"Prisma model post": f"SELECT, full INSERT, UPDATE: {said}"}
    assert str(finding.places["Prisma model post"]) == "schema.prisma:18"


def test_a_model_of_each_language_breaks_when_its_column_gets_another_name(run):
    (finding,) = broken(run("ALTER TABLE post RENAME title TO headline;", code(*READERS)))
    assert set(finding.values.values()) == {'SELECT, INSERT, UPDATE: 42703 column "title" does not exist'}
    assert {source: str(place) for source, place in finding.places.items()} == {
        "Prisma model post": "schema.prisma:17",
        "Drizzle table posts": "schema.ts:6",
        "Kysely table post": "types.ts:6",
        "SQLAlchemy model Post": "models.py:12",
    }


def test_a_new_column_that_is_required_breaks_the_inserts_of_every_language(run):
    up = "ALTER TABLE post ADD slug text NOT NULL DEFAULT '';\nALTER TABLE post ALTER slug DROP DEFAULT;"
    (finding,) = broken(run(up, code(*READERS)))
    assert (finding.location.line, len(finding.values)) == (2, 4)
    (said,) = set(finding.values.values())
    assert said == 'INSERT: 23502 null value in column "slug" of relation "post" violates not-null constraint'


def test_sqlalchemy_says_null_where_others_leave_a_default_to_the_database(run):
    up = """
    UPDATE post SET body = '' WHERE body IS NULL;
    ALTER TABLE post ALTER body SET DEFAULT '';
    ALTER TABLE post ALTER body SET NOT NULL;
    """
    assert broken(run(up, code("prisma", "drizzle", "kysely"))) == []
    (finding,) = broken(run(up, code("prisma", "drizzle", "kysely", "sqlalchemy")))
    assert list(finding.values) == ["SQLAlchemy model Post"]
    assert finding.location.line == 4


def test_prisma_sends_its_own_defaults_so_that_it_misses_none_of_the_database(run):
    report = run("ALTER TABLE author ALTER mood DROP DEFAULT;", code("prisma"))
    assert broken(report) == []
    assert results(report) == ["1 of 1 work"]


def test_prisma_names_the_enum_that_a_value_is_of(run):
    report = run("ALTER TYPE mood RENAME TO feeling;", code("prisma", happy="SELECT id FROM author WHERE mood = 'ok'"))
    (finding,) = broken(report)
    assert finding.values == {"Prisma model author": 'INSERT: 42704 type "public.mood" does not exist'}


@pytest.mark.parametrize(
    "up",
    [
        "ALTER TYPE mood RENAME VALUE 'sad' TO 'blue';",
        """
        ALTER TYPE mood RENAME TO old_mood;
        CREATE TYPE mood AS ENUM ('ok');
        ALTER TABLE author ALTER mood DROP DEFAULT;
        ALTER TABLE author ALTER mood TYPE mood USING 'ok';
        ALTER TABLE author ALTER mood SET DEFAULT 'ok';
        DROP TYPE old_mood;
        """,
    ],
)
def test_a_label_that_is_gone_breaks_the_model_and_the_query_that_say_it(run, up):
    report = run(up, code("prisma", gloomy="SELECT id FROM author WHERE mood = 'sad'", happy="SELECT mood FROM author"))
    (finding,) = broken(report)
    error = '22P02 invalid input value for enum mood: "sad"'
    assert {source: said.endswith(error) for source, said in finding.values.items()} == {
        "Prisma model author": True, "query gloomy": True,
    }  # fmt: skip


def test_a_narrower_type_refuses_what_the_old_code_may_send(run):
    up = "ALTER TABLE author ALTER name TYPE varchar(3) USING left(name, 3);"
    (finding,) = broken(run(up, code("prisma")))
    assert finding.values == {"Prisma model author": "INSERT: 22001 value too long for type character varying(3)"}


def test_a_check_on_what_old_inserts_leave_out_breaks_them(run):
    up = """
    ALTER TABLE post ADD slug text;
    UPDATE post SET slug = id;
    ALTER TABLE post ADD CONSTRAINT has_slug CHECK (slug IS NOT NULL);
    """
    (finding,) = broken(run(up, code("drizzle")))
    assert finding.location.line == 4
    assert finding.values["Drizzle table posts"].startswith("INSERT: 23514 ")


def test_a_check_that_some_values_may_meet_is_no_finding_and_said_to_depend_on_them(run):
    up = "ALTER TABLE post ADD CHECK (id < 1000);"
    report = run(up, code("prisma", add="INSERT INTO post (id, author_id, title) VALUES ($1, 1, 'a')"))
    assert broken(report) == []
    assert results(report) == ["1 of 2 work, 1 not tried"]
    told = [row[2] for each in report.sections[1:] for row in each.rows if "not tried: " in row[2]]
    assert [each.split(": 23514 ")[0] for each in told] == [
        "not tried: INSERT of Prisma model post (schema.prisma:14): it depends on the values",
        "not tried: query add (add.sql:1): it depends on the values",
    ]


def test_a_view_that_is_dropped_breaks_the_query_that_names_it(run):
    report = run("DROP VIEW titles;", code(old="SELECT title FROM titles", other="SELECT title FROM post"))
    (finding,) = broken(report)
    assert finding.values == {"query old": '42P01 relation "titles" does not exist'}
    assert results(report) == ["1 of 1 fail"]


def test_a_function_with_other_arguments_breaks_the_query_that_calls_it(run):
    up = "DROP FUNCTION shout(text);\nCREATE FUNCTION shout(text, int) RETURNS text LANGUAGE sql AS 'SELECT $1';"
    (finding,) = broken(run(up, code("prisma", loud="SELECT shout(title) FROM post WHERE id = :id")))
    assert finding.location.line == 1
    assert finding.values == {"query loud": "42883 function shout(text) does not exist"}


def test_a_column_that_makes_a_name_ambiguous_breaks_the_query_that_joins(run):
    query = "SELECT name, title FROM post JOIN author ON author.id = post.author_id"
    (finding,) = broken(run("ALTER TABLE post ADD name text;", code(both=query)))
    assert finding.values == {"query both": '42702 column reference "name" is ambiguous'}


def test_on_conflict_needs_the_key_that_is_dropped(run):
    query = "INSERT INTO star (post_id) VALUES (%(post)s) ON CONFLICT (post_id) DO NOTHING"
    (finding,) = broken(run("ALTER TABLE star DROP CONSTRAINT star_post_id_key;", code(keep=query)))
    assert finding.values["query keep"].startswith("42P10 ")


def test_a_trigger_that_refuses_every_update_is_found(run):
    up = """
    CREATE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'read only'; END $$;
    CREATE TRIGGER never BEFORE UPDATE ON post FOR EACH ROW EXECUTE FUNCTION never();
    """
    (finding,) = broken(run(up, code("drizzle")))
    assert finding.location.line == 3
    assert finding.values == {"Drizzle table posts": "UPDATE: P0001 read only"}


def test_what_only_adds_is_silent_and_needs_no_trial(run):
    up = """
    CREATE TABLE tag (id int PRIMARY KEY, post_id int REFERENCES post (id));
    ALTER TABLE tag ADD label text;
    CREATE INDEX ON post (views);
    ALTER TYPE mood ADD VALUE 'angry';
    """
    report = run(up, code(*READERS))
    assert report.findings == ()
    assert results(report) == []


def test_what_old_code_can_live_with_is_silent(run):
    up = """
    ALTER TABLE post ADD slug text;
    ALTER TABLE post ADD stars int NOT NULL DEFAULT 0;
    ALTER TABLE post ALTER views SET DEFAULT 0;
    ALTER TABLE post ALTER views TYPE bigint;
    ALTER TABLE author ALTER name TYPE varchar(200);
    ALTER TABLE author ALTER name DROP NOT NULL;
    ALTER TABLE post ADD CONSTRAINT one UNIQUE (title);
    ALTER TABLE post ADD CHECK (views >= 0);
    ALTER TABLE star ADD PRIMARY KEY (post_id);
    """
    queries = {"all": "SELECT * FROM post WHERE id = @id", "add": "INSERT INTO star (post_id) VALUES (:post)"}
    report = run(up, code(*READERS, **queries))
    assert broken(report) == []
    assert results(report) == ["8 of 8 work"]


def test_a_view_under_the_old_name_carries_the_old_code(run):
    up = """
    ALTER TABLE post RENAME TO article;
    ALTER TABLE article RENAME title TO headline;
    CREATE VIEW post AS SELECT id, author_id, headline AS title, body, views FROM article;
    """
    report = run(up, code(*READERS, all="SELECT * FROM post"))
    assert broken(report) == []
    assert results(report) == ["5 of 5 work"]


def test_a_column_that_the_code_before_the_change_has_let_go_may_be_dropped(run):
    report = run("ALTER TABLE post DROP COLUMN views;", code("drizzle", "kysely", "sqlalchemy"))
    assert broken(report) == []
    assert results(report) == ["3 of 3 work"]


def test_code_that_failed_before_is_nothing_that_the_migration_did(run):
    query = "SELECT nothing FROM post"
    report = run(
        "ALTER TABLE post DROP COLUMN views;", code("kysely", odd=query, template="SELECT {{ cols }} FROM post")
    )
    assert broken(report) == []
    assert results(report) == ["1 of 3 work, 2 not tried"]
    told = [row[2] for each in report.sections[1:] for row in each.rows if "not tried: " in row[2]]
    assert sorted(told) == [
        'not tried: query odd (odd.sql:1): 42703 column "nothing" does not exist',
        "not tried: query template (template.sql:1): it is no SQL before a template has filled it in",
    ]


def test_a_query_that_takes_for_ever_is_given_up_and_prepared_only(run):
    slow = {"slow": "SELECT pg_sleep(60) FROM post", "stuck": "SELECT body, pg_sleep(60) FROM post"}
    report = run("ALTER TABLE post DROP body;", code(**slow))
    (finding,) = broken(report)
    assert finding.values == {"query stuck": '42703 column "body" does not exist'}
    assert results(report) == ["1 of 2 fail"]


def test_what_queries_change_is_undone(run):
    queries = {"wipe": "DELETE FROM star", "add": "INSERT INTO star (post_id) VALUES ($1)"}
    report = run("ALTER TABLE star ADD kind text;", code(**queries), more=["ALTER TABLE star DROP COLUMN note;"])
    assert "27 values of star.note are lost" in str(report.sections)
    assert results(report) == ["2 of 2 work", "2 of 2 work"]


def test_what_one_migration_broke_is_not_told_of_the_next(run):
    before = code("prisma")
    report = run("ALTER TABLE post DROP COLUMN body;", before, more=["ALTER TABLE post DROP COLUMN views;"])
    assert [finding.location.path for finding in broken(report)] == ["0002.sql"]


def test_each_statement_answers_for_what_it_breaks(run):
    up = "ALTER TABLE post DROP body;\nALTER TABLE star DROP note;\nALTER TABLE author ADD x int;"
    found = broken(run(up, code("prisma", "kysely")))
    assert [(finding.location.line, sorted(finding.values)) for finding in found] == [
        (1, ["Kysely table post", "Prisma model post"]),
        (2, ["Prisma model star"]),
    ]


def test_what_runs_outside_of_a_transaction_answers_too(run):
    up = "CREATE INDEX CONCURRENTLY ON post (views);\nDROP VIEW titles;\nALTER TABLE post RENAME title TO headline;"
    (finding,) = broken(run(up, code("kysely"), transaction="none"))
    assert finding.location.line == 3


def test_a_search_path_that_the_migration_sets_is_not_that_of_the_code(run):
    up = "SET search_path = '';\nALTER TABLE public.author ADD x int;\nALTER TABLE public.post DROP COLUMN body;"
    report = run(up, code("kysely", names="SELECT name FROM author"))
    (finding,) = broken(report)
    assert (finding.location.line, list(finding.values)) == (3, ["Kysely table post"])


def test_where_the_code_is_deployed_first_it_is_the_new_code_that_is_tried(run):
    up = "ALTER TABLE post DROP COLUMN body;\nALTER TABLE post ADD summary text;"
    head = code(short="SELECT summary FROM post", ids="SELECT id FROM post")
    report = run(up, code("prisma"), head, deploy="code-first")
    (finding,) = broken(report, "new-code-fails")
    assert finding.location.line == 2
    assert finding.values == {"query short": '42703 column "summary" does not exist'}
    assert results(report, "new code") == ["1 of 2 fail"]
    assert broken(report) == []


def test_where_no_code_runs_meanwhile_nothing_is_tried(run):
    report = run("ALTER TABLE post DROP COLUMN body;", code("prisma"), deploy="stopped")
    assert report.findings == ()
    assert results(report) == []


def test_a_migration_that_fails_is_not_tried_with_code(run):
    report = run("ALTER TABLE post DROP COLUMN body;\nSELECT 1 / 0;", code("prisma"))
    assert [finding.rule for finding in report.findings] == ["rehearsal-fails"]
    assert results(report) == []
