"""The commands as a user calls them, in real git repositories."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from dbtools.reports import schema_path

PRISMA = """
datasource db {{
  provider = "postgresql"
}}

model User {{
  id    Int    @id
  email String @unique
{fields}}}
"""
CONFIG = """
migrations:
  lock_timeout: runner
sources:
  migrations: migrations
  prisma: schema.prisma
queries: queries
"""
INITIAL = """CREATE TABLE "User" (
    "id" INTEGER NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT,
    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "User_email_key" ON "User" ("email");
"""


def dbtools(folder, *arguments, stdin=None, env=()):
    done = subprocess.run(
        [sys.executable, "-m", "dbtools", *arguments], cwd=folder, input=stdin, capture_output=True, text=True,
        check=False, env={**os.environ, "NO_COLOR": "1", **dict(env)},
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done


def git(folder, *arguments):
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def begun(root, query):
    """A project with one migration and one query on main."""
    (root / "migrations").mkdir(parents=True)
    (root / "queries").mkdir()
    (root / "dbtools.yaml").write_text(CONFIG)
    (root / "schema.prisma").write_text(PRISMA.format(fields="  name  String?\n"))
    (root / "queries/by_name.sql").write_text(query)
    (root / "migrations/0001_initial.up.sql").write_text(INITIAL)
    (root / "migrations/0001_initial.down.sql").write_text('DROP TABLE "User";\n')
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-qm", "Initial")
    return root


@pytest.fixture
def project(tmp_path):
    """A project whose query reads a column by its name."""
    return begun(tmp_path / "project", 'SELECT u.id FROM "User" u WHERE u.name = $1;\n')


def add(project, up, down="", name="0002_next"):
    (project / f"migrations/{name}.up.sql").write_text(up)
    (project / f"migrations/{name}.down.sql").write_text(down)


def findings(done):
    report = json.loads(done.stdout)
    nested = [finding for part in report["parts"] for finding in part["findings"]]
    return [(finding["rule"], finding["severity"]) for finding in report["findings"] + nested]


def test_nothing_changed_is_one_line_and_exit_0(project):
    done = dbtools(project, "review", "--base", "main")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.strip().splitlines()) == 1


def test_a_dropped_column_that_is_read_stops_the_review_and_names_its_readers(project):
    git(project, "switch", "-qc", "branch")
    add(project, 'ALTER TABLE "User" DROP COLUMN name;\n', 'ALTER TABLE "User" ADD COLUMN name text;\n')
    done = dbtools(project, "review", "--base", "main")
    assert done.returncode == 1
    for expected in (
        "migrations/0002_next.up.sql:1",
        "schema.prisma:9",
        "queries/by_name.sql:1",
        "ACCESS EXCLUSIVE on User",
    ):
        assert expected in done.stdout
    assert "values of User.name are lost" in done.stdout


def test_an_untracked_migration_counts_as_new_and_a_staged_review_leaves_it_out(project):
    add(project, 'ALTER TABLE "User" ADD COLUMN age int NOT NULL;\n')
    assert ("required-column", "error") in findings(dbtools(project, "lint", "--format", "json"))
    assert findings(dbtools(project, "lint", "--staged", "--format", "json")) == []
    git(project, "add", ".")
    assert ("required-column", "error") in findings(dbtools(project, "lint", "--staged", "--format", "json"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("review", "--all"), ("lint", "--all"), ("changes", "--all"), ("drift",), ("rehearse", "--all"),
        ("erd", "--check"), ("erd", "--changed", "main"), ("lint", "migrations/0001_initial.up.sql"),
        ("review", "--base", "main"),
    ],
)  # fmt: skip
def test_every_commands_json_is_what_its_schema_says(project, arguments):
    add(project, 'ALTER TABLE "User" DROP COLUMN name;\nSELEC 1;\n', "")
    done = dbtools(project, *arguments, "--format", "json")
    Draft202012Validator(json.loads(Path(schema_path()).read_text())).validate(json.loads(done.stdout))


def test_broken_sql_in_the_middle_hides_nothing(project):
    add(project, 'SELEC 1;\nALTER TABLE "User" DROP COLUMN name;\n')
    found = findings(dbtools(project, "lint", "--format", "json"))
    assert found == [("syntax-error", "error"), ("drop-column", "error")]


def test_lint_needs_neither_configuration_nor_repository(tmp_path):
    (tmp_path / "one.sql").write_text("DROP TABLE a;\n")
    done = dbtools(tmp_path, "lint", "one.sql", "--format", "json")
    assert done.returncode == 1
    assert findings(done) == [("drop-table", "error"), ("missing-lock-timeout", "info")]
    done = dbtools(tmp_path, "lint", "-", "--format", "json", stdin="CREATE TABLE a (id int);")
    assert (done.returncode, findings(done)) == (0, [])


def test_drift_between_given_sources_needs_no_configuration(tmp_path):
    (tmp_path / "a.prisma").write_text(PRISMA.format(fields="  age   Int\n"))
    (tmp_path / "b.sql").write_text(INITIAL)
    done = dbtools(tmp_path, "drift", "sql:b.sql", "prisma:a.prisma", "--format", "json")
    assert done.returncode == 1
    assert sorted(rule for rule, _ in findings(done)) == ["missing-column", "missing-column"]


def test_pages_are_written_once_and_checked(project):
    assert dbtools(project, "erd", "--check").returncode == 1
    assert dbtools(project, "erd").returncode == 0
    assert (project / "docs/schema/README.md").exists()
    assert dbtools(project, "erd", "--check").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said", "hint"),
    [
        (("review", "--base", "nowhere"), "no revision nowhere", "fetch"),
        (("lint", "nothing.sql"), "no nothing.sql", "stdin"),
        (("drift", "prism:schema.prisma"), "no kind of source prism", "prisma"),
        (("lint", "--select", "drop-colum"), "no rule drop-colum", "drop-column"),
        (("reviw",), "no command 'reviw'", "review"),
        (("rehearse", "--scenario", "big"), "no scenario 'big': there is none", "scenarios: {big: {rows: 1000}}"),
        (("rehearse", "--yes"), "--yes is about the database of --database-url", "leave --yes out"),
        (("rehearse", "--all", "--database-url", "postgresql://u:secret@db/prod"), "looks like a production", ""),
        (("rehearse", "--all", "--server-url", "postgresql://u:secret@127.0.0.1:1/x"), "127.0.0.1:1", ""),
    ],
)
def test_what_cannot_be_done_is_two_lines_with_a_next_step_and_exit_2(project, arguments, said, hint):
    done = dbtools(project, *arguments)
    assert done.returncode == 2
    first, second, *rest = done.stderr.splitlines()
    assert first.startswith("error: ")
    assert said in first
    assert second.startswith("hint: ")
    assert hint in second
    assert not rest
    assert "secret" not in done.stderr + done.stdout


def test_a_missing_configuration_says_what_to_write(tmp_path):
    done = dbtools(tmp_path, "review", "--all")
    assert done.returncode == 2
    assert "sources:" in done.stderr


def test_a_typo_in_the_configuration_has_a_line_and_a_suggestion(project):
    (project / "dbtools.yaml").write_text("sources:\n  migratons: migrations\n")
    done = dbtools(project, "lint")
    assert done.returncode == 2
    assert "dbtools.yaml:2" in done.stderr
    assert "migrations" in done.stderr


def test_outside_a_repository_the_hint_names_all(tmp_path):
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations/1.sql").write_text("SELECT 1;")
    (tmp_path / "dbtools.yaml").write_text("sources: {migrations: migrations}\n")
    done = dbtools(tmp_path, "lint", env={"GIT_CEILING_DIRECTORIES": str(tmp_path.parent)}.items())
    assert done.returncode == 2
    assert "--all" in done.stderr
    assert dbtools(tmp_path, "lint", "--all").returncode == 0


def test_a_file_that_is_not_utf_8_is_a_finding_and_the_rest_is_judged(project):
    (project / "migrations/0002_bad.up.sql").write_bytes(b'-- caf\xe9\nALTER TABLE "User" DROP COLUMN name;\n')
    found = findings(dbtools(project, "lint", "--format", "json"))
    assert ("unreadable-file", "error") in found
    assert ("drop-column", "error") in found


def test_an_empty_folder_and_a_folder_named_like_a_file_are_no_crash(project):
    (project / "empty").mkdir()
    assert findings(dbtools(project, "lint", "empty", "--format", "json")) == [("unreadable-source", "error")]
    (project / "migrations/0003_x.sql").mkdir()
    assert dbtools(project, "lint").returncode == 0


def test_a_review_without_a_server_says_that_it_was_not_rehearsed(project):
    add(project, 'ALTER TABLE "User" ADD COLUMN age int;\n', 'ALTER TABLE "User" DROP COLUMN age;\n')
    done = dbtools(project, "review", "--no-rehearse")
    assert "rehearse" not in done.stdout
    done = dbtools(project, "review", "--server-url", "postgresql://u@127.0.0.1:1/x")
    assert done.returncode == 2
    assert "not done" in done.stdout


@pytest.mark.server
def test_a_scenario_says_how_many_rows_the_tables_hold(project):
    scenarios = "rehearse: {scenarios: {few: {rows: 3, tables: {'Us*': 7}}}}\n"
    (project / "dbtools.yaml").write_text(CONFIG + scenarios)
    add(project, 'ALTER TABLE "User" ALTER COLUMN email DROP NOT NULL;\n')
    for options, rows in (((), 200), (("--scenario", "few"), 7), (("--rows", "4"), 4)):
        done = json.loads(dbtools(project, "rehearse", "--format", "json", *options).stdout)
        assert done["figures"]["rows"] == rows


def test_a_project_that_keeps_no_pages_is_not_asked_for_any(project):
    add(project, 'ALTER TABLE "User" ADD COLUMN age int;\n', 'ALTER TABLE "User" DROP COLUMN age;\n')
    (project / "schema.prisma").write_text(PRISMA.format(fields="  name  String?\n  age   Int?\n"))
    done = dbtools(project, "review", "--no-rehearse", "--format", "json")
    assert (done.returncode, findings(done)) == (0, [])
    assert [part["command"] for part in json.loads(done.stdout)["parts"]] == ["changes", "lint", "drift", "erd"]


@pytest.mark.parametrize("query", ['SELECT name FROM "User" WHERE id = :id;', 'SELECT FROM "User" GROUP name BY ((;'])
def test_a_query_with_named_parameters_or_beyond_understanding_still_reads(project, query):
    (project / "queries/by_name.sql").write_text(query)
    (project / "schema.prisma").write_text(PRISMA.format(fields=""))
    add(project, 'ALTER TABLE "User" DROP COLUMN name;\n')
    done = dbtools(project, "lint")
    assert done.returncode == 1
    assert "queries/by_name.sql:1" in done.stdout
