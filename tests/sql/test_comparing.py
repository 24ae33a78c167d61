"""What can be compared with what, as a server says."""

from itertools import combinations_with_replacement

import psycopg
import pytest

from dbtools.model.expression import Name, Type
from dbtools.model.objects import Enum
from dbtools.model.schema import Schema
from dbtools.sql.comparing import INPUTS, KNOWN, accepts, comparable

MOOD = Schema.of(enums=[Enum(Name("public", "mood"), ("sad", "ok"))])
CONSTANTS = ["1", " -12 ", "1.5", "1e5", "0x1F", "1_000", "nan", "-Infinity", "", "abc", "12a", "true", "2020-01-01",
             "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "{a0eebc999c0b4ef8bb6d6bb9bd380a11}", "a0eebc99-9c0b"]  # fmt: skip


@pytest.mark.server
def test_a_server_has_the_operator_exactly_where_it_is_said_to(connection):
    for one, other in combinations_with_replacement(sorted(KNOWN), 2):
        spelled = [f'NULL::"{each}"' if each == "char" else f"NULL::{each}" for each in (one, other)]
        try:
            connection.execute(f"SELECT {spelled[0]} = {spelled[1]}")
            compared = True
        except psycopg.errors.UndefinedFunction:
            compared = False
        assert (one, other, comparable(Type(one), Type(other))) == (one, other, compared)


@pytest.mark.server
def test_a_constant_that_is_said_to_be_refused_is(connection):
    for kind in INPUTS:
        for constant in CONSTANTS:
            try:
                connection.execute(f"SELECT '{constant}'::{kind}")
                taken = True
            except psycopg.DataError:
                taken = False
            assert accepts(Type(kind), constant, MOOD) or not taken, (kind, constant)


def test_what_is_refused_for_certain():
    refused = [("integer", "abc"), ("integer", "1.5"), ("integer", ""), ("numeric", "abc"), ("uuid", "1")]
    for kind, constant in refused:
        assert accepts(Type(kind), constant, MOOD) is False
    assert accepts(Type("mood", namespace="public"), "happy", MOOD) is False
    assert accepts(Type("mood", namespace="public"), "sad", MOOD) is True


@pytest.mark.parametrize("kind", [Type("text"), Type("integer", dimensions=1), Type("vector", namespace="public")])
def test_of_other_types_nothing_is_claimed(kind):
    assert accepts(kind, "x", MOOD) is None
    assert comparable(kind, Type("vector", namespace="public")) is None
