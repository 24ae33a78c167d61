"""What a name stands for: tables, views, indexes and sequences of a schema share their names, and so do types."""

from __future__ import annotations

from dbtools.model.expression import Name, Type
from dbtools.model.migration import is_bookkeeping
from dbtools.model.naming import is_relation_or_index, object_name
from dbtools.model.objects import Column
from dbtools.model.schema import Schema

SYSTEM = frozenset({"pg_catalog", "information_schema", "pg_temp", "pg_toast"})
# Extensions that bring no table or view; any other may have brought the one that no migration makes ...
WITHOUT_TABLES = frozenset(
    "plpgsql pgcrypto uuid-ossp citext pg_trgm btree_gin btree_gist hstore ltree unaccent intarray fuzzystrmatch "
    "tablefunc vector cube earthdistance isn bloom".split()
)
# ... and those that bring neither a type nor a function that a migration may name.
WITHOUT_TYPES = frozenset("plpgsql pgcrypto uuid-ossp pg_trgm btree_gin btree_gist unaccent pg_stat_statements".split())


def sure(name: Name, schema: Schema) -> bool:
    """Whether a relation that is not in the schema is known not to exist, and one that is, to be as it says."""
    return schema.complete and schema.is_certain(name)


def kind_of(name: Name, schema: Schema) -> str:
    """What kind of relation a name stands for; empty where it stands for none."""
    if name in schema.tables:
        return "table"
    if (view := schema.views.get(name)) is not None:
        return "materialized view" if view.materialized else "view"
    if is_sequence(name, schema):
        return "sequence"
    if is_relation_or_index(schema, name):
        return "index"
    made = schema.opaques.get(("type", name, None))
    return "composite type" if made is not None and " AS RANGE" not in made.text else ""


def is_type(name: Name, schema: Schema) -> bool:
    """Whether a name stands for a type, or for the row type of a table or view; sequences and indexes have none."""
    own = name in schema.enums or name in schema.domains or ("type", name, None) in schema.opaques
    return own or name in schema.tables or name in schema.views


def is_sequence(name: Name, schema: Schema) -> bool:
    """Whether a sequence is called so, one that a column owns too."""
    return name in schema.sequences or owner(name, schema) is not None


def owner(sequence: Name, schema: Schema) -> tuple[Name, Column] | None:
    """The table and column that own a sequence, going by the name that PostgreSQL gives it."""
    for table in schema.drawing(sequence):
        for column in table.columns:
            if column.identity and object_name(table.name.local, column.name, "seq") == sequence.local:
                return table.name, column
    return None


def may_be_owned(sequence: Name, schema: Schema) -> bool:
    """Whether a column may own a sequence of this name: after a table was renamed, it keeps the old one."""
    return "_seq" in sequence.local and any(
        column.identity for table in schema.tables.values() for column in table.columns
    )


def is_brought(name: Name, schema: Schema) -> bool:
    """Whether the system, an extension or the platform may have made it: no migration has to."""
    apart = name.namespace not in schema.namespaces and name.namespace != "pg_temp"
    system = name.local.startswith("pg_") or is_bookkeeping(name)
    return apart or system or not schema.extensions <= WITHOUT_TABLES


def has_all_types(schema: Schema) -> bool:
    """Whether no extension has brought a type or function of its own: what they bring is not kept."""
    return schema.extensions <= WITHOUT_TYPES


def basic(kind: Type, schema: Schema) -> Type:
    """What a domain is made of: it compares as that."""
    domain = schema.domains.get(kind.name)
    return basic(domain.base, schema) if domain is not None and not kind.dimensions else kind
