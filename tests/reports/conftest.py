import pytest

from dbtools.model.effects import LockMode
from dbtools.model.finding import Evidence, Finding, Location, Severity
from dbtools.model.report import File, Report, TableSection, TextSection


@pytest.fixture
def error():
    return Finding(
        "column-dropped",
        Severity.ERROR,
        "drops Person.secret, still read",
        Location("migrations/0005_drop.up.sql", 3, 1),
        Evidence.REHEARSED,
        hint='Stop reading it first, then drop it:\nALTER TABLE "Person"\n  DROP COLUMN "secret";',
        table="Person",
        object="secret",
        locks={"Person": LockMode.ACCESS_EXCLUSIVE},
        values={"rows": "1,204"},
        anchor="alter table",
    )


@pytest.fixture
def warning():
    where = Location("migrations/0005_drop.up.sql", 9, 2)
    return Finding("index-blocks-writes", Severity.WARNING, "blocks writes to Lesson", where, hint="CONCURRENTLY")


@pytest.fixture
def note():
    return Finding("name-unusual", Severity.INFO, "is unusual", Location("a.sql"))


@pytest.fixture
def lint(error, warning, note):
    statements = TableSection(
        "Statements",
        ("Statement", "Lock", "ms"),
        (("ALTER TABLE a", "SHARE", "12"), ("DROP TABLE b", "", "1,204")),
        "two",
    )
    return Report(
        "lint",
        "3 things in 4 statements",
        (note, warning, error),
        (statements,),
        figures={"statements": 4, "indexes": 1},
    )


@pytest.fixture
def review(lint):
    diagram = TextSection("Diagram", "erDiagram\n  A ||--o{ B : has", "mermaid")
    parts = (
        Report("changes", "1 table changed", sections=(diagram, TextSection("", "Some words.\n\nMore words."))),
        lint,
        Report("erd", files=(File("docs/a.md", "a\n"), File("docs/b.md", None)), figures={"ratio": float("nan")}),
        Report("rehearse", "no server", status="skipped"),
    )
    return Report("review", "head against main", figures={"seconds": 3.217}, parts=parts)


@pytest.fixture
def broken():
    return Report("review", parts=(Report("rehearse", "the server stopped", status="failed"), Report("drift")))


@pytest.fixture
def empty():
    return Report("changes", "nothing changed since main", figures={"tables": 12})
