"""`dbtools types` as a user calls it, in real folders."""

import json
import os
import subprocess
import sys

import pytest

SQL = "CREATE TYPE mood AS ENUM ('sad');\nCREATE TABLE person (id bigserial PRIMARY KEY, mood mood NOT NULL);\n"


def dbtools(folder, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "dbtools", *arguments], cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def project(tmp_path):
    (tmp_path / "schema.sql").write_text(SQL)
    (tmp_path / "dbtools.yaml").write_text("sources: {sql: schema.sql}\ntypes: {kysely: src/db.ts, python: rows.py}\n")
    return tmp_path


def test_the_files_of_the_configuration_are_written_and_then_up_to_date(project):
    done = dbtools(project, "types")
    assert (done.returncode, done.stdout) == (0, "✓ types: 1 row type and 1 enum in src/db.ts, rows.py\n")
    assert done.stderr == "wrote src/db.ts\nwrote rows.py\n"
    assert "  mood: Mood;" in (project / "src" / "db.ts").read_text()
    assert "    id: int" in (project / "rows.py").read_text()
    assert dbtools(project, "types", "--check").returncode == 0


def test_check_writes_nothing_and_shows_what_would_change(project):
    dbtools(project, "types")
    (project / "schema.sql").write_text(SQL.replace("id bigserial", "id serial"))
    before = (project / "src" / "db.ts").read_text()
    done = dbtools(project, "types", "--check")
    assert done.returncode == 1
    assert "-  id: Generated<Int8>;\n" in done.stdout.replace("    -", "-").replace("    +", "+")
    assert "src/db.ts is not what dbtools types writes" in done.stdout
    assert (project / "src" / "db.ts").read_text() == before


def test_review_says_that_the_types_are_not_up_to_date(project):
    for arguments in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=t", "-c", "user.email=t@e", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *arguments], cwd=project, check=True)
    done = dbtools(project, "review", "--all", "--no-rehearse", "--format", "json")
    parts = {part["command"]: part for part in json.loads(done.stdout)["parts"]}
    assert [finding["rule"] for finding in parts["types"]["findings"]] == ["file-outdated"]


def test_without_any_configuration_a_source_and_a_file_are_enough(tmp_path):
    (tmp_path / "schema.sql").write_text(SQL)
    done = dbtools(tmp_path, "types", "--source", "sql:schema.sql", "--out", "db.ts")
    assert (done.returncode, done.stderr) == (0, "wrote db.ts\n")
    assert (tmp_path / "db.ts").exists()


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (("--out", "db.txt"), "db.txt: in which language?", ".ts"),
        (("--source", "kisely:db.ts"), "there is no kind of source kisely", "did you mean kysely?"),
        (("--source", "live:NOT_SET_ANYWHERE"), "NOT_SET_ANYWHERE: the variable is not set", "environment variable"),
    ],
)
def test_what_cannot_be_done_is_said_with_what_to_do(project, arguments, message, hint):
    done = dbtools(project, "types", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert hint in done.stderr


def test_a_project_that_names_no_file_is_told_how_to(tmp_path):
    (tmp_path / "schema.sql").write_text(SQL)
    (tmp_path / "dbtools.yaml").write_text("sources: {sql: schema.sql}\n")
    done = dbtools(tmp_path, "types")
    assert (done.returncode, done.stdout) == (2, "")
    assert "types: {kysely: src/db.ts}" in done.stderr


def test_the_settings_say_how_the_types_are_written(project):
    (project / "dbtools.yaml").write_text(
        "sources: {sql: schema.sql}\ntypes: {kysely: db.ts, enums: constants, names: camel, parsers: {int8: bigint}}\n"
    )
    assert dbtools(project, "types").returncode == 0
    text = (project / "db.ts").read_text()
    assert "export const Mood = {" in text
    assert "Generated<ColumnType<bigint, bigint | number | string, bigint | number | string>>" in text


@pytest.mark.parametrize("name", ["bigintt", "bigint[]", "not a type"])
def test_a_parser_for_what_is_no_built_in_type_is_an_error(project, name):
    (project / "dbtools.yaml").write_text(
        f"sources: {{sql: schema.sql}}\ntypes: {{kysely: db.ts, parsers: {{'{name}': number}}}}\n"
    )
    done = dbtools(project, "types")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"types.parsers.{name} is no type that PostgreSQL brings" in done.stderr


def test_kysely_types_are_a_source_that_drift_compares(project):
    dbtools(project, "types")
    done = dbtools(project, "drift", "sql:schema.sql", "kysely:src/db.ts")
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 sources agree" in done.stdout
