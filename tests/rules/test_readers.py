"""Who still reads it decides what breaks; what is lost stays at least a warning."""

import pytest

from dbtools.model.expression import Name
from dbtools.model.finding import Location, Severity
from dbtools.model.objects import ColumnRef
from dbtools.model.reader import Reader, Reading
from dbtools.model.schema import Schema
from tests.rules.judging import judge

BASE = "CREATE TABLE post (id int, title text, body text);\n---\n"
POST = Name("public", "post")


def reads(*columns):
    location = Location("schema.prisma", 12)
    readers = tuple(Reader(ColumnRef(POST, column), "Prisma model Post", location) for column in columns)
    return (Reading("prisma", "schema.prisma", Schema(), readers=readers),)


@pytest.mark.parametrize(
    ("sql", "readers", "severity", "says"),
    [
        ("ALTER TABLE post DROP COLUMN title", ("id", "title"), Severity.ERROR, "Prisma model Post (schema.prisma:12)"),
        ("ALTER TABLE post DROP COLUMN title", ("id",), Severity.WARNING, "its values are lost"),
        ("DROP TABLE post", ("id",), Severity.ERROR, "still read by Prisma model Post"),
        ("DROP SCHEMA public CASCADE", ("id",), Severity.ERROR, "still read by Prisma model Post"),
        ("ALTER TABLE post RENAME TO article", ("id",), Severity.ERROR, "still read by Prisma model Post"),
        ("ALTER TABLE post RENAME title TO headline", ("title",), Severity.ERROR, "still read by Prisma model Post"),
    ],
)
def test_a_reader_is_named_with_its_place(sql, readers, severity, says):
    (finding,) = judge(BASE + sql, readings=reads(*readers))
    assert finding.severity is severity
    assert says in finding.message


def test_a_table_that_nobody_reads_is_still_lost():
    (finding,) = judge("CREATE TABLE tag (id int);\n---\nDROP TABLE tag", readings=reads("id"))
    assert (finding.rule, finding.severity) == ("drop-table", Severity.WARNING)


@pytest.mark.parametrize("sql", ["ALTER TABLE post RENAME body TO text", "ALTER TABLE tag RENAME TO label"])
def test_a_rename_that_nobody_notices_is_silent(sql):
    assert judge("CREATE TABLE tag (id int);\n" + BASE + sql, readings=reads("id", "title")) == ()


@pytest.mark.parametrize(
    "sql", ["ALTER TABLE post DROP title", "DROP TABLE post", "ALTER TABLE post RENAME TO article"]
)
def test_unknown_readers_are_called_unknown(sql):
    (finding,) = judge(BASE + sql)
    assert finding.severity is Severity.ERROR
    assert "readers unknown" in finding.hint
