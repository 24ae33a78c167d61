"""The pages of one schema are the same bytes, wherever it is read."""

from __future__ import annotations

import difflib
import subprocess
from pathlib import Path

import pytest

from dbtools.change import Project, Scope, gather
from dbtools.cli._project import pages_of
from dbtools.config import load
from dbtools.erd import Pages, erd
from dbtools.pg.installation import installation

ROOT = Path(__file__).parents[2]
RICH = Path(__file__).with_name("rich.sql")


def drawn(project: Project, pages: Pages = Pages()) -> dict[str, str | None]:  # noqa: B008 - frozen
    change = gather(project, Scope(everything=True))
    assert change.problems == ()
    return {file.path: file.content for file in erd(change.head, pages, {}).files}


def differing(one: dict[str, str | None], two: dict[str, str | None]) -> list[str]:
    """The lines that are not on both."""
    assert one.keys() == two.keys()
    pairs = ((str(one[path]).splitlines(), str(two[path]).splitlines()) for path in one)
    return [
        line
        for pair in pairs
        for line in difflib.unified_diff(*pair, n=0, lineterm="")
        if line[0] in "+-" and line[:3] not in ("---", "+++")
    ]


@pytest.fixture(scope="module")
def reference():
    """The pages of the reference project, from its migrations."""
    return drawn(Project(ROOT, {"migrations": ("migrations",)}, "migrations"), pages_of(load(None, ROOT)))


def test_the_pages_of_the_reference_project_are_up_to_date(reference):
    assert {path: (ROOT / path).read_text("utf-8") for path in reference} == reference


@pytest.mark.parametrize(("kind", "where"), [("drizzle", "drizzle.ts"), ("sqlalchemy", "models.py")])
def test_models_that_agree_with_the_migrations_give_the_same_pages(reference, kind, where):
    pages = drawn(Project(ROOT, {kind: (f"schema/{where}",)}, kind), pages_of(load(None, ROOT)))
    assert differing(reference, pages) == []


def test_prisma_gives_the_same_pages_but_for_the_partial_index_that_it_has_no_words_for(reference):
    pages = drawn(Project(ROOT, {"prisma": ("schema/schema.prisma",)}, "prisma"), pages_of(load(None, ROOT)))
    gone, come = differing(reference, pages)
    assert gone[1:].replace(" `User_points_idx` (`points` desc) where `role = 'STUDENT'`;", "") == come[1:]


def on_a_server(url: str, files: list[Path], dump: Path) -> list[Project]:
    """The database that ran *files*, and the text of its schema, each as a source."""
    programs = installation().bin
    for file in files:
        run = [programs / "psql", "-qXv", "ON_ERROR_STOP=1", "-f", file, url]
        subprocess.run(run, check=True, capture_output=True)
    done = subprocess.run([programs / "pg_dump", "-s", url], capture_output=True, text=True, check=True)
    (dump / "schema.sql").write_text(done.stdout, "utf-8")
    return [
        Project(dump, {}, "live", live=(("DATABASE_URL", url),)),
        Project(dump, {"sql": ("schema.sql",)}, "sql"),
    ]


@pytest.mark.server
def test_a_server_that_ran_the_migrations_and_its_dump_give_the_same_pages(reference, database, tmp_path):
    files = sorted((ROOT / "migrations").glob("*.up.sql"))
    for project in on_a_server(database, files, tmp_path):
        assert differing(reference, drawn(project, pages_of(load(None, ROOT)))) == []


@pytest.mark.server
def test_what_a_server_spells_differently_is_the_same_on_the_pages(database, tmp_path):
    expected = drawn(Project(RICH.parent, {"sql": (RICH.name,)}, "sql"))
    for project in on_a_server(database, [RICH], tmp_path):
        assert differing(expected, drawn(project)) == []
