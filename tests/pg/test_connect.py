import sys

import pytest

from dbtools.errors import DatabaseError, MissingExtra
from dbtools.pg.connect import connect, looks_like_production, redact, refuse_production, to_database, version

NOBODY_ANSWERS = "postgresql://ada:s3cret@127.0.0.1:1/shop"


def told(url):
    """Everything that a failed connection says."""
    with pytest.raises(DatabaseError) as raised:
        connect(url)
    return f"{raised.value} {raised.value.hint} {raised.value.__cause__}"


def test_a_server_that_does_not_answer_is_named_without_the_password():
    assert "127.0.0.1:1/shop" in told(NOBODY_ANSWERS)
    assert "s3cret" not in told(NOBODY_ANSWERS)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ada:s3cret@pass@127.0.0.1:1/shop",
        "postgresql://ada:s3cret/pass@127.0.0.1:1/shop",
        "postgresql://ada:s3cret pass@127.0.0.1:1/shop",
        "postgresql://ada:s3cret%zz@127.0.0.1:1/shop",
        "postgresql://ada:s3cret@127.0.0.1:1/shop?unheard=of",
        "s3cret",
        "mysql://ada:s3cret@127.0.0.1:1/shop",
        "host=127.0.0.1 port=1 user=ada password=s3cret",
        "postgresql://ada@127.0.0.1:1/shop?password=s3cret",
        "postgresql://ada:s3cret@s3cret.invalid:1/shop",
    ],
)
def test_no_malformed_url_makes_a_message_show_the_password(url):
    shown = told(url)
    assert "s3cret" not in shown.replace("s3cret.invalid", "")


def test_an_unreadable_url_is_answered_with_how_to_write_one():
    with pytest.raises(DatabaseError) as raised:
        redact("postgresql://ada:p@ss@host/db")
    assert "%40" in raised.value.hint


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ada:s3cret@db.example:6432/shop", "db.example:6432/shop"),
        ("postgresql://ada@/shop?host=/run/pg", "/run/pg:5432/shop"),
        ("host=db.example dbname=shop password=s3cret", "db.example:5432/shop"),
        ("postgresql://ada@db.example", "db.example:5432/ada"),
    ],
)
def test_a_redacted_url_is_host_port_and_database(url, shown):
    assert redact(url) == shown


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://u:p@h:1/a?sslmode=require", "postgresql://u:p@h:1/b%20c?sslmode=require"),
        ("postgresql://u@/a?host=%2Frun%2Fmy%20pg", "postgresql://u@/b%20c?host=%2Frun%2Fmy%20pg"),
        ("postgresql://h/a?dbname=x", "postgresql://h/b%20c"),
        ("postgresql://h", "postgresql://h/b%20c"),
    ],
)
def test_the_database_of_a_url_is_replaced_and_the_rest_kept(url, expected):
    assert to_database(url, "b c") == expected


def test_the_database_of_a_key_value_string_is_replaced():
    assert redact(to_database("host=h port=1 dbname=a", "b c")) == "h:1/b c"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u@prod-db.example/shop",
        "postgresql://u@db.PRODUCTION.example/shop",
        "postgresql://u@localhost/shop_live",
        "postgresql://prod2@10.0.0.1/shop",
        "host=db dbname=shop-prod",
    ],
)
def test_a_name_that_says_production_is_refused(url):
    assert looks_like_production(url)
    with pytest.raises(DatabaseError) as raised:
        refuse_production(url)
    assert "throw-away" in raised.value.hint


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:prod@localhost/shop",
        "postgresql://u@127.0.0.1/products",
        "postgresql://u@/delivery?host=/run/pg",
        "postgresql://u@non-prod.example/shop",
        "postgresql://u@staging.example/reproduction",
    ],
)
def test_a_name_that_only_contains_the_word_is_not_production(url):
    refuse_production(url)
    assert not looks_like_production(url)


def test_what_the_url_leaves_out_is_judged_by_the_environment(monkeypatch):
    monkeypatch.setenv("PGHOST", "prod.example")
    assert looks_like_production("postgresql:///shop")
    assert not looks_like_production("postgresql://localhost/shop")


def test_without_the_driver_the_missing_part_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtra) as raised:
        connect("postgresql://localhost/shop")
    assert raised.value.hint == "pip install 'dbtools[server]'"


@pytest.mark.server
def test_a_connection_takes_a_url_that_prisma_wrote(database, server):
    with connect(f"{database}&schema=public&connection_limit=5") as connection:
        assert connection.autocommit
        assert version(connection) == server.version


@pytest.mark.server
def test_the_url_of_another_database_opens_that_database(database):
    with connect(to_database(database, "postgres"), autocommit=False) as connection:
        assert connection.info.dbname == "postgres"
        assert not connection.autocommit
