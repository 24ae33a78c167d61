"""Migrations rewritten: what they add up to, what is left of them, and what a server does with each way up and down."""

import pytest

from dbtools.change import Change
from dbtools.errors import SourceError
from dbtools.lint import LintSettings
from dbtools.lint.fix import fix
from dbtools.lint.settings import Choice
from dbtools.model.finding import Severity
from dbtools.model.migration import Migration, Script
from dbtools.model.schema import Schema
from dbtools.pg.catalog import catalog
from dbtools.pg.connect import connect
from dbtools.pg.fill import Rows, fill
from dbtools.pg.run import run
from dbtools.rules import migration_rules
from dbtools.sources.layouts import migrations_of
from dbtools.sources.writing import Draft, migrations_from
from dbtools.sql.walk import fold, in_transaction
from dbtools.stage import sent
from tests.rules.judging import DIVIDER, parts
from tests.rules.test_plans import OTHERS

BASE = """CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (id int NOT NULL, author int, slug text, views int);
"""
UP, DOWN = "0002_next.up.sql", "0002_next.down.sql"


def fixed(up, *, history=BASE, version=18, path=UP, settings=None, **migration):
    """What --fix makes of one migration after a history: its report and its files."""
    base = fold(Schema(complete=bool(history)), (history,))
    down = migration.pop("down", None)
    back = None if down is None else Script(DOWN, down)
    reversible = path.endswith(".up.sql")
    new = Migration("next", Script(path, up), back, **{"reversible": reversible, **migration})
    change = Change("test", base, fold(base, (up,)), new=(new,))
    report = fix(change, settings or LintSettings(version, lock_timeout="5s"), lambda _: [path])
    return report, {file.path: file.content for file in report.files}


def left(report):
    return [row for section in report.sections if section.title == "Left as it is" for row in section.rows]


def test_a_statement_that_needs_nothing_stays_as_it_was_with_its_comments():
    kept = "-- why\nCREATE TABLE  tag (id int); -- a tag\n"
    _, files = fixed(f"{kept}\n-- an index\nCREATE INDEX ON post (views); -- by views\n")
    assert files[UP] == kept
    assert files["0003_next_2.up.sql"].splitlines() == [
        "-- dbtools: no-transaction",
        "-- an index",
        "-- by views",
        "CREATE INDEX CONCURRENTLY post_views_idx ON post (views);",
    ]


def test_nothing_is_written_where_nothing_is_found():
    report, files = fixed("ALTER TABLE post ADD COLUMN note text;\n")
    assert (report.summary, files) == ("nothing to write", {})


def test_what_is_never_more_than_an_info_is_written_too_but_not_what_was_made_one():
    index = f"{BASE}CREATE INDEX post_slug ON post (slug);"
    _, files = fixed("DROP INDEX post_slug;\n", history=index)
    assert "DROP INDEX CONCURRENTLY post_slug" in files[UP]
    mild = LintSettings(choice=Choice(severity={"index-blocks-writes": Severity.INFO}), lock_timeout="5s")
    _, files = fixed("CREATE INDEX post_slug ON post (slug);\n", settings=mild)
    assert files == {}


def test_several_plans_share_their_files():
    report, files = fixed(
        """ALTER TABLE post ADD FOREIGN KEY (author) REFERENCES author;
ALTER TABLE post ADD CHECK (views > 0);
ALTER TABLE post ALTER slug SET NOT NULL;
"""
    )
    ups = [text for path, text in files.items() if path.endswith(".up.sql")]
    assert [text.count("NOT VALID") for text in ups] == [3, 0]
    assert [text.count("VALIDATE") for text in ups] == [0, 3]
    assert not [finding for finding in report.findings if finding.severity > Severity.INFO]


def test_actions_of_one_statement_that_need_nothing_are_kept():
    _, files = fixed("ALTER TABLE post ADD COLUMN note text, ADD CHECK (views > 0), ALTER views SET DEFAULT 1;\n")
    assert files[UP].splitlines() == [
        "ALTER TABLE post ADD COLUMN note text;",
        "ALTER TABLE post ADD CONSTRAINT post_views_check CHECK (views > 0) NOT VALID;",
    ]
    assert files["0003_next_2.up.sql"].splitlines() == [
        "ALTER TABLE post VALIDATE CONSTRAINT post_views_check;",
        "ALTER TABLE post ALTER COLUMN views SET DEFAULT 1;",
    ]


def test_an_action_without_a_safe_form_stays_beside_one_that_has_one():
    report, files = fixed("ALTER TABLE post ADD CHECK (views > 0), ADD EXCLUDE (slug WITH =);\n")
    assert "NOT VALID" in files[UP]
    assert "EXCLUDE" in files["0003_next_2.up.sql"]
    assert [row[1] for row in left(report)] == ["unique-build-exclusive"]


