"""Sizes of production on the command line: exported, read back, and what they make of findings."""

import json
import os
import subprocess
import sys

import pytest

BASE = "CREATE TABLE big (id int, x text); CREATE TABLE small (id int, x text);"


def dbtools(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "dbtools", *arguments], cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "m").mkdir()
    (tmp_path / "m/1.sql").write_text(BASE)
    tables = [
        {"namespace": "public", "table": table, "rows": 1, "bytes": size, "index_bytes": 0, "writes": None}
        for table, size in (("big", 3_100_000_000), ("small", 40_000))
    ]
    (tmp_path / "stats.json").write_text(json.dumps({"version": 1, "taken": "2026-11-20", "tables": tables}))
    return tmp_path


def judged(folder, sql, *arguments):
    (folder / "m/2.sql").write_text(sql)
    done = dbtools(folder, "lint", "--format", "json", "--stats", "stats.json", *arguments, "m")
    assert done.returncode in (0, 1), done.stderr
    return {
        (each["rule"], each["table"]): (each["severity"], each["values"].get("estimate"))
        for each in json.loads(done.stdout)["findings"]
    }


def test_a_finding_says_how_long_it_lasts_and_is_an_info_where_nobody_notices(folder):
    found = judged(folder, "CREATE INDEX i ON big (id);\nCREATE INDEX j ON small (id);")
    assert found["index-blocks-writes", "big"] == ("error", "10 to 31 s at 3.1 GB")
    assert found["index-blocks-writes", "small"] == ("info", "under a second at 40.0 kB")


@pytest.mark.parametrize(
    ("sql", "rule", "estimate"),
    [
        ("ALTER TABLE big ALTER x SET NOT NULL;", "full-scan-exclusive", "3.1 to 16 s at 3.1 GB"),
        ("ALTER TABLE big ALTER id TYPE bigint;", "table-rewrite", "31 to 62 s at 3.1 GB"),
    ],
)
def test_each_kind_of_work_has_its_own_rate(folder, sql, rule, estimate):
    assert judged(folder, sql)[rule, "big"][1] == estimate


def test_what_loses_data_is_as_grave_on_a_small_table(folder):
    assert judged(folder, "ALTER TABLE small DROP COLUMN x;")["drop-column", "small"] == ("error", None)


def test_the_settings_name_the_file_the_rates_and_what_is_brief(folder):
    (folder / "dbtools.yaml").write_text("sizes: {file: stats.json, brief_ms: 5000, rates: {index: [1000, 2000]}}")
    (folder / "m/2.sql").write_text("CREATE INDEX i ON big (id);")
    done = dbtools(folder, "lint", "m")
    assert "1.6 to 3.1 s at 3.1 GB" in done.stdout
    assert done.returncode == 0


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"version": 1, "tables": [{"table": "a"}]}', '{"version": 9, "tables": []}']
)
def test_a_broken_file_is_refused(folder, text):
    (folder / "stats.json").write_text(text)
    done = dbtools(folder, "lint", "--stats", "stats.json", "m")
    assert done.returncode == 2
    assert "stats.json" in done.stderr


@pytest.mark.server
def test_what_is_exported_is_read_and_holds_neither_rows_nor_the_server(tmp_path, database):
    from dbtools.pg.connect import connect

    with connect(database) as connection:
        connection.execute('CREATE TABLE "Order" (id int); INSERT INTO "Order" VALUES (424242); ANALYZE')
    done = dbtools(tmp_path, "stats", "export", database, "--output", "stats.json")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "stats.json").read_text()
    assert '"table": "Order", "rows": 1,' in text
    assert "424242" not in text
    (tmp_path / "m.sql").write_text('CREATE INDEX i ON "Order" (id);')
    assert dbtools(tmp_path, "lint", "--stats", "stats.json", "m.sql").returncode == 0
    assert dbtools(tmp_path, "lint", "m.sql").returncode == 1


def test_an_address_that_does_not_answer_is_an_error_without_its_password(tmp_path):
    done = dbtools(tmp_path, "stats", "export", "postgresql://u:secret@127.0.0.1:1/x")
    assert done.returncode == 2
    assert "secret" not in done.stderr + done.stdout
    assert done.stdout == ""
