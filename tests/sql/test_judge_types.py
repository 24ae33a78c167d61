import json
import re

import pytest

from dbtools.model.expression import Expression, Name, Type, TypeChange
from dbtools.model.objects import Check, Domain, Enum
from dbtools.model.schema import Schema
from dbtools.sql import judge_types
from dbtools.sql.judge_types import Conversion, judge
from dbtools.sql.types import read_type

POSITIVE = Check("positive", Expression("VALUE > 0", "VALUE > 0"))
FREE = TypeChange(rewrites=False)


def name(local):
    return Name("public", local)


SCHEMA = Schema.of(
    enums=[
        Enum(name("mood"), ("sad", "ok", "happy")),
        Enum(name("mood2"), ("sad", "ok", "happy", "x")),
    ],
    domains=[
        Domain(name("positive"), read_type("integer"), checks=(POSITIVE,)),
        Domain(name("pos"), read_type("integer"), checks=(POSITIVE,)),
        Domain(name("plain"), read_type("integer")),
        Domain(name("plainint"), read_type("integer")),
        Domain(name("nested"), read_type("positive")),
        Domain(name("short"), read_type("varchar(10)")),
        Domain(name("required"), read_type("text"), nullable=False),
    ],
)
LETTERS = {"42804": "A", "42846": "X"}
# sqlglot 30.30 cannot parse these casts: then nothing is claimed.
UNREAD = {("interval day to second(3)", "using"), ("oid[]", "using")}
NOT_INDEXABLE = {"json", "xml", "point", "polygon"}


def change(old, new, using=None, timezone="UTC", version=18):
    expression = None if using is None else Expression(using, using)
    conversion = Conversion("x", read_type(old), read_type(new), expression)
    return judge(conversion, SCHEMA, timezone=timezone, version=version)


def letter(found, old):
    """As tools/measure_types.py writes it, on empty tables: there no value can be refused (class 22)."""
    if found.fails and not found.fails.startswith("22"):
        return LETTERS[found.fails]
    if found.rewrites:
        return "R"
    return "i" if found.rebuilds and old not in NOT_INDEXABLE else "."


@pytest.mark.parametrize("version", ["15", "18"])
@pytest.mark.parametrize("mode", ["plain", "using"])
def test_every_pair_of_types_costs_what_a_server_made_it_cost(data, version, mode):
    measured = json.loads((data / "type-changes.json").read_text())
    types = measured["types"]
    for old, row in zip(types, measured["outcomes"][version][mode], strict=True):
        judged = [change(old, new, f"x::{new}" if mode == "using" else None, version=int(version)) for new in types]
        differing = {
            new: (found, seen)
            for new, found, seen in zip(types, judged, row, strict=True)
            if (new, mode) not in UNREAD and letter(found, old) != seen
        }
        assert (old, differing) == (old, {})


def oracle(data):
    for row in json.loads((data / "postgres-effects.json").read_text()):
        statement = re.fullmatch(r"ALTER TABLE tt ALTER COLUMN x TYPE (.+?)(?: USING (.+))?", row["sql"])
        table = re.match(r"CREATE TABLE tt \(id int PRIMARY KEY, x (.+), y int\)", row["setup"])
        if row["group"] == "ALTER TYPE" and statement and table and "COLLATE" not in row["sql"]:
            yield row, table[1], *statement.groups()


def test_the_oracle_of_statements_agrees(data):
    rows = list(oracle(data))
    assert len(rows) > 90
    for row, old, new, using in rows:
        for versions, seen in row["observed"].items():
            if "unsupported_setup" in seen or "0A000" in seen.get("error", ""):
                continue
            found = change(old, new, using, row["timezone"] or "UTC", int(versions.split(",")[0]))
            expected = seen.get("error", "").split(" ")[0] or None
            assert (row["id"], found.fails) == (row["id"], expected)
            if expected is None:
                assert (row["id"], found.rewrites) == (row["id"], seen["rewritten"] == ["tt"])
                rebuilt = bool({"tt_x", "uq"} & {*seen["index_rebuilt"]})
                assert found.rebuilds or not rebuilt, row["id"]


@pytest.mark.parametrize("zone", ["UTC", "utc", "Etc/UTC", "GMT", "Zulu", "Etc/Greenwich", "+00", "0"])
def test_a_zone_without_offset_keeps_the_heap_of_a_timestamp_and_rebuilds_its_indexes(zone):
    assert change("timestamp", "timestamptz", timezone=zone) == TypeChange(rewrites=False, rebuilds=True)


@pytest.mark.parametrize("zone", ["Europe/London", "Africa/Abidjan", "Asia/Ho_Chi_Minh", "WET"])
def test_a_zone_with_a_history_rewrites_a_timestamp(zone):
    assert change("timestamp", "timestamptz", timezone=zone).rewrites


