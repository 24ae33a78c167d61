"""DROP and ALTER TYPE, read by PostgreSQL's own grammar, are what sqlglot reads wherever it reads them at all."""

import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from dbtools.model import operation as op
from dbtools.model.expression import Name
from dbtools.sql.expressions import read_expression
from dbtools.sql.read import read
from dbtools.sql.split import split
from dbtools.sql.types import read_type

COMPARED = op.DropTable | op.DropColumn | op.DropIndex | op.DropView | op.SetType | op.RenameColumn | op.RenameTable
ORACLE = json.loads((Path(__file__).parents[1] / "data" / "postgres-effects.json").read_text())
WRITTEN = """
DROP TABLE a
DROP TABLE IF EXISTS a
DROP TABLE a CASCADE
DROP TABLE a RESTRICT
DROP TABLE a, b
DROP TABLE IF EXISTS a, shop.b CASCADE
DROP TABLE "A"
DROP TABLE "a b"."c""d"
DROP TABLE shop.a
drop table Shop.A cascade
DROP TABLE học_sinh
DROP FOREIGN TABLE a
DROP VIEW v
DROP VIEW IF EXISTS shop.v CASCADE
DROP VIEW v, w
DROP MATERIALIZED VIEW v
DROP MATERIALIZED VIEW IF EXISTS shop."V" CASCADE
DROP INDEX i
DROP INDEX IF EXISTS i
DROP INDEX CONCURRENTLY i
DROP INDEX CONCURRENTLY IF EXISTS shop.i
DROP INDEX i CASCADE
DROP INDEX a, b
DROP INDEX "I"
DROP INDEX IF EXISTS "shop"."I" RESTRICT
ALTER TABLE t DROP COLUMN a
ALTER TABLE t DROP a
ALTER TABLE t DROP COLUMN IF EXISTS a
ALTER TABLE t DROP IF EXISTS a
ALTER TABLE t DROP COLUMN a CASCADE
ALTER TABLE t DROP COLUMN a RESTRICT
ALTER TABLE t DROP COLUMN "A b"
ALTER TABLE shop.t DROP COLUMN a, DROP COLUMN b
ALTER TABLE t DROP COLUMN IF EXISTS a CASCADE, DROP COLUMN "B"
ALTER TABLE IF EXISTS t DROP COLUMN a
ALTER TABLE ONLY t DROP COLUMN a
ALTER TABLE t ADD COLUMN b int, DROP COLUMN a
ALTER TABLE t DROP COLUMN a, ADD COLUMN b int
ALTER TABLE t DROP CONSTRAINT k
ALTER TABLE t DROP CONSTRAINT k, DROP COLUMN a
ALTER TABLE t RENAME a TO b
ALTER TABLE t RENAME COLUMN a TO b
ALTER TABLE t ALTER COLUMN a TYPE text
ALTER TABLE t ALTER a TYPE text
ALTER TABLE t ALTER COLUMN a SET DATA TYPE bigint
ALTER TABLE t ALTER COLUMN "A" TYPE varchar(20)
ALTER TABLE t ALTER COLUMN a TYPE character varying(20)
ALTER TABLE t ALTER COLUMN a TYPE varchar
ALTER TABLE t ALTER COLUMN a TYPE char(3)
ALTER TABLE t ALTER COLUMN a TYPE char
ALTER TABLE t ALTER COLUMN a TYPE numeric(10, 2)
ALTER TABLE t ALTER COLUMN a TYPE numeric(10)
ALTER TABLE t ALTER COLUMN a TYPE decimal
ALTER TABLE t ALTER COLUMN a TYPE timestamp(3)
ALTER TABLE t ALTER COLUMN a TYPE timestamp with time zone
ALTER TABLE t ALTER COLUMN a TYPE timestamp(3) with time zone
ALTER TABLE t ALTER COLUMN a TYPE timestamptz(0)
ALTER TABLE t ALTER COLUMN a TYPE time
ALTER TABLE t ALTER COLUMN a TYPE interval
ALTER TABLE t ALTER COLUMN a TYPE interval(3)
ALTER TABLE t ALTER COLUMN a TYPE interval day to second
ALTER TABLE t ALTER COLUMN a TYPE double precision
ALTER TABLE t ALTER COLUMN a TYPE float
ALTER TABLE t ALTER COLUMN a TYPE float(24)
ALTER TABLE t ALTER COLUMN a TYPE real
ALTER TABLE t ALTER COLUMN a TYPE int8
ALTER TABLE t ALTER COLUMN a TYPE smallint
ALTER TABLE t ALTER COLUMN a TYPE bool
ALTER TABLE t ALTER COLUMN a TYPE bit(8)
ALTER TABLE t ALTER COLUMN a TYPE bit varying(8)
ALTER TABLE t ALTER COLUMN a TYPE bytea
ALTER TABLE t ALTER COLUMN a TYPE uuid
ALTER TABLE t ALTER COLUMN a TYPE json
ALTER TABLE t ALTER COLUMN a TYPE jsonb
ALTER TABLE t ALTER COLUMN a TYPE xml
ALTER TABLE t ALTER COLUMN a TYPE inet
ALTER TABLE t ALTER COLUMN a TYPE money
ALTER TABLE t ALTER COLUMN a TYPE int4range
ALTER TABLE t ALTER COLUMN a TYPE text[]
ALTER TABLE t ALTER COLUMN a TYPE varchar(5)[]
ALTER TABLE t ALTER COLUMN a TYPE int[][]
ALTER TABLE t ALTER COLUMN a TYPE int ARRAY
ALTER TABLE t ALTER COLUMN a TYPE mood
ALTER TABLE t ALTER COLUMN a TYPE "Mood"
ALTER TABLE t ALTER COLUMN a TYPE shop.mood
ALTER TABLE t ALTER COLUMN a TYPE "my shop"."The Mood"[]
ALTER TABLE t ALTER COLUMN a TYPE vector(1536)
ALTER TABLE t ALTER COLUMN a TYPE citext
ALTER TABLE t ALTER COLUMN a TYPE int USING a::int
ALTER TABLE t ALTER COLUMN a TYPE int USING (a::int)
ALTER TABLE t ALTER COLUMN a TYPE int USING nullif(a, '')::int
ALTER TABLE t ALTER COLUMN a TYPE mood USING a::text::mood
ALTER TABLE t ALTER COLUMN a TYPE text[] USING ARRAY[a]
ALTER TABLE t ALTER COLUMN a TYPE boolean USING CASE WHEN a = 'yes' THEN true ELSE false END
ALTER TABLE t ALTER COLUMN a TYPE timestamptz USING a AT TIME ZONE 'utc'
ALTER TABLE t ALTER COLUMN a TYPE text COLLATE "C"
ALTER TABLE t ALTER COLUMN a TYPE varchar(9) COLLATE "C" USING a::varchar(9)
ALTER TABLE t ALTER COLUMN a TYPE text, ALTER COLUMN b TYPE int USING b::int
ALTER TABLE t ALTER COLUMN a TYPE text, DROP COLUMN b, ALTER COLUMN c SET NOT NULL
""".strip().splitlines()