def test_no_step_meets_what_a_later_statement_renames():
    report, files = fixed("ALTER TABLE post ALTER views TYPE bigint;\nALTER TABLE post RENAME TO article;\n")
    assert files == {}
    assert "changes under it" in left(report)[0][2]
    _, files = fixed("CREATE INDEX ON post (views);\nALTER TABLE post RENAME TO article;\n")
    assert "CREATE INDEX CONCURRENTLY" in files[UP]
    assert "RENAME TO article" in files["0003_next_2.up.sql"]


def test_a_new_column_is_filled_before_others_rely_on_it():
    _, files = fixed(
        "ALTER TABLE post ADD COLUMN token uuid DEFAULT gen_random_uuid();\n"
        "ALTER TABLE post ALTER COLUMN token SET NOT NULL;\n"
    )
    order = [text for path, text in files.items() if path.endswith(".up.sql")]
    assert [index for index, text in enumerate(order) if "DO $$" in text or "NOT VALID" in text] == [1, 2]


def test_settings_open_every_file_that_is_a_transaction():
    _, files = fixed(
        "SET lock_timeout = '1s';\nALTER TABLE post ADD CHECK (views > 0);\nCREATE INDEX ON post (slug);\n"
    )
    opened = {path: text.startswith("SET lock_timeout") for path, text in files.items() if path.endswith(".up.sql")}
    assert opened == {UP: True, "0003_next_2.up.sql": False, "0004_next_3.up.sql": True}


def test_rows_are_written_before_what_came_after_them():
    _, files = fixed(
        "CREATE INDEX ON post (views);\nUPDATE post SET views = 1 WHERE views IS NULL;\n"
        "ALTER TABLE post ALTER views SET NOT NULL;\n"
    )
    order = [text for path, text in files.items() if path.endswith(".up.sql")]
    assert "CONCURRENTLY" in order[0]
    assert order[1].index("UPDATE") < order[1].index("NOT VALID")
    assert "VALIDATE" in order[2]


def test_it_stops_where_code_must_be_deployed_and_says_so():
    report, files = fixed("ALTER TABLE post ADD COLUMN owner int NOT NULL;\n")
    assert files[UP] == "ALTER TABLE post ADD COLUMN owner integer;\n"
    (waiting,) = (section for section in report.sections if section.title.startswith("Once"))
    assert "the code that fills owner is deployed" in waiting.title
    assert "VALIDATE CONSTRAINT post_owner_not_null" in waiting.text
    assert files[DOWN] == "ALTER TABLE post DROP COLUMN owner;\n"


def test_a_foreign_key_stays_matched_in_full():
    _, files = fixed("ALTER TABLE post ADD FOREIGN KEY (author) REFERENCES author MATCH FULL;\n")
    assert files[UP].endswith("FOREIGN KEY (author) REFERENCES author MATCH FULL NOT VALID;\n")


@pytest.mark.parametrize(
    ("up", "why"),
    [
        ("BEGIN;\nCREATE INDEX ON post (views);\nCOMMIT;\n", "where its transactions begin"),
        ("SET search_path = app;\nALTER TABLE public.post ADD CHECK (views > 0);\n", "search_path"),
        ("CREATE INDEX ON post (views) WITH (fillfactor = 70);\n", "says more than a plan keeps"),
        ("DO $$ BEGIN ALTER TABLE post ADD CHECK (views > 0); END $$;\n", "DO block"),
        ("ALTER TABLE post ALTER slug TYPE varchar(9);\n", "keeps text"),
        ("DROP TABLE post;\n", "readers unknown"),
        ("ALTER TABLE post ADD EXCLUDE (slug WITH =);\n", "no index can be adopted"),
        ("ALTER TABLE post ADD CHECK (views > 0);\nSELEC 1;\n", "no plain SQL"),
    ],
)
def test_what_cannot_be_written_is_said_with_the_reason(up, why):
    report, files = fixed(up)
    assert files == {}
    assert any(why in row[2] for row in left(report)), left(report)
    assert report.findings


def test_one_runner_transaction_for_all_files_leaves_them_as_they_are():
    report, files = fixed("CREATE INDEX ON post (views);\n", path="0002_next.sql", transaction="batch")
    assert files == {}
    assert "one transaction" in left(report)[0][2]


