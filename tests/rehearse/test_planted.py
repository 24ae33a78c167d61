"""Migrations that look harmless and are not, each named with what a server was seen to do."""

import pytest

from dbtools.change import Change
from dbtools.change.value import Code
from dbtools.model.schema import Schema
from dbtools.rehearse import RehearseSettings, rehearse
from dbtools.sources.layouts import migrations_of
from dbtools.sources.prisma import read_texts as read_prisma
from dbtools.sources.queries import read_texts as read_queries
from dbtools.sql.walk import fold

pytestmark = pytest.mark.server

HISTORY = "CREATE TABLE post (id int PRIMARY KEY, title text NOT NULL, views int);"
MODEL = """
model post {
  id    Int    @id
  title String
  views Int?
}
"""
QUERY = "-- name: latest\nSELECT id, title\nFROM post ORDER BY id DESC LIMIT :most;"
CODE = Code((read_prisma({"schema.prisma": MODEL}, "schema.prisma"),), read_queries({"latest.sql": QUERY}))


@pytest.fixture
def findings(server):
    def rehearsed(up):
        history, new = migrations_of({"1.sql": HISTORY}, "file"), migrations_of({"2.sql": up}, "file")
        base = fold(Schema(), (HISTORY,))
        change = Change("a test", base, lambda: fold(base, (up,)), history, new, before=CODE)
        return rehearse(change, RehearseSettings(server.url)).findings

    return rehearsed


def test_a_rename_under_an_old_query_shows_what_the_server_answers_to_it(findings):
    (finding,) = findings("SELECT 1;\nALTER TABLE post RENAME COLUMN title TO headline;")
    assert (finding.rule, finding.location.path, finding.location.line) == ("old-code-fails", "2.sql", 2)
    assert finding.message.startswith("breaks code that is still deployed: all 2 models and queries ")
    error = '42703 column "title" does not exist'
    assert finding.values == {"Prisma model post": f"SELECT, INSERT, UPDATE: {error}", "query latest": error}
    assert {source: str(place) for source, place in finding.places.items()} == {
        "Prisma model post": "schema.prisma:4", "query latest": "latest.sql:2",
    }  # fmt: skip


def test_not_null_on_a_column_that_old_inserts_omit_shows_the_insert_that_fails(findings):
    up = "UPDATE post SET views = 0 WHERE views IS NULL;\nALTER TABLE post ALTER views SET NOT NULL;"
    (finding,) = findings(up)
    assert (finding.rule, finding.location.line) == ("old-code-fails", 2)
    said = 'null value in column "views" of relation "post" violates not-null constraint'
    assert finding.values == {"Prisma model post": f"INSERT: 23502 {said}"}
