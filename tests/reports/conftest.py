import pytest

from dbtools.model.effects import LockMode
from dbtools.model.finding import Damage, Evidence, Excerpt, Finding, Location, Point, Severity, SourceLine
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


@pytest.fixture
def of_one_statement():
    """What was found in an ALTER TABLE of two actions, the lightest first."""
    lines = (SourceLine(4, 'ALTER TABLE "Lesson"'), SourceLine(5, "\tDROP COLUMN body, ADD CHECK (score > 0);"))
    locks = {"Lesson": LockMode.ACCESS_EXCLUSIVE}

    def found(rule, severity, damage, column, width, **more):
        mark = (Point(5, column), Point(5, column + width))
        excerpt = Excerpt(Point(4, 1), Point(5, 43), mark, lines)
        where = Location("migrations/5.sql", 5, more.pop("at"))
        return Finding(rule, severity, **more, location=where, locks=locks, damage=damage, excerpt=excerpt)

    return (
        found("a-scan", Severity.ERROR, Damage.BLOCKS_READS, 31, 5, at=20, message="reads Lesson", hint="NOT VALID"),
        found("a-loss", Severity.ERROR, Damage.LOSES_DATA, 14, 4, at=2, message="loses body", hint="keep it"),
        found("a-note", Severity.INFO, Damage.ADVICE, 14, 4, at=2, message="is slow", hint="keep it"),
    )


@pytest.fixture
def hostile():
    """A report of text that would be something else in a terminal, in Markdown, in XML and in a workflow command."""
    evil = "\x1b[2Jé表\U0001f600\t100%,a:b::error file=x::y\r\n::error::z\n##[group]q ]]><b>`_*|@me #1 \u202e\x00\x9b"
    lines = tuple(SourceLine(number, evil.replace("\n", " ")) for number in (1, 3))
    excerpt = Excerpt(Point(1, 1), Point(3, 9), (Point(1, 2), Point(3, 4)), lines)
    section = TableSection(evil, (evil,), ((evil,),), evil)
    finding = Finding(
        evil, Severity.ERROR, evil, Location(evil, 1, 2), hint=f"{evil};\n{evil}", table=evil, object=evil,
        values={evil: evil}, anchor=evil, excerpt=excerpt,
    )  # fmt: skip
    without = Finding(evil, Severity.WARNING, evil, Location(""))
    findings = (finding, finding, without)
    return Report("lint", evil, findings, (section, TextSection(evil, evil, "sql")), figures={evil: 1})


@pytest.fixture
def many():
    """A thousand findings of every severity, the lightest first."""
    return Report(
        "lint",
        findings=tuple(
            Finding(f"rule-{number:03}", severity, "m", Location(f"{number:03}.sql", number + 1))
            for severity in Severity
            for number in range(334)
        ),
    )