def test_an_unknown_zone_leaves_only_timestamps_unknown():
    assert change("timestamp", "timestamptz", timezone=None) is None
    assert change("timestamp(3)", "timestamptz(3)", timezone=None).rewrites
    assert change("integer", "bigint", timezone=None).rewrites


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("varchar(20)", "varchar(10)"), ("text", "varchar(100)"), ("text", "name"), ("bigint", "integer"),
        ("integer", "smallint"), ("integer", "numeric(9,0)"), ("numeric(12,2)", "numeric(10,2)"),
        ("numeric(10,2)", "numeric(10,1)"), ("numeric(10,4)", "numeric(12,8)"), ("numeric(10,2)", "integer"),
        ("numeric", "bigint"), ("bigint", "double precision"), ("integer", "real"), ("double precision", "real"),
        ("double precision", "numeric"), ("double precision", "numeric(10,2)"), ("timestamptz", "date"),
        ("timestamp", "date"), ("timestamp(6)", "timestamp(3)"), ("interval", "interval year to month"),
        ("inet", "cidr"), ("integer", "positive"), ("uuid", "varchar(35)"), ("mood", "varchar(4)"),
        ("bigint", "varchar(19)"), ("bigint", "money"), ("integer[]", "smallint[]"), ("varbit", "varbit(8)"),
    ],
)  # fmt: skip
def test_values_may_not_fit(old, new):
    assert change(old, new).narrows


@pytest.mark.parametrize("new", ["uuid", "jsonb", "integer", "date", "mood", "bytea", "text[]"])
def test_a_text_may_be_refused(new):
    assert change("text", new, f"x::{new}").narrows


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("varchar(10)", "varchar(20)"), ("varchar(10)", "text"), ("integer", "bigint"), ("integer", "numeric"),
        ("integer", "numeric(10,0)"), ("integer", "double precision"), ("smallint", "real"),
        ("real", "double precision"), ("numeric(10,2)", "numeric(12,4)"), ("numeric(9,0)", "integer"),
        ("date", "timestamptz"),
        ("timestamp(3)", "timestamptz(3)"), ("timestamptz(3)", "timestamp(3)"),
        ("mood", "text"), ("mood", "varchar(5)"),
        ("uuid", "varchar(36)"), ("bigint", "varchar(20)"), ("jsonb", "json"), ("json", "jsonb"), ("cidr", "inet"),
        ("boolean", "text"), ("positive", "bigint"), ("integer[]", "bigint[]"),
        ("integer", "plain"), ("int4range", "text"),
        ("interval year to month", "interval"), ("money", "numeric"), ("varchar(15)", "name"),
    ],
)  # fmt: skip
def test_every_value_fits(old, new):
    assert not change(old, new).narrows


def test_a_local_time_keeps_every_instant_only_without_an_offset():
    assert not change("timestamptz", "timestamp", timezone="UTC").narrows
    assert change("timestamptz", "timestamp", timezone="Europe/Berlin").narrows


@pytest.mark.parametrize("using", ["x", "x::text", "(x)", "CAST(x AS text)", "x::varchar::text", 'x COLLATE "C"'])
def test_a_using_that_only_casts_the_column_is_none(using):
    assert change("varchar(50)", "text", using) == FREE


@pytest.mark.parametrize("using", ["x || ''", "y::text", "lower(x)", "x AT TIME ZONE 'UTC'"])
def test_a_using_that_computes_rewrites(using):
    assert change("varchar(50)", "text", using) == TypeChange(rewrites=True, rebuilds=True)


def test_a_using_casts_step_by_step():
    assert change("mood", "mood2", "x::text::mood2") == TypeChange(rewrites=True, rebuilds=True, narrows=True)
    assert change("mood", "mood2", "x::mood2").fails == "42846"
    assert change("text", "integer", "x").fails == "42804"


def test_integers_become_bytea_from_18_on():
    assert change("integer", "bytea", "x::bytea", version=17).fails == "42846"
    assert change("integer", "bytea", "x::bytea", version=18).rewrites


def test_a_bit_string_of_another_length_fails_unless_cast():
    assert change("bit(8)", "bit(16)").fails == "22026"
    assert change("bit(8)", "bit(16)", "x::bit(16)").fails is None


def test_serial_is_no_type_to_change_to():
    assert change("integer", "serial").fails == "42704"


def test_of_a_type_that_the_schema_does_not_know_nothing_is_claimed():
    assert change("geometry", "text") is None
    assert change("text", "shape", "x::shape") is None
    assert change("geometry(point,4326)", "geometry(point,4326)") == FREE
    assert change("geometry(point,4326)", "geometry(point,3857)") is None


def test_a_domain_that_is_not_known_beneath_is_not_known():
    schema = Schema.of(domains=[Domain(name("outer"), Type("inner", namespace="public"))])
    assert judge(Conversion("x", read_type("text"), Type("outer", namespace="public")), schema) is None


def test_without_an_answer_from_sqlglot_there_is_no_judgement(monkeypatch):
    monkeypatch.setattr(judge_types, "_datatype", lambda _: None)
    assert change("integer", "bigint") is None
    assert change("integer", "integer") is None


def test_without_an_answer_from_sqlglot_a_using_is_unknown(monkeypatch):
    monkeypatch.setattr(judge_types.judge_expressions, "_parse", lambda _: None)
    assert change("varchar(50)", "text", "x::text") is None


@pytest.mark.parametrize("new", sorted(new for new, _ in UNREAD))
def test_a_using_that_sqlglot_cannot_parse_is_unknown(new):
    assert change("text", new, f"x::{new}") is None
