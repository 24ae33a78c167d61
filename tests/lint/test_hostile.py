"""Whatever a file holds: lint ends in a time that grows with it, says what is wrong with it, and judges the rest."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbtools.change import Given, gather_paths
from dbtools.lint import LintSettings, lint
from dbtools.lint.settings import Choice
from dbtools.model.finding import Severity
from dbtools.sources.layouts import Running
from tests.steps import steps

ALL = LintSettings(choice=Choice(select=("ALL",)))


def judged(*scripts):
    """The report on a history of *scripts*, with every rule."""
    files = {
        f"m/{number}.sql": each if isinstance(each, bytes) else each.encode() for number, each in enumerate(scripts)
    }
    return lint(gather_paths(Given(folders={"m": files}), Running()), ALL)


def each(template, made="", count=1):
    """A script of *made*, then *template* as often as it takes to fill *count* statements per item."""
    return lambda n: (made + "".join(template.format(i=i, j=i + 1) for i in range(n // count)),)


def later(before, template, count=2):
    """Two files: one makes, the other changes what was there before."""
    return lambda n: tuple("".join(part.format(i=i) for i in range(n // count)) for part in (before, template))


T = "CREATE TABLE t (id int, a int);\n"
SHAPES = {
    "tables": each("CREATE TABLE t{i} (id int PRIMARY KEY, a int REFERENCES t0 (id));\n"),
    "tables dropped": each("CREATE TABLE t{i} (id int); DROP TABLE t{i};\n", count=2),
    "tables renamed": later("CREATE TABLE t{i} (id int);\n", "ALTER TABLE t{i} RENAME TO u{i};\n"),
    "columns added one by one": each("ALTER TABLE t ADD COLUMN c{i} int;\n", T),
    "columns added at once": lambda n: (f"{T} ALTER TABLE t " + ", ".join(f"ADD COLUMN c{i} int" for i in range(n)),),
    "columns dropped at once": lambda n: ("ALTER TABLE t " + ", ".join(f"DROP COLUMN c{i}" for i in range(n)),),
    "columns dropped under views": later(
        "CREATE TABLE t{i} (id int, a int); CREATE VIEW v{i} AS SELECT id FROM t{i};\n",
        "ALTER TABLE t{i} DROP COLUMN a;\n",
    ),
    "columns": lambda n: ("CREATE TABLE t (" + ", ".join(f"c{i} int CHECK (c{i} > 0)" for i in range(n)) + ")",),
    "types": each("ALTER TABLE t ALTER a TYPE bigint;\n", T),
    "indexes": each("CREATE TABLE t{i} (id int); CREATE INDEX i{i} ON t{i} (id); CREATE INDEX ON t{i} (id);\n", "", 3),
    "keys of an index": lambda n: (f"{T} CREATE INDEX ON t (" + ", ".join(f"(a + {i})" for i in range(n)) + ")",),
    "checks": each("ALTER TABLE t ADD CONSTRAINT c{i} CHECK (id > {i}) NOT VALID;\n", T),
    "keys": later(
        "CREATE TABLE t{i} (id int PRIMARY KEY);\n", "ALTER TABLE t{i} ADD FOREIGN KEY (id) REFERENCES t0;\n"
    ),
    "views": each("CREATE VIEW v{i} AS SELECT id FROM t;\n", T),
    "views upon views": each(
        "CREATE VIEW v{i} AS SELECT id FROM t; CREATE VIEW w{i} AS SELECT id FROM v{i};\n"
        "CREATE VIEW x{i} AS SELECT id FROM w{i}; CREATE VIEW y{i} AS SELECT id FROM x{i};\n",
        T,
        4,
    ),
    "triggers": each("CREATE TRIGGER g{i} BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();\n", T),
    "partitions": each(
        "CREATE TABLE p{i} PARTITION OF t FOR VALUES IN ({i});\n", "CREATE TABLE t (id int) PARTITION BY LIST (id);\n"
    ),
    "partitions of partitions": each(
        "CREATE TABLE p{j} PARTITION OF p{i} FOR VALUES IN (1) PARTITION BY LIST (id);\n",
        "CREATE TABLE p0 (id int) PARTITION BY LIST (id);\n",
    ),
    "labels": each("ALTER TYPE e ADD VALUE 'v{i}';\n", "CREATE TYPE e AS ENUM ('a');\n"),
    "types dropped": each(
        "CREATE TYPE e{i} AS ENUM ('a'); CREATE TABLE t{i} (a e{i}); DROP TYPE e{i} CASCADE;\n", "", 3
    ),
    "rows": each("INSERT INTO t VALUES ({i});\n", T),
    "rows at once": lambda n: (f"{T} INSERT INTO t VALUES " + ", ".join(["(1, 2)"] * n),),
    "updates": each("UPDATE t SET id = {i} WHERE id = {i};\n", T),
    "conditions": lambda n: (f"{T} DELETE FROM t WHERE " + " AND ".join(f"a <> {i}" for i in range(n)),),
    "blocks": each("DO $$ BEGIN EXECUTE 'DROP TABLE t'; END $$;\n"),
    "statements of a block": lambda n: ("DO $$ BEGIN " + "UPDATE t SET a = 1; " * n + "END $$",),
    "missing tables": later("CREATE TABLE t{i} (id int);\n", "DROP TABLE u{i};\n"),
    "broken statements": each("ALTER TABLE t{i} ADD b int c d;\n"),
    "comments that ask for silence": each("-- dbtools: ignore drop-table nobody uses it\nDROP TABLE t{i};\n"),
    "names": lambda n: ("TRUNCATE " + ", ".join(f"t{i}" for i in range(n)),),
    "files": lambda n: tuple(f"CREATE TABLE t{i} (id int);" for i in range(n)),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_four_times_the_statements_take_no_eight_times_the_steps(shape):
    judged(*SHAPES[shape](20))  # what is imported on the way counts for neither
    few = steps(lambda: judged(*SHAPES[shape](40)))
    assert steps(lambda: judged(*SHAPES[shape](160))) < 8 * few


CREATED = "CREATE TABLE t (id int);\n"
BYTES = {
    "nothing": (b"", None),
    "blanks": (b" \n\t\n", None),
    "a NUL byte": (b"CREATE TABLE t (id int);\0\nDROP TABLE u;", "a NUL byte, which PostgreSQL does not accept in SQL"),
    "no UTF-8": (b"CREATE TABLE t (id int); -- caf\xe9\nDROP TABLE u;", "m/1.sql is not UTF-8: byte 0xe9 on line 1"),
    "UTF-16": ("DROP TABLE u;".encode("utf-16"), "m/1.sql is not UTF-8: byte 0xff on line 1"),
    "random bytes": (bytes(range(256)) * 40, "m/1.sql is not UTF-8: byte 0x80 on line 2"),
    "an open quote": (b"DROP TABLE u;\nSELECT 'abc", "unterminated quoted string"),
    "an open comment": (b"DROP TABLE u;\n/* abc", "unterminated /* comment"),
    "an open dollar quote": (b"DROP TABLE u;\nDO $$ abc", "unterminated dollar-quoted string"),
    "an open bracket": (b"DROP TABLE u;\nCREATE TABLE x (", "syntax error at end of input"),
}


@pytest.mark.parametrize("what", BYTES)
def test_bytes_that_are_no_sql_are_told_and_the_rest_is_judged(what):
    data, told = BYTES[what]
    report = judged("CREATE TABLE u (id int);", data)
    messages = [finding.message for finding in report.findings if finding.rule in {"syntax-error", "unreadable-file"}]
    assert any(told in message for message in messages) if told else not report.findings
    if b"DROP TABLE u" in data:
        assert "drop-table" in {finding.rule for finding in report.findings}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_byte_order_marks_change_no_verdict(encoding, end):
    script = f"-- é{end}DROP TABLE u;{end}".encode(encoding)
    findings = judged("CREATE TABLE u (id int);", script).findings
    places = {(finding.location.line, finding.location.column) for finding in findings if finding.rule == "drop-table"}
    assert len(places) == 1
    assert places == {(2, 1)} or end == "\r"  # which ends a comment, but no line that an editor shows


def test_names_of_a_thousand_characters_mean_what_the_server_keeps_of_them():
    long = "x" * 1000
    report = judged(
        f"CREATE TABLE {long} ({'y' * 1000} int);", f"ALTER TABLE {'x' * 63} ALTER {'y' * 80} SET NOT NULL;"
    )
    assert {finding.rule for finding in report.findings} & {"full-scan-exclusive"}
    assert not {finding.rule for finding in report.findings} & {"unknown-object"}


NESTED = {
    "brackets": lambda n: f"ALTER TABLE t ADD CHECK ({'(' * n}id > 0{')' * n})",
    "cases": lambda n: "UPDATE t SET id = " + "CASE WHEN id > 0 THEN " * n + "1" + " END" * n,
    "subqueries": lambda n: "CREATE VIEW v AS SELECT * FROM " + "(SELECT * FROM " * n + "t" + ") x" * n,
    "casts": lambda n: "ALTER TABLE t ALTER id TYPE int USING id" + "::text::int" * n,
    "documents": lambda n: "INSERT INTO t VALUES ('" + "[" * n + "]" * n + "')",
    "conditions": lambda n: "CREATE INDEX i ON t (id) WHERE " + " AND ".join(["id > 0"] * n),
    "blocks": lambda n: "DO $$ BEGIN " + "BEGIN " * n + "DROP TABLE t; " + "END; " * n + "END $$",
    "common tables": lambda n: "WITH " + ", ".join(f"c{i} AS (SELECT 1)" for i in range(n)) + " DELETE FROM t",
    "unions": lambda n: "CREATE VIEW v AS " + " UNION ".join(["SELECT id FROM t"] * n),
}


@pytest.mark.parametrize("shape", NESTED)
@pytest.mark.parametrize("depth", [50, 2_000, 20_000])
def test_what_is_nested_deep_hides_nothing_beside_it(shape, depth):
    report = judged(CREATED, f"DROP TABLE t;\n{NESTED[shape](depth)};\nDROP TABLE IF EXISTS u;\nSELECT 1;")
    assert "drop-table" in {finding.rule for finding in report.findings}
    assert report.figures["statements"] >= 4


CHAINS = {
    "sums": " + 1", "casts": "::int", "texts": " || 'a'", "nulls": " IS NULL", "collations": ' COLLATE "C"',
    "zones": " AT TIME ZONE 'UTC'", "lists": " IN (1)", "unions": " UNION SELECT 1",
}  # fmt: skip


@pytest.mark.parametrize("chain", CHAINS)
def test_a_chain_that_the_parser_cannot_take_ends_nothing_but_its_own_statement(tmp_path, chain):
    (tmp_path / "x.sql").write_text(f"TRUNCATE t;\nSELECT 1{CHAINS[chain] * 60_000};\nDROP TABLE t;")
    done = program(tmp_path, "lint", "x.sql")
    assert done.returncode == 1
    assert "nested too deeply" in done.stdout
    assert "drops t" in done.stdout


def test_many_short_expressions_are_no_chain():
    script = f"CREATE TABLE t (a int);\nINSERT INTO t VALUES {', '.join(['(-1 + 2 * 3)'] * 20_000)};"
    assert "syntax-error" not in {finding.rule for finding in judged(script).findings}


def test_blocks_in_strings_in_blocks_are_opened_as_far_as_it_goes():
    script = "DROP TABLE t"
    for depth in range(12):
        script = f"DO $b{depth}$ BEGIN EXECUTE $e{depth}${script}$e{depth}$; END $b{depth}$"
    report = judged(CREATED, f"{script};\nTRUNCATE t;")
    assert report.figures["statements"] == 3


def program(folder, *arguments):
    command = [str(Path(sys.executable).with_name("dbtools")), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


def test_tables_that_end_up_under_each_other_are_judged():
    text = """CREATE TABLE c PARTITION OF d DEFAULT;
