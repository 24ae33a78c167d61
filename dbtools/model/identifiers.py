"""Names, types and literals spelled so that PostgreSQL reads them back as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import count

from dbtools.model.expression import Name, Type

# pg_get_keywords() of PostgreSQL 18, all but the unreserved ones: what quote_identifier() quotes.
KEYWORDS = frozenset(
    """
    all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast
    char character check coalesce collate collation column concurrently constraint create cross current_catalog
    current_date current_role current_schema current_time current_timestamp current_user dec decimal default deferrable
    desc distinct do else end except exists extract false fetch float for foreign freeze from full grant greatest group
    grouping having ilike in initially inner inout int integer intersect interval into is isnull join json json_array
    json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize json_table json_value
    lateral leading least left like limit localtime localtimestamp merge_action national natural nchar none normalize
    not notnull null nullif numeric offset on only or order out outer overlaps overlay placing position precision
    primary real references returning right row select session_user setof similar smallint some substring symmetric
    system_user table tablesample then time timestamp to trailing treat trim true union unique user using values
    varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest
    xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable
    """.split()
)
_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*")


def quote(identifier: str) -> str:
    """*identifier*, quoted when it is not plain lower case or is a keyword."""
    if _PLAIN.fullmatch(identifier) and identifier not in KEYWORDS:
        return identifier
    escaped = identifier.replace('"', '""')
    return f'"{escaped}"'


def quote_all(identifiers: Iterable[str]) -> str:
    """``a, "B", c``."""
    return ", ".join(quote(identifier) for identifier in identifiers)


def quote_name(name: Name) -> str:
    """*name* with its namespace, unless that is ``public``."""
    return quote(name.local) if name.namespace == "public" else f"{quote(name.namespace)}.{quote(name.local)}"


def literal(text: str) -> str:
    """*text* as a string constant."""
    escaped = text.replace("'", "''")
    return f"'{escaped}'"


def dollar_quoted(text: str) -> str:
    """*text* between dollar quotes that it does not hold itself."""
    tags = (f"${'body'[: 4 * bool(number)]}{number or ''}$" for number in count())
    tag = next(tag for tag in tags if tag not in f"{text}$")
    return f"{tag}{text}{tag}"


def render_type(kind: Type) -> str:
    """*kind* as SQL: built-in names as they are, others quoted and qualified."""
    if not kind.namespace:
        return str(kind)
    modifiers = f"({', '.join(map(str, kind.modifiers))})" if kind.modifiers else ""
    return f"{quote_name(kind.name)}{modifiers}{'[]' * kind.dimensions}"