RENAMED = "sqlglot takes RENAME without COLUMN for a renamed table"
LOST_ARRAY = "sqlglot reads the word ARRAY and forgets it"
LOST_PRECISION = "sqlglot prints the precision of an interval as something that is no type"
DISAGREE = {
    "ALTER TABLE t RENAME a TO b": RENAMED,
    "ALTER TABLE t ALTER COLUMN a TYPE int ARRAY": LOST_ARRAY,
    "ALTER TABLE t ALTER COLUMN a TYPE interval(3)": LOST_PRECISION,
    "ALTER TABLE tt ALTER COLUMN x TYPE interval(3)": LOST_PRECISION,
    "ALTER TABLE tt ALTER COLUMN x TYPE interval(6)": LOST_PRECISION,
}


def statements():
    """The hand-written ones, and every statement of the oracle's measurements."""
    scripts = [script for row in ORACLE for script in (row["setup"], row["sql"])]
    return list(dict.fromkeys([*WRITTEN, *(piece.text for script in scripts for piece in split(script))]))


def by_postgres(sql):
    return tuple(each for statement in read(sql) for each in statement.operations if isinstance(each, COMPARED))


def by_sqlglot(sql):
    """The operations of sqlglot's tree; None where it has none to give."""
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    try:
        tree = sqlglot.parse_one(sql, dialect="postgres")
    except SqlglotError:
        return None
    match tree:
        case exp.Drop():
            return tuple(_dropped(tree))
        case exp.Alter() if tree.args["kind"] == "TABLE":
            only = bool(tree.args.get("only"))
            read = (each for action in tree.args["actions"] for each in _action(_name(tree.this), action))
            return tuple(replace(each, only=only) if hasattr(each, "only") else each for each in read)
        case exp.Command():
            return None
    return ()


def _dropped(tree):
    exists, cascade, concurrently = (bool(tree.args.get(said)) for said in ("exists", "cascade", "concurrently"))
    for table in tree.args["tables"]:
        match tree.args["kind"]:
            case "TABLE":
                yield op.DropTable(_name(table), exists, cascade)
            case "VIEW":
                yield op.DropView(_name(table), exists, cascade, bool(tree.args["materialized"]))
            case "INDEX":
                yield op.DropIndex(_name(table), concurrently, exists, cascade)


def _action(table, action):
    match action:
        case exp.Drop() if action.args["kind"] == "COLUMN":
            (column,) = action.args["tables"]
            yield op.DropColumn(table, _text(column.this), bool(action.args["exists"]), bool(action.args["cascade"]))
        case exp.AlterColumn() if action.args.get("dtype"):
            using, collation = action.args.get("using"), action.args.get("collate")
            yield op.SetType(
                table,
                _text(action.this),
                _type(action.args["dtype"].sql(dialect="postgres")),
                read_expression(using.sql(dialect="postgres")) if using else None,
                _text(collation.this) if collation else None,
            )
        case exp.RenameColumn():
            yield op.RenameColumn(table, _text(action.this.this), _text(action.args["to"].this))
        case exp.AlterRename():
            yield op.RenameTable(table, _text(action.this.this))


def _name(table):
    return Name(_text(table.args["db"]) if table.args.get("db") else "public", _text(table.this))


def _text(identifier):
    return identifier.name if identifier.args.get("quoted") else identifier.name.lower()


def _type(text):
    try:
        return read_type(text)
    except ValueError:
        return None


READ_BY_BOTH = [sql for sql in statements() if by_sqlglot(sql) is not None]


def test_sqlglot_reads_enough_of_them_to_compare():
    compared = [sql for sql in READ_BY_BOTH if by_sqlglot(sql)]
    assert len(compared) > 150
    assert {type(operation) for sql in compared for operation in by_sqlglot(sql)} == set(get_args(COMPARED))


@pytest.mark.parametrize("sql", [sql for sql in READ_BY_BOTH if sql not in DISAGREE])
def test_both_grammars_read_the_same(sql):
    assert by_postgres(sql) == by_sqlglot(sql)


@pytest.mark.parametrize("sql", DISAGREE)
def test_where_they_disagree_is_known(sql):
    assert by_postgres(sql) != by_sqlglot(sql), "they agree now: strike it off the list"
