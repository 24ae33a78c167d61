"""`dbtools erd --changed` and the picture in `dbtools review`, in real git repositories."""

import json

import pytest

from tests.cli.test_commands import PRISMA, add, begun, dbtools, findings, git

POST = """CREATE TABLE "Post" (id int PRIMARY KEY, "userId" int NOT NULL REFERENCES "User" (id) ON DELETE CASCADE);
ALTER TABLE "User" RENAME COLUMN name TO "fullName";
"""


@pytest.fixture
def project(tmp_path):
    """A project with one migration on main, and a branch."""
    root = begun(tmp_path / "project", 'SELECT id FROM "User";\n')
    git(root, "switch", "-qc", "branch")
    return root


def sections(done):
    """The sections of the erd, of a report that is only that or a review."""
    report = json.loads(done.stdout)
    parts = [part for part in (report, *report["parts"]) if part["command"] == "erd"]
    return [section for part in parts for section in part["sections"]]


def diagram(done):
    found = [section["text"] for section in sections(done) if section.get("language") == "mermaid"]
    return "\n".join(found)


def test_what_a_branch_changed_is_drawn_and_no_file_is_written(project):
    add(project, POST)
    done = dbtools(project, "erd", "--changed", "main", "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    text = diagram(done)
    assert '"Post"["#43; Post"]:::added {' in text
    assert '"User"["#126; User"]:::changed {' in text
    assert 'text fullName "#126; was called name#59; null"' in text
    assert '"User" ||--o{ "Post" : "#43; userId"' in text
    assert not (project / "docs").exists()


def test_only_what_came_since_the_branch_left_counts(project):
    add(project, POST)
    git(project, "add", ".")
    git(project, "commit", "-qm", "Post")
    git(project, "switch", "-q", "main")
    add(project, 'CREATE TABLE "Elsewhere" (id int PRIMARY KEY);\n', name="0003_elsewhere")
    git(project, "add", ".")
    git(project, "commit", "-qm", "Elsewhere")
    git(project, "switch", "-q", "branch")
    text = diagram(dbtools(project, "erd", "--changed", "main", "--format", "json"))
    assert "Post" in text
    assert "Elsewhere" not in text


def test_in_markdown_the_diagram_is_a_block_that_is_open_with_its_legend_below(project):
    add(project, POST)
    text = dbtools(project, "erd", "--changed", "main", "--format", "markdown").stdout
    assert "<details open><summary>erd: What changed in the tables</summary>\n\n```mermaid\nerDiagram\n" in text
    assert "\n```\n\n&#43; and a thick frame: added; &#126; and a frame: changed.\n\n</details>\n" in text


def test_nothing_changed_is_one_line(project):
    done = dbtools(project, "erd", "--changed", "main")
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 1)
    assert "nothing that the schema is made of has changed" in done.stdout
    (project / "queries/by_name.sql").write_text('SELECT id, email FROM "User";\n')
    add(project, 'CREATE INDEX ON "User" (name);\nDROP INDEX "User_name_idx";\n')
    done = dbtools(project, "erd", "--changed", "main")
    assert (len(done.stdout.splitlines()), "no table changed" in done.stdout) == (1, True)


@pytest.mark.parametrize("truth", ["prisma", "sql"])
def test_another_truth_is_drawn_from_its_own_files(project, truth):
    (project / "schema.sql").write_text(
        'CREATE TABLE "User" (id int PRIMARY KEY, email text NOT NULL UNIQUE, name text);\n'
    )
    (project / "dbtools.yaml").write_text(f"truth: {truth}\nsources:\n  prisma: schema.prisma\n  sql: schema.sql\n")
    git(project, "add", ".")
    git(project, "commit", "-qm", "Another truth")
    (project / "schema.prisma").write_text(PRISMA.format(fields="  name  String?\n  age   Int?\n"))
    (project / "schema.sql").write_text(
        'CREATE TABLE "User" (id int PRIMARY KEY, email text NOT NULL UNIQUE, name text, age int);\n'
    )
    text = diagram(dbtools(project, "erd", "--changed", "HEAD", "--format", "json"))
    assert 'integer age "#43; added#59; null"' in text
    assert "removed" not in text


