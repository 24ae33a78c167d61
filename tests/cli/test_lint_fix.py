"""``dbtools lint --fix`` as a user calls it."""

import json

import pytest
from jsonschema import Draft202012Validator

from dbtools.reports import schema_path
from tests.cli.test_commands import add, dbtools, git, project  # noqa: F401 - a fixture

UNSAFE = 'CREATE INDEX ON "User" (name); -- by name\n'


@pytest.fixture
def changed(project):  # noqa: F811 - the fixture
    """A project whose next migration builds an index in a transaction."""
    add(project, UNSAFE, 'DROP INDEX "User_name_idx";\n')
    return project


def test_the_plan_takes_the_place_of_what_was_found(changed):
    done = dbtools(changed, "lint", "--fix")
    assert (done.returncode, done.stderr.splitlines()) == (
        0,
        ["wrote migrations/0002_next.up.sql", "wrote migrations/0002_next.down.sql"],
    )
    assert (changed / "migrations/0002_next.up.sql").read_text() == (
        '-- dbtools: no-transaction\n-- by name\nCREATE INDEX CONCURRENTLY "User_name_idx" ON "User" (name);\n'
    )
    assert (changed / "migrations/0002_next.down.sql").read_text() == (
        '-- dbtools: no-transaction\nDROP INDEX CONCURRENTLY "User_name_idx";\n'
    )
    assert dbtools(changed, "lint").returncode == 0
    again = dbtools(changed, "lint", "--fix")
    assert (again.returncode, again.stderr) == (0, "")


def test_check_writes_nothing_shows_the_difference_and_exits_1(changed):
    done = dbtools(changed, "lint", "--fix", "--check")
    assert done.returncode == 1
    assert '+CREATE INDEX CONCURRENTLY "User_name_idx"' in done.stdout
    assert (changed / "migrations/0002_next.up.sql").read_text() == UNSAFE


def test_the_json_says_what_was_written_and_every_plan(changed):
    schema = Draft202012Validator(json.loads(schema_path().read_text()))
    found = json.loads(dbtools(changed, "lint", "--format", "json").stdout)
    schema.validate(found)
    (finding,) = found["findings"]
    assert finding["plan"] == [
        {"sql": ['CREATE INDEX CONCURRENTLY "User_name_idx" ON "User" (name);'], "transaction": False, "after": None}
    ]
    written = json.loads(dbtools(changed, "lint", "--fix", "--format", "json").stdout)
    schema.validate(written)
    assert [file["path"] for file in written["files"]] == [
        "migrations/0002_next.up.sql",
        "migrations/0002_next.down.sql",
    ]


def test_a_merged_migration_is_never_rewritten(changed):
    git(changed, "add", ".")
    git(changed, "commit", "-qm", "merged")
    edited = UNSAFE + "CREATE TABLE post (id int);\n"
    (changed / "migrations/0002_next.up.sql").write_text(edited)
    done = dbtools(changed, "lint", "--fix")
    assert "it was merged before" in " ".join(done.stdout.split())
    assert (changed / "migrations/0002_next.up.sql").read_text() == edited


def test_files_that_are_named_are_rewritten_without_a_project(tmp_path):
    (tmp_path / "1_a.sql").write_text("ALTER TABLE post ADD CHECK (views > 0);\n")
    done = dbtools(tmp_path, "lint", "--fix", "1_a.sql")
    assert (done.returncode, sorted(path.name for path in tmp_path.iterdir())) == (0, ["1_a.sql", "2_a_2.sql"])
    assert (tmp_path / "2_a_2.sql").read_text() == "ALTER TABLE post VALIDATE CONSTRAINT post_views_check;\n"


def test_a_folder_of_prisma_gets_folders_more(tmp_path):
    for name, text in (
        ("20230101000000_first", "CREATE TABLE post (id int, views int);\n"),
        ("20240101000000_next", "ALTER TABLE post ADD CHECK (views > 0);\nCREATE INDEX ON post (id);\n"),
    ):
        (tmp_path / "m" / name).mkdir(parents=True)
        (tmp_path / "m" / name / "migration.sql").write_text(text)
        if name.endswith("first"):
            (tmp_path / "dbtools.yaml").write_text("sources: {migrations: m}\n")
            git(tmp_path, "init", "-q", "-b", "main")
            git(tmp_path, "add", ".")
            git(tmp_path, "commit", "-qm", "Initial")
    done = dbtools(tmp_path, "lint", "--fix")
    texts = [(path.parent.name, path.read_text()) for path in sorted(tmp_path.glob("m/2024*/migration.sql"))]
    assert done.returncode == 0
    assert [name for name, _ in texts] == [
        "20240101000000_next", "20240101000001_next_2", "20240101000002_next_3",
    ]  # fmt: skip
    assert [text.splitlines()[0].split()[0] for _, text in texts] == ["ALTER", "CREATE", "ALTER"]


GOOSE = "-- +goose Up\nCREATE INDEX ON post (id);\n-- +goose Down\nDROP INDEX post_id_idx;\n"


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("1_next.sql", GOOSE, "is not run as it stands there"),
        ("deploy/next.sql", "CREATE INDEX ON post (id);\n", "sqitch.plan says what runs"),
    ],
)
def test_files_that_run_otherwise_than_they_stand_are_left_alone(tmp_path, name, text, why):
    (tmp_path / "deploy").mkdir()
    if name.startswith("deploy"):
        (tmp_path / "sqitch.plan").write_text("%project=x\n\nnext 2024-01-01T00:00:00Z t <t@e> # next\n")
    (tmp_path / name).write_text(text)
    done = dbtools(tmp_path, "lint", "--fix", name)
    assert why in " ".join(done.stdout.split())
    assert (tmp_path / name).read_text() == text
    assert not list(tmp_path.glob("**/*_2.sql"))


@pytest.mark.parametrize("arguments", [("--staged",), ("--commit", "HEAD"), ("--all",), ("-",), ("migrations",)])
def test_what_cannot_be_rewritten_is_refused(changed, arguments):
    git(changed, "add", ".")
    done = dbtools(changed, "lint", "--fix", *arguments, stdin="SELECT 1;")
    assert done.returncode == 2
    assert "--fix" in done.stderr
    assert (changed / "migrations/0002_next.up.sql").read_text() == UNSAFE


def test_no_file_that_stands_there_is_overwritten(changed):
    (changed / "migrations/0002_next.up.sql").write_text('ALTER TABLE "User" ADD CHECK (id > 0);\n')
    (changed / "migrations/0003_other.up.sql").write_text("CREATE TABLE other (id int);\n")
    done = dbtools(changed, "lint", "--fix")
    assert "no number free" in " ".join(done.stdout.split())
    assert sorted(path.name for path in (changed / "migrations").glob("000[23]*up.sql")) == [
        "0002_next.up.sql", "0003_other.up.sql",
    ]  # fmt: skip
