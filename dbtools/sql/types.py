"""Type names in PostgreSQL's many spellings, read into one.

``read_type("character varying(50)")`` and ``read_type("varchar(50)")`` are the same value. Built-in types have an empty
namespace; any other unqualified name is taken to live in ``public``.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from dbtools.model.expression import Type
from dbtools.sql.grammar import GrammarError, deparse_expression, parse_expression

if TYPE_CHECKING:
    from postgast.pg_query_pb2 import Node, TypeName

SHORT = {
    "int2": "smallint", "int4": "integer", "int8": "bigint", "int": "integer", "float4": "real",
    "float8": "double precision", "bool": "boolean", "bpchar": "char", "decimal": "numeric",
    "serial2": "smallserial", "serial4": "serial", "serial8": "bigserial",
}  # fmt: skip
SERIAL = {"smallserial": "smallint", "serial": "integer", "bigserial": "bigint"}
# pg_type of PostgreSQL 18, row types aside, and what its grammar calls them instead.
BUILT_IN = frozenset(("double precision", '"char"')) | frozenset(
    """
    aclitem any anyarray anycompatible anycompatiblearray anycompatiblemultirange anycompatiblenonarray
    anycompatiblerange anyelement anyenum anymultirange anynonarray anyrange bigint bigserial bit boolean box bpchar
    bytea char cid cidr circle cstring date datemultirange daterange event_trigger fdw_handler gtsvector
    index_am_handler inet int2vector int4multirange int4range int8multirange int8range integer internal interval json
    jsonb jsonpath language_handler line lseg macaddr macaddr8 money name numeric nummultirange numrange oid oidvector
    path pg_brin_bloom_summary pg_brin_minmax_multi_summary pg_ddl_command pg_dependencies pg_lsn pg_mcv_list
    pg_ndistinct pg_node_tree pg_snapshot point polygon real record refcursor regclass regcollation regconfig
    regdictionary regnamespace regoper regoperator regproc regprocedure regrole regtype serial smallint smallserial
    table_am_handler text tid time timestamp timestamptz timetz trigger tsm_handler tsmultirange tsquery tsrange
    tstzmultirange tstzrange tsvector txid_snapshot unknown uuid varbit varchar void xid xid8 xml
    """.split()
)
INTERVAL_FIELDS = {
    4: "year", 2: "month", 8: "day", 1024: "hour", 2048: "minute", 4096: "second", 6: "year to month",
    1032: "day to hour", 3080: "day to minute", 7176: "day to second", 3072: "hour to minute", 7168: "hour to second",
    6144: "minute to second",
}  # fmt: skip


@lru_cache(maxsize=4096)
def read_type(text: str) -> Type:
    """The type that *text* names, as ``format_type()`` or a person would write it.

    Raises ValueError when *text* is no type.
    """
    try:
        node = parse_expression(f"NULL::{text}")
    except GrammarError as error:
        raise ValueError(f"not a type: {text}") from error
    if node.WhichOneof("node") != "type_cast" or node.type_cast.arg.WhichOneof("node") != "a_const":
        raise ValueError(f"not a type: {text}")
    return type_of(node.type_cast.type_name)


def type_of(node: TypeName, namespace: str = "public") -> Type:
    """The type that a parsed type name means; *namespace* is where unqualified names live."""
    *path, local = [part.string.sval for part in node.names] or [""]
    if path in ([], ["pg_catalog"]):
        base = '"char"' if local == "char" else SHORT.get(local, local)
        modifiers = _modifiers(base, node)
        if base == "char" and not modifiers:
            base = "bpchar"  # without a length it holds any, while char means char(1)
        if base in BUILT_IN:
            return Type(base, modifiers, int(bool(node.array_bounds)))
    return Type(local, _modifiers(local, node), int(bool(node.array_bounds)), path[-1] if path else namespace)


def _modifiers(base: str, node: TypeName) -> tuple[int | str, ...]:
    written = tuple(_modifier(part) for part in node.typmods)
    match base, written:
        case "numeric", (precision,):
            return (precision, 0)
        case "interval", (int(mask), *precision):
            return (*((INTERVAL_FIELDS[mask],) if mask in INTERVAL_FIELDS else ()), *precision)
        case "bit", ():
            return (1,)
    return written


def _modifier(node: Node) -> int | str:
    """A number, or whatever a type of an extension takes: ``geometry(Point, 4326)``."""
    match node.a_const.WhichOneof("val"):
        case "ival":
            return int(node.a_const.ival.ival)
        case "sval":
            return str(node.a_const.sval.sval)
    return deparse_expression(node)
