"""Operator classes that need not be written, because PostgreSQL takes them anyway."""

from __future__ import annotations

# pg_opclass.opcdefault of 15 and 18, for the methods where most classes are not the default.
DEFAULTS = frozenset(
    {
        ("gin", "array_ops"), ("gin", "jsonb_ops"), ("gin", "tsvector_ops"), ("spgist", "inet_ops"),
        ("spgist", "text_ops"), ("spgist", "range_ops"), ("spgist", "box_ops"), ("spgist", "poly_ops"),
        ("spgist", "quad_point_ops"), ("brin", "inet_inclusion_ops"), ("brin", "range_inclusion_ops"),
        ("brin", "box_inclusion_ops"), ("gist", "range_ops"), ("gist", "multirange_ops"), ("gist", "point_ops"),
        ("gist", "box_ops"), ("gist", "poly_ops"), ("gist", "circle_ops"), ("gist", "tsvector_ops"),
        ("gist", "tsquery_ops"),
    }
)  # fmt: skip
# B-tree and hash classes are the default of their type, but for these.
CHOSEN = ("pattern_ops", "varchar_ops", "cidr_ops", "record_image_ops")


def written(method: str, opclass: str) -> str:
    """*opclass*, or nothing where *method* would take it anyway."""
    if method in {"btree", "hash"}:
        return opclass if opclass.endswith(CHOSEN) or not opclass.endswith("_ops") else ""
    if method == "brin" and opclass.endswith("_minmax_ops") and opclass != "inet_minmax_ops":
        return ""
    return "" if (method, opclass) in DEFAULTS else opclass