def test_a_way_down_that_moves_rows_is_kept_whole_behind_the_last_step():
    down = "UPDATE author SET id = 1 WHERE id = 0;\nALTER TABLE post DROP CONSTRAINT post_views_check;\n"
    _, files = fixed("ALTER TABLE post ADD CHECK (views > 0);\n", down=down)
    assert files["0003_next_2.down.sql"] == down
    assert files[DOWN].startswith("-- dbtools: irreversible by itself. Undone by")


def test_without_the_history_a_way_down_is_not_invented():
    report, files = fixed("ALTER TABLE post ADD CHECK (views > 0);\n", history="")
    assert files == {}
    assert "without the history" in left(report)[0][2]


@pytest.mark.parametrize(
    ("path", "taken", "names"),
    [
        ("db/5_x.sql", ["db/5_x.sql"], ["db/5_x.sql", "db/6_x_2.sql"]),
        ("db/0005_x.up.sql", ["db/0004_w.up.sql"], ["db/0005_x.up.sql", "db/0006_x_2.up.sql"]),
        ("x.sql", ["x.sql"], ["x.sql", "x_2.sql"]),
        (
            "m/20240101120000_x/migration.sql",
            ["m/20240101120000_x/migration.sql", "m/20240101120002_y/migration.sql"],
            ["m/20240101120000_x/migration.sql", "m/20240101120001_x_2/migration.sql"],
        ),
    ],
)
def test_files_are_named_as_their_layout_names_them(path, taken, names):
    found = migrations_from(Migration("x", Script(path, "")), [Draft("SELECT 1;"), Draft("SELECT 2;")], taken)
    assert [each.up.path for each in found] == names
    assert [each.up.path for each in migrations_of({each.up.path: each.up.text for each in found})] == names


def test_there_must_be_room_before_the_next_migration():
    with pytest.raises(SourceError, match="no number free"):
        migrations_from(Migration("x", Script("0005_x.sql", "")), [Draft(""), Draft("")], ["0006_y.sql"])


def test_nothing_is_written_over_what_is_there():
    with pytest.raises(SourceError, match="there already"):
        migrations_from(Migration("x", Script("x.sql", "")), [Draft(""), Draft("")], ["db/x_2.sql"])


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("1_x.sql", "-- +goose Up\nSELECT 1;"), ("1_x.sql", "-- migrate:up\nSELECT 1;"), ("V1.2__x.sql", ""),
        ("R__x.sql", ""), ("2024-01-01-000000_x/up.sql", ""),
    ],
)  # fmt: skip
def test_layouts_that_are_not_written_yet_are_left_alone(path, text):
    with pytest.raises(SourceError, match="not written yet"):
        migrations_from(Migration("x", Script(path, text)), [Draft("")], [])


EXAMPLES = [
    *(
        pytest.param(sql, id=f"{rule.name} {number}")
        for rule in migration_rules()
        for number, sql in enumerate(rule.bad, start=1)
        if DIVIDER in sql and "no-transaction" not in sql
    ),
    *(pytest.param(sql, id=name) for name, sql in OTHERS.items()),
]


@pytest.mark.parametrize("version", [15, 18])
@pytest.mark.parametrize("sql", EXAMPLES)
def test_what_is_written_raises_nothing_and_reaches_the_same_schema(sql, version):
    history, new = parts(sql)
    report, files = fixed(new, history=history, version=version)
    if not files:
        return
    base = fold(Schema(), (history,))
    ups = [text for path, text in files.items() if path.endswith(".up.sql")]
    waits = any(section.title.startswith("Once") for section in report.sections)
    assert waits or fold(base, ups) == fold(base, (new,))
    assert not [each for each in report.findings if each.severity > Severity.INFO] or left(report)


@pytest.mark.slow
@pytest.mark.server
@pytest.mark.parametrize("sql", EXAMPLES)
def test_what_is_written_goes_up_and_down_on_a_server(server, sql):
    history, new = parts(sql)
    _, files = fixed(new, history=history, version=server.version)
    if not files:
        return
    with server.database() as url, connect(url) as connection:
        connection.execute(history.encode())
        fill(connection, catalog(connection), Rows(9))
        migrations = migrations_of(files)
        at_once = any("Undone by" in each.down.text for each in migrations)
        states = []
        for migration in migrations:
            states.append(catalog(connection))
            refused = run(connection, sent(migration.up.text), whole=in_transaction(migration))
            if refused is not None and refused.sqlstate == "22001":
                return  # the rows refuse what was asked for
            assert refused is None, refused
        for migration, before in zip(reversed(migrations), reversed(states), strict=True):
            alone = "no-transaction" in migration.down.text
            refused = run(connection, sent(migration.down.text), whole=not alone)
            assert refused is None, refused
            if not at_once:
                assert catalog(connection) == before
        assert catalog(connection) == states[0]
