import time

import pytest

from dbtools.sources.layouts import migrations_of, natural, single


def shapes(files, transaction=""):
    found = migrations_of(files, transaction)
    return [(each.name, each.up.path, each.down and each.down.path, each.transaction) for each in found]


def test_a_plain_folder_runs_in_natural_order():
    files = dict.fromkeys(["m/10_c.sql", "m/2_b.sql", "m/1_a.sql", "m/notes.md", "m/x.sql.bak"], "")
    assert shapes(files) == [
        ("1_a", "m/1_a.sql", None, "file"),
        ("2_b", "m/2_b.sql", None, "file"),
        ("10_c", "m/10_c.sql", None, "file"),
    ]


def test_pairs_find_their_way_back_and_run_in_natural_order():
    files = dict.fromkeys(["m/10_b.up.sql", "m/10_b.down.sql", "m/9_a.up.sql", "m/8_lost.down.sql", "m/seed.sql"], "")
    assert shapes(files) == [
        ("9_a", "m/9_a.up.sql", None, "query"),
        ("10_b", "m/10_b.up.sql", "m/10_b.down.sql", "query"),
    ]
    assert all(each.reversible for each in migrations_of(files))


def test_prisma_folders_run_by_name_each_as_one_query():
    files = dict.fromkeys(
        ["p/20240102_b/migration.sql", "p/20240101_a.sql/migration.sql", "p/migration_lock.toml", "p/readme.sql"], ""
    )
    assert shapes(files) == [
        ("20240101_a.sql", "p/20240101_a.sql/migration.sql", None, "query"),
        ("20240102_b", "p/20240102_b/migration.sql", None, "query"),
    ]
    assert not any(each.reversible for each in migrations_of(files))


def test_a_migration_without_a_folder_keeps_a_name():
    assert shapes({"migration.sql": ""}) == [("migration.sql", "migration.sql", None, "query")]


def test_nothing_to_run_is_no_migration():
    assert migrations_of({}) == migrations_of({"m/a.ts": "", "m/b.down.sql.txt": ""}) == ()


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("-- dbtools: no-transaction\nSELECT 1", "none"),
        ("\n -- made by hand\n--DBTOOLS:no-transaction because\nSELECT 1", "none"),
        ("SELECT 1;\n-- dbtools: no-transaction", "statement"),
        ("-- dbtools: no-transactions", "statement"),
        ("", "statement"),
    ],
)
def test_a_first_comment_overrules_the_configuration_which_overrules_the_layout(text, mode):
    for path in ("m/1.sql", "m/1.up.sql", "m/1/migration.sql"):
        assert [each.transaction for each in migrations_of({path: text}, "statement")] == [mode]
    assert single("anything.txt", text, "statement").transaction == mode


def test_the_first_comment_is_found_at_once_in_any_text():
    start = time.process_time()
    migrations_of({f"{number}.sql": text * 200_000 for number, text in enumerate(("-- x\n", "\n", "--\n \n", "-"))})
    assert time.process_time() - start < 20  # a scan that begins anew at each character would take minutes


def test_numbers_are_compared_as_numbers_whatever_their_digits():
    paths = ["x²", "x٣", "x10", "x2", "x", "10", "9", "1/b", "1/a", "V1.10", "V1.9"]
    assert sorted(paths, key=natural) == ["1/a", "1/b", "9", "10", "V1.9", "V1.10", "x", "x2", "x٣", "x10", "x²"]


def test_files_that_count_the_same_have_an_order_all_the_same():
    one, other = (dict.fromkeys(order, "") for order in (["01_a.sql", "1_a.sql"], ["1_a.sql", "01_a.sql"]))
    assert shapes(one) == shapes(other)
