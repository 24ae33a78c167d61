"""Every format of every command, as a user or a CI job calls it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from dbtools.reports import FORMATS, schema_path

DATA = Path(__file__).parents[1] / "data"
HISTORY = 'CREATE TABLE "User" (id int PRIMARY KEY, email text NOT NULL, name varchar(80));\n'
CHANGE = """-- tidy up
ALTER TABLE "User"
	DROP COLUMN email,
	ALTER COLUMN name TYPE varchar(10);

CREATE INDEX user_name ON "User" (name); SELEC 1;
"""
CONFIG = "migrations:\n  lock_timeout: runner\nsources:\n  migrations: migrations\n  sql: schema.sql\n"


def dbtools(folder, *arguments, env=()):
    clean = {name: value for name, value in os.environ.items() if name not in ("GITHUB_ACTIONS", "COLUMNS")}
    done = subprocess.run(
        [sys.executable, "-m", "dbtools", *arguments], cwd=folder, capture_output=True, text=True, check=False,
        env={**clean, "NO_COLOR": "1", "COLUMNS": "80", **dict(env)},
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def project(tmp_path):
    """A project below the root of its repository."""
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    root = tmp_path / "apps" / "api"
    (root / "migrations").mkdir(parents=True)
    (root / "dbtools.yaml").write_text(CONFIG)
    (root / "schema.sql").write_text('CREATE TABLE "User" (id bigint PRIMARY KEY, email text NOT NULL);\n')
    (root / "migrations/1.sql").write_text(HISTORY)
    (root / "migrations/2.sql").write_text(CHANGE)
    return root


COMMANDS = [
    ("lint", "--all"), ("changes", "--all"), ("drift",), ("erd", "--check"), ("explain",), ("explain", "drop-column"),
    ("review", "--all", "--no-rehearse"), ("lint", "migrations/1.sql"),
]  # fmt: skip


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_every_command_takes_every_format(project, arguments, form):
    done = dbtools(project, *arguments, "--format", form)
    assert done.returncode in (0, 1), done.stderr
    assert done.stdout
    if form in ("json", "sarif", "gitlab"):
        shown = json.loads(done.stdout)
        if form == "json":
            Draft202012Validator(json.loads(schema_path().read_text())).validate(shown)
        if form == "sarif":
            Draft7Validator(json.loads((DATA / "sarif/sarif-schema-2.1.0.json").read_text())).validate(shown)


def test_a_statement_is_shown_once_with_everything_that_was_found_in_it(project):
    done = dbtools(project, "lint", "migrations/2.sql")
    assert done.stdout.startswith("✗ lint: 1 migration, 3 statements judged")
    assert (
        """
  migrations/2.sql:2:1
    2 │ ALTER TABLE "User"
    3 │     DROP COLUMN email,
      │                 ^^^^^
    4 │     ALTER COLUMN name TYPE varchar(10);
      │                  ^^^^
    error  drop-column  line 3
      drops User.email: its values are lost"""
        in done.stdout
    )
    assert "\n    error  table-rewrite  line 4\n      rewrites User" in done.stdout
    assert (
        """
  migrations/2.sql:6:1  error  index-blocks-writes
    6 │ CREATE INDEX user_name ON "User" (name); SELEC 1;
      │              ^^^^^^^^^
"""
        in done.stdout
    )
    assert (
        """
  migrations/2.sql:6:42  error  syntax-error
    6 │ CREATE INDEX user_name ON "User" (name); SELEC 1;
      │                                          ^^^^^
"""
        in done.stdout
    )


def test_what_is_lost_comes_before_what_fails_and_what_blocks(project):
    shown = json.loads(dbtools(project, "lint", "migrations/2.sql", "--format", "json").stdout)
    damages = {finding["rule"]: finding["damage"] for finding in shown["findings"]}
    assert damages["drop-column"] == "loses data"
    assert damages["syntax-error"] == "fails"
    assert damages["table-rewrite"] == "blocks reads"
    assert damages["index-blocks-writes"] == "blocks reads"  # under the lock of the ALTER TABLE before it
    lines = dbtools(project, "lint", "migrations/2.sql", "--format", "github").stdout.splitlines()
    titles = re.findall(r"^::error .*title=([\w-]+)::", "\n".join(lines), re.MULTILINE)
    order = ["drop-column", "syntax-error", "table-rewrite", "index-blocks-writes"]
    assert [title for title in titles if title in order] == order


def test_paths_are_those_of_the_repository_where_others_show_them(project):
    path = "apps/api/migrations/2.sql"
    given = ("lint", "migrations/2.sql", "--format")
    assert (
        f"::error file={path},line=2,endLine=3,col=1,title=drop-column::" in dbtools(project, *given, "github").stdout
    )
    assert {issue["location"]["path"] for issue in json.loads(dbtools(project, *given, "gitlab").stdout)} == {path}
    (run,) = json.loads(dbtools(project, *given, "sarif").stdout)["runs"]
    places = [result["locations"][0]["physicalLocation"] for result in run["results"]]
    assert {place["artifactLocation"]["uri"] for place in places} == {path}


def test_sarif_tells_the_rules_with_their_pages(project):
    (run,) = json.loads(dbtools(project, "lint", "migrations/2.sql", "--format", "sarif").stdout)["runs"]
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert rules["drop-column"]["help"]["markdown"].startswith("# drop-column\n")
    assert rules["drop-column"]["defaultConfiguration"] == {"enabled": True, "level": "error"}
    assert "PostgreSQL's grammar refuses" in rules["syntax-error"]["shortDescription"]["text"]


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_no_text_from_a_file_is_a_command_in_a_log_of_github(tmp_path, form):
    (tmp_path / "a.sql").write_text('DROP TABLE "a\n::stop-commands::x\n##[group]y";\n')
    done = dbtools(tmp_path, "lint", "a.sql", "--format", form, env={"GITHUB_ACTIONS": "true"})
    assert "stop-commands" in done.stdout
    assert not re.search(r"^\s*::|##\[", done.stdout, re.MULTILINE)


@pytest.mark.parametrize("form", FORMATS)
def test_windows_lines_tabs_and_wide_characters_do_no_harm(tmp_path, form):
    text = '\ufeff-- 表\r\nDROP TABLE\t"表\U0001f600",\r\n\t"b\tc";\r\n'
    (tmp_path / "a.sql").write_bytes(text.encode())
    done = dbtools(tmp_path, "lint", "a.sql", "--format", form)
    assert done.returncode == 1
    if form == "text":
        assert (
            """
    2 │ DROP TABLE  "表😀",
      │             ^^^^^^
    3 │     "b  c";
      │     ^^^^^^
"""
            in done.stdout
        )


def test_a_clean_file_is_one_line(tmp_path):
    (tmp_path / "a.sql").write_text("CREATE TABLE a (id int);\n")
    assert dbtools(tmp_path, "lint", "a.sql").stdout == "✓ lint: 1 migration, 1 statement judged\n"
    github = dbtools(tmp_path, "lint", "a.sql", "--format", "github").stdout
    assert github == "dbtools lint: 1 migration, 1 statement judged\n"
    assert json.loads(dbtools(tmp_path, "lint", "a.sql", "--format", "gitlab").stdout) == []
