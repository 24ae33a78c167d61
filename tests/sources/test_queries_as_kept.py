"""Queries as applications keep them: what a driver fills in is a value, what a template fills in may be anything."""

import pytest

from dbtools.model.finding import Location
from dbtools.model.schema import Schema
from dbtools.sources.placeholders import plain
from dbtools.sources.queries import read_texts
from dbtools.sql.queries import Queries
from dbtools.sql.walk import fold

USERS = Queries(fold(Schema(), ("CREATE TABLE users (id int, name text, data jsonb, tags text[]);",)))


def columns(text):
    (query,) = read_texts({"q.sql": text})
    found = USERS.qualify(query.plain)
    return None if found is None else (" ".join(sorted(ref.column for ref in found.columns)), found.problems)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT id FROM users WHERE name = $1", "id name"),
        ("SELECT id FROM users WHERE name = :name AND id::text = :id::text", "id name"),
        ("SELECT id FROM users WHERE name = :'name'", "id name"),
        ("SELECT id FROM users WHERE name = @name AND data @> @data::jsonb", "data id name"),
        ("SELECT id FROM users WHERE name = %s AND data @> %(data)s", "data id name"),
        ("SELECT id FROM users WHERE id %% 2 = 0 AND name LIKE 'a%%'", "id name"),
        ("SELECT id FROM users WHERE id % 2 = 0 OR id %2 = 1", "id"),
        ("SELECT id FROM users WHERE name = ? LIMIT ?", "id name"),
        ("SELECT id FROM users WHERE name = #{name}", "id name"),
        ("SELECT id FROM users WHERE id IN :ids", "id"),
        ("SELECT id FROM users WHERE id IN (:ids) AND tags[1:2] = '{:a,:b}'", "id tags"),
        ("SELECT id FROM users WHERE id = sqlc.arg(id) OR name = sqlc.narg('name')", "id name"),
        ("SELECT sqlc.embed(users) FROM users", "data id name tags"),
        ("SELECT 'users.name :name {{ x }}', $$ @name $$ FROM users -- %(name)s {{ name }}", ""),
        ("INSERT INTO users (id, name) VALUES (:id, coalesce(:name, 'x'))", "id name"),
        ("UPDATE users SET name = {{ name }} WHERE id = {{ id }}", "id name"),
        ("SELECT id FROM users WHERE id IN ({{ ids }}) AND name = ${name} LIMIT {{ most }}", "id name"),
        ("SELECT id FROM users {% if name %} WHERE name = :name {% endif %} {# data #}", "id name"),
    ],
)
def test_a_placeholder_is_a_value(text, expected):
    assert columns(text) == (expected, ())


@pytest.mark.parametrize(
    "text",
    [
        "SELECT {{ columns }} FROM users",
        "SELECT id, ${more} FROM users",
        "SELECT u.{{ column }} FROM users u",
        "SELECT id FROM {{ table }}",
        "SELECT id FROM {{ schema }}.users",
        "SELECT id FROM users WHERE {{ condition }}",
        "SELECT id FROM users WHERE id = 1 AND {{ condition }}",
        "SELECT id FROM users WHERE {{ column }} = 1",
        "SELECT id FROM users ORDER BY {{ order }}",
        "SELECT id FROM users JOIN {{ table }} USING (id)",
        "SELECT {% if short %} id {% else %} name {% endif %} FROM users",
        "INSERT INTO users ({{ columns }}) VALUES ({{ values }})",
        "UPDATE users SET {{ column }} = 1",
        'SELECT id FROM users WHERE :"column" = 1',
    ],
)
def test_a_template_that_may_name_something_is_not_understood(text):
    assert columns(text) is None


def test_nothing_moves():
    text = "SELECT {{ a\n  }}, :b, %(c)s, @d\nFROM users {% if x %} WHERE {# y\n #} id = 1 {% endif %}"
    assert len(plain(text)) == len(text)
    assert [line.find("FROM") for line in plain(text).split("\n")] == [line.find("FROM") for line in text.split("\n")]


@pytest.mark.parametrize(
    ("comment", "name"),
    [
        ("-- name: GetUser :one", "GetUser"),
        ("-- name: get_user^", "get_user"),
        ("-- name: add_user<!", "add_user"),
        ("--name:drop_user!", "drop_user"),
        ("-- :name find_user :many", "find_user"),
        ("/* @name FindUser */", "FindUser"),
        ("/* name: FindUser :one */", "FindUser"),
        ("-- the name: says nothing", "q"),
    ],
)
def test_every_way_to_name_a_query_is_known(comment, name):
    (query,) = read_texts({"queries/q.sql": f"{comment}\nSELECT id FROM users WHERE id = :id"})
    assert (query.name, query.location) == (name, Location("queries/q.sql", 2))
    assert query.text == "SELECT id FROM users WHERE id = :id"


def test_the_text_of_a_query_is_what_was_written():
    texts = ["SELECT {{ a }} FROM b LIMIT :most", "SELECT 1 WHERE x = %s"]
    assert [query.text for query in read_texts({"q.sql": ";\n".join(texts) + ";\n"})] == texts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT $1, $2", "SELECT $1, $2"),
        ("SELECT :a, :b, :a::text", "SELECT $1, $2, $1::text"),
        ("SELECT %s, %s", "SELECT $1, $2"),
        ("SELECT %(a)s, 5 %% 2, %(a)s", "SELECT $1, 5 % 2, $1"),
        ("SELECT @a, sqlc.arg('a'), sqlc.narg(b)", "SELECT $1, $1, $2"),
        ("SELECT $1, :a, ':b', \"@c\" -- $7 :d", "SELECT $1, $2, ':b', \"@c\" -- $7 :d"),
        ("SELECT tags[1:2], '$9' FROM users WHERE id = #{id}", "SELECT tags[1:2], '$9' FROM users WHERE id = $1"),
        ("SELECT id FROM users WHERE name = {{ name }}", None),
        ("SELECT id FROM ${table}", None),
    ],
)
def test_each_value_gets_a_parameter_of_its_own(text, expected):
    (query,) = read_texts({"q.sql": text})
    assert (" ".join(query.numbered.split()) if query.numbered else None) == expected
