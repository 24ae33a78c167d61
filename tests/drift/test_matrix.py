"""One schema in every language reads the same, and every single difference is found between every two of them."""

from itertools import combinations
from pathlib import Path

import pytest
from drift_matrix import PAGE, ROOT, Wanted, languages, page, trials

from dbtools.change import Project, Scope, gather
from dbtools.sources import drizzle, migrations
from tests.drift.shop import as_sql, compare

DATA = Path(__file__).parents[1] / "data" / "drift"
# A language joins by a file of its own: the pairs are made of those that are there.
NAMES = {
    "schema.sql": "sql", "schema.prisma": "prisma", "drizzle.ts": "drizzle", "kysely.ts": "kysely",
    "models.py": "sqlalchemy",
}  # fmt: skip
THERE = [name for name in NAMES if (DATA / name).exists()]


def reading(name):
    change = gather(Project(DATA, {NAMES[name]: (name,)}, ""), Scope(everything=True))
    assert change.problems == ()
    (found,) = change.readings
    return found


@pytest.mark.parametrize(("one", "two"), list(combinations(THERE, 2)))
def test_one_schema_in_two_languages_reads_the_same(one, two):
    report = compare(reading(one), reading(two))
    assert report.findings == ()
    assert report.figures["tables"] > 20
    assert report.figures["columns"] > 100


def test_one_schema_in_all_languages_reads_the_same():
    report = compare(*map(reading, THERE))
    assert report.findings == ()
    assert report.figures["sources"] == len(THERE) > 1


def test_the_reference_project_written_in_all_languages_reads_the_same():
    paths = sorted((ROOT / "migrations").glob("*.up.sql"))
    truth = migrations.reading("migrations", "migrations", [(path.name, path.read_text("utf-8")) for path in paths])
    known = [language for name, language in languages().items() if name != "sql"]
    others = [language.read(language.write(Wanted(truth.schema, ""))) for language in known]
    assert [unread for other in others for unread in other.unknown] == []
    for one, other in combinations([truth, *others], 2):
        report = compare(one, other)
        assert report.findings == ()
        assert report.figures["tables"] == len(truth.schema.tables) > 20


def test_what_an_index_includes_is_no_difference_to_a_language_without_words_for_it():
    sql = "CREATE TABLE t (a integer, b integer); CREATE {} ON t (a) INCLUDE (b);"
    for kind, made in (("INDEX", "index"), ("UNIQUE INDEX", "uniqueIndex")):
        table = f"""
            import {{ index, integer, pgTable, uniqueIndex }} from "drizzle-orm/pg-core";
            export const t = pgTable("t", {{ a: integer(), b: integer() }}, (t) => [{made}().on(t.a)]);
        """
        database = as_sql(sql.format(kind))
        assert compare(database, drizzle.read_texts({"t.ts": table}, "t.ts")).findings == ()
        (found,) = compare(database, as_sql(sql.format(kind).replace("INCLUDE (b)", ""), "live")).findings
        assert found.rule == "index-columns"


def test_a_difference_of_each_sort_is_found_and_stands_on_the_page():
    every = list(trials(each=1))
    assert [each for each in every if not each.is_right] == []
    sorts = dict.fromkeys((each.mutation.row, f"`{each.mutation.rule}`") for each in every if each.expected)
    cells = [tuple(line.split(" | ")) for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    assert [(row.removeprefix("| "), rule) for row, rule, *_ in cells[1:]] == list(sorts), "run make docs"


@pytest.mark.slow
def test_every_single_difference_is_found_and_the_page_says_how_many():
    every = list(trials())
    assert [each for each in every if not each.is_right] == []
    assert len({(each.mutation.row, each.mutation.table, each.mutation.object) for each in every}) > 100
    assert PAGE.read_text("utf-8") == page(every), "run make docs"
