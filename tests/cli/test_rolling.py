"""A rolling deployment as a user sees it, in a real git repository."""

import json
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.server

CONFIG = "sources: {migrations: migrations, prisma: schema.prisma, drizzle: schema.ts}\nqueries: queries\n"
PRISMA = "model post {\n  id    Int    @id\n  title String\n  body  String?\n}\n"
DRIZZLE = """import { pgTable, integer, text } from "drizzle-orm/pg-core";
export const posts = pgTable("post", {
  id: integer("id").primaryKey(),
  title: text("title").notNull(),
  body: text("body"),
});
"""


def dbtools(folder, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "dbtools", *arguments], cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "120"},
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def project(tmp_path, put):
    put("dbtools.yaml", CONFIG)
    put("schema.prisma", PRISMA)
    put("schema.ts", DRIZZLE)
    put("queries/titles.sql", "SELECT id, title FROM post LIMIT $1;\n")
    put("migrations/1.up.sql", "CREATE TABLE post (id int PRIMARY KEY, title text NOT NULL, body text);\n")
    put("migrations/1.down.sql", "DROP TABLE post;\n")
    git = ("git", "-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
    for command in (("init", "-q"), ("add", "."), ("commit", "-qm", "first")):
        subprocess.run([*git, *command], cwd=tmp_path, check=True, capture_output=True)
    return tmp_path


def by_part(done):
    return {part["command"]: part["findings"] for part in json.loads(done.stdout)["parts"]}


def test_a_review_tells_once_of_a_renamed_column_with_what_the_server_answered_to_each_reader(project, put):
    put("migrations/2.up.sql", "SET lock_timeout = '1s';\nALTER TABLE post RENAME title TO headline;\n")
    put("migrations/2.down.sql", "ALTER TABLE post RENAME headline TO title;\n")
    found = by_part(dbtools(project, "review", "--format", "json"))
    assert found["rehearse"] == []
    (finding,) = found["lint"]
    assert (finding["rule"], finding["evidence"]) == ("rename-column", "rehearsed")
    assert set(finding["places"]) == {"Prisma model post", "Drizzle table posts", "query titles"}
    assert finding["values"]["query titles"] == '42703 column "title" does not exist'
    shown = dbtools(project, "review").stdout
    assert shown.count("old-code-fails") == 0
    assert shown.count("query titles  ") == 1
    assert "3 of 3 fail" in shown


def test_what_only_the_code_before_the_change_reads_is_an_error_all_the_same(project, put):
    put("schema.prisma", PRISMA.replace("  body  String?\n", ""))
    put("schema.ts", DRIZZLE.replace('  body: text("body"),\n', ""))
    put("migrations/2.up.sql", "SET lock_timeout = '1s';\nALTER TABLE post DROP body;\n")
    put("migrations/2.down.sql", "ALTER TABLE post ADD body text;\n")
    assert dbtools(project, "lint").returncode == 0
    done = dbtools(project, "review", "--format", "json")
    (finding,) = by_part(done)["lint"]
    assert (done.returncode, finding["rule"], finding["severity"]) == (1, "drop-column", "error")
    assert finding["hint"] == "deploy code that does without it first, and do this in a later change"
    found = json.loads(dbtools(project, "rehearse", "--format", "json").stdout)["findings"]
    (finding,) = (each for each in found if each["rule"] == "old-code-fails")
    assert finding["rule"] == "old-code-fails"


def test_code_that_is_deployed_before_its_migration_meets_the_old_schema(project, put):
    put("dbtools.yaml", f"{CONFIG}rehearse: {{deploy: code-first}}\n")
    put("schema.prisma", PRISMA.replace("body  String?", "body  String?\n  views Int?"))
    put("migrations/2.up.sql", "SET lock_timeout = '1s';\nALTER TABLE post ADD views int;\n")
    put("migrations/2.down.sql", "ALTER TABLE post DROP views;\n")
    done = dbtools(project, "rehearse")
    assert done.returncode == 1
    assert "error  new-code-fails" in done.stdout
    assert 'SELECT, full INSERT, UPDATE: 42703 column "views" does not exist' in done.stdout
    assert "new code" in done.stdout
    put("dbtools.yaml", f"{CONFIG}rehearse: {{deploy: together}}\n")
    done = dbtools(project, "rehearse")
    assert (done.returncode, "dbtools.yaml:3" in done.stderr) == (2, True)