def test_a_source_may_be_named(project):
    (project / "schema.prisma").write_text(PRISMA.format(fields="  name  String?\n  age   Int?\n"))
    assert diagram(dbtools(project, "erd", "--changed", "main", "--format", "json")) == ""
    done = dbtools(project, "erd", "--changed", "main", "--source", "prisma:schema.prisma", "--format", "json")
    assert "integer age" in diagram(done)


def test_where_the_base_has_no_schema_everything_is_added(project):
    git(project, "switch", "-q", "--orphan", "empty")
    git(project, "commit", "-qm", "Nothing", "--allow-empty")
    git(project, "checkout", "-q", "main", "--", ".")
    text = diagram(dbtools(project, "erd", "--changed", "empty", "--format", "json"))
    assert '"User"["#43; User"]:::added {' in text


def test_a_broken_migration_is_a_finding_and_the_rest_is_drawn(project):
    add(project, POST)
    (project / "migrations/0003_bad.up.sql").write_bytes(b'-- caf\xe9\nALTER TABLE "User" DROP COLUMN email;\n')
    done = dbtools(project, "erd", "--changed", "main", "--format", "json")
    assert ("unreadable-file", "error") in findings(done)
    assert 'text email UK "#45; removed"' in diagram(done)
    assert "Post" in diagram(done)


@pytest.mark.parametrize(
    ("arguments", "said", "hint"),
    [
        (("--changed", "nowhere"), "no revision nowhere", "fetch"),
        (("--changed", "main", "--check"), "--check and --changed exclude each other", "leave one out"),
        (("--changed", "main", "--source", "prism:x"), "no kind of source prism", "prisma"),
    ],
)
def test_what_cannot_be_done_is_two_lines_with_a_next_step_and_exit_2(project, arguments, said, hint):
    done = dbtools(project, "erd", *arguments)
    first, second = done.stderr.splitlines()
    assert done.returncode == 2
    assert said in first
    assert hint in second


# In a review ---------------------------------------------------------------------------------------


def parts(done):
    return [part["command"] for part in json.loads(done.stdout)["parts"]]


def test_a_review_carries_the_picture_also_where_no_pages_are_kept(project):
    add(project, POST)
    done = dbtools(project, "review", "--base", "main", "--no-rehearse", "--format", "json")
    assert '"Post"["#43; Post"]:::added {' in diagram(done)
    assert parts(done) == ["changes", "lint", "drift", "erd"]
    assert [section["kind"] for section in sections(done)] == ["text"]  # the list is that of changes


def test_a_review_that_touches_no_table_has_no_picture(project):
    add(project, "CREATE TYPE mood AS ENUM ('ok');\n")
    done = dbtools(project, "review", "--base", "main", "--no-rehearse", "--format", "json")
    assert parts(done) == ["changes", "lint", "drift"]


def test_a_review_of_everything_as_new_has_no_picture(project):
    done = dbtools(project, "review", "--all", "--no-rehearse", "--format", "json")
    assert parts(done) == ["changes", "lint", "drift"]


def test_with_pages_the_picture_stands_before_their_list(project):
    dbtools(project, "erd")
    add(project, POST)
    done = dbtools(project, "review", "--base", "main", "--no-rehearse", "--format", "json")
    assert [section["title"] for section in sections(done)] == ["What changed in the tables", "Pages"]
    assert ("file-outdated", "warning") in findings(done)
    text = dbtools(project, "review", "--base", "main", "--no-rehearse").stdout
    assert "a diagram, which --format markdown shows" in text
    assert "erDiagram" not in text


def test_a_database_says_nothing_of_the_past(project):
    done = dbtools(project, "erd", "--changed", "main", "--source", "live:HERE", env={"HERE": "postgresql://x"}.items())
    assert (done.returncode, done.stderr.splitlines()[0]) == (2, "error: live says nothing of the past")
