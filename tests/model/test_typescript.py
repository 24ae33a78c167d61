"""What node-postgres makes of a column, and what a TypeScript type can hold."""

import pytest

from dbtools.model.expression import Name, Type
from dbtools.model.objects import Domain, Enum
from dbtools.model.schema import Schema
from dbtools.model.typescript import delivered, fits, typescript, union

MOOD = Type("mood", namespace="public")
SCHEMA = Schema.of(
    enums=[Enum(Name("public", "mood"), ("sad", "ok"))],
    domains=[
        Domain(Name("public", "amount"), Type("numeric")),
        Domain(Name("public", "tags"), Type("text", dimensions=1)),
        Domain(Name("public", "often"), Type("amount", namespace="public")),
    ],
)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Type("text"), typescript("string")),
        (Type("bigint"), typescript("string")),
        (Type("timestamptz", (3,)), typescript("Date")),
        (Type("time"), typescript("string")),
        (Type("jsonb"), typescript("Json")),
        (Type("text", dimensions=1), typescript("string", 1)),
        (Type("numeric", (5, 2)), typescript("string")),
        (Type("numeric", (5, 2), 1), typescript("number", 1)),
        (Type("circle", dimensions=1), typescript("string")),
        (Type("bit", (3,), 1), typescript("string")),
        (MOOD, union("sad", "ok")),
        (MOOD._replace(dimensions=1), typescript("string")),
        (Type("often", namespace="public"), typescript("string")),
        (Type("tags", namespace="public"), typescript("string", 1)),
        (Type("tags", dimensions=1, namespace="public"), typescript("string")),
        (Type("hstore", namespace="public"), typescript("string")),
    ],
)
def test_a_column_is_what_the_driver_hands_over(kind, expected):
    assert delivered(kind, SCHEMA) == expected


def test_a_parser_that_the_application_registers_counts_for_the_type_but_not_for_its_arrays():
    parsers = {"bigint": "number", "numeric": "number"}
    assert delivered(Type("bigint"), SCHEMA, parsers) == typescript("number")
    assert delivered(Type("bigint", dimensions=1), SCHEMA, parsers) == typescript("string", 1)
    assert delivered(Type("amount", namespace="public"), SCHEMA, parsers) == typescript("number")


@pytest.mark.parametrize(
    ("written", "arriving"),
    [
        ("string", "string"), ("unknown", "Date"), ("Date | string", "Date"), ("string[] | string", "string"),
        ("object", "Json"), ("Json", "Json"), ("number", "Json"), ("Uint8Array", "Buffer"), ("object", "Interval"),
    ],
)  # fmt: skip
def test_a_type_holds_what_arrives(written, arriving):
    assert fits(typescript(written), typescript(arriving))


@pytest.mark.parametrize(
    ("written", "arriving"),
    [
        ("number", "string"), ("bigint", "string"), ("Date", "string"), ("string", "Date"), ("Json", "string"),
        ("Date", "Json"), ("number | bigint", "string"), ("string", "Buffer"),
    ],
)  # fmt: skip
def test_a_type_does_not_hold_what_is_something_else(written, arriving):
    assert not fits(typescript(written), typescript(arriving))


def test_lists_and_single_values_are_not_the_same():
    assert not fits(typescript("string", 1), typescript("string"))
    assert not fits(typescript("Date"), typescript("Date", 1))
    assert fits(typescript("string", 1), typescript("string", 1))
    assert fits(typescript("string", 1), typescript("Json"))
    assert fits(typescript("Date | string", 1), typescript("Date", 1))
    assert not fits(typescript("number", 1), typescript("string", 1))


def test_literals_hold_what_is_of_their_kind():
    assert fits(union("a"), union("a", "b"))
    assert fits(union("a"), typescript("string"))
    assert fits(typescript("string"), union("a"))
    assert fits(union(1, 2), typescript("number"))
    assert not fits(union(1, 2), typescript("string"))
    assert not fits(typescript("number"), union("a"))