CREATE TABLE b PARTITION OF c DEFAULT;
ALTER TABLE b RENAME TO c;
CREATE TABLE d PARTITION OF c DEFAULT;
ALTER TABLE c ADD COLUMN x int;
DROP TABLE c CASCADE;"""
    assert "unknown-object" in {finding.rule for finding in judged(text).findings}


def test_links_in_a_circle_and_folders_called_like_files_are_passed_over(tmp_path):
    folder = tmp_path / "m"
    (folder / "x.sql").mkdir(parents=True)
    (folder / "1.sql").write_text(CREATED)
    (folder / "x.sql" / "2.sql").write_text("DROP TABLE t;")
    (folder / "loop.sql").symlink_to("loop.sql")
    (folder / "x.sql" / "up").symlink_to("..")
    (folder / "gone.sql").symlink_to("nowhere.sql")
    done = program(tmp_path, "lint", "m")
    assert done.returncode == 1
    assert done.stdout.count("drop-table") == 1
    assert not done.stderr


@pytest.mark.parametrize("name", ["x.sql", "loop.sql"])
def test_what_is_no_file_is_an_error_with_a_hint(tmp_path, name):
    (tmp_path / "x.sql").mkdir()
    (tmp_path / "loop.sql").symlink_to("loop.sql")
    done = program(tmp_path, "lint", name)
    assert done.returncode in {1, 2}
    assert "broke" not in done.stderr
    assert "→" in done.stdout or "hint: " in done.stderr


def test_ten_megabytes_of_one_statement_are_judged(tmp_path):
    (tmp_path / "big.sql").write_text(f"INSERT INTO t VALUES ('{'x' * 10_000_000}');\nDROP TABLE t;")
    done = program(tmp_path, "lint", "big.sql")
    assert done.returncode == 1
    assert "drops t" in done.stdout
    assert len(done.stdout) < 10_000


FRAGMENTS = st.sampled_from(
    (
        "CREATE TABLE ", "ALTER TABLE ", "DROP TABLE ", "t", "u", "v", '"T"', " (id int PRIMARY KEY, a text)",
        " ADD COLUMN b int NOT NULL", " ALTER COLUMN a TYPE varchar(9)", " SET NOT NULL", " DROP COLUMN a CASCADE",
        " ADD CONSTRAINT c CHECK (a <> '')", " NOT VALID", " VALIDATE CONSTRAINT c", " RENAME TO ", " RENAME a TO b",
        "CREATE INDEX CONCURRENTLY i ON ", " (lower(a)) WHERE a IS NOT NULL", "CREATE VIEW v AS SELECT * FROM ",
        "UPDATE t SET a = 1", "DELETE FROM t", " WHERE id = 1", "DO $$ BEGIN ", " END $$", "BEGIN", "COMMIT",
        "ROLLBACK", " PARTITION OF ", " DEFAULT", " PARTITION BY LIST (id)", "INSERT INTO t VALUES (1)",
        "SET lock_timeout = '1s'", "CREATE TYPE e AS ENUM ('a')", "ALTER TYPE e ADD VALUE 'b'", "TRUNCATE t",
        " CASCADE", " REFERENCES t", "é", "\0", "'", '"', "$$", "/*", "*/", "--", "\n", ";", ";", ";\n", ";\n", ", ",
        "(", ")", "\\.", "COPY t FROM stdin", "1e9", "-- dbtools: ignore drop-table x", "-- dbtools: no-transaction",
        "\r\n", "\ufeff", "::", "[]", "%", "{{ x }}",
    )
)  # fmt: skip
TEXTS = st.lists(FRAGMENTS, max_size=40).map("".join)


@settings(max_examples=300, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=3))
def test_no_text_breaks_lint(scripts):
    report = judged(*scripts)
    for finding in report.findings:
        assert 1 <= finding.location.line <= max(script.count("\n") for script in scripts) + 2
        assert isinstance(finding.severity, Severity)
        assert finding.message
        assert len(finding.fingerprint) == 16


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.lists(st.tuples(st.integers(0, 2**16), st.binary(max_size=3)), max_size=6))
def test_no_bytes_break_lint(text, changes):
    data = bytearray(f"CREATE TABLE t (id int, a text);\n{text}".encode())
    for place, other in changes:
        at = place % len(data)
        data[at : at + len(other)] = other
    judged(bytes(data))
