"""What a page says about one table: its columns, keys, indexes and checks, and who depends on it."""

from __future__ import annotations

import re

from dbtools.erd.assign import Chapter
from dbtools.erd.atlas import Reference, nullable
from dbtools.erd.diagram import keys
from dbtools.erd.links import Links
from dbtools.erd.markdown import code, codes, inline, optional, paragraph, table
from dbtools.model.expression import Expression, Name
from dbtools.model.objects import Check, Column, Exclusion, ForeignKey, Index, IndexKey, Table, Unique

_MIDNIGHT = re.compile(r"'(\d{4,}-\d\d-\d\d) 00:00:00(?:\+00)?'")
_COLUMN = re.compile(r'\w+|"[^"]+"')
HEADER = ("Column", "Type", "Null", "Default", "Key", "References", "Comment")


def entry(shown: Table, links: Links, here: Chapter) -> list[str]:
    """The lines about *shown* on the page *here*, its heading first."""
    lines = [f"### {inline(str(shown.name))}", ""]
    lines += [comment, ""] if (comment := paragraph(shown.comment)) else []
    lines += [*_columns(shown, links, here), ""]
    facts = (
        *_keys(shown),
        *_indexes(shown),
        *_checks(shown),
        *_family(shown, links, here),
        *_users(shown, links, here),
    )
    return [*lines, *(f"- {fact}" for fact in facts), *([""] if facts else [])]


def columns(key: ForeignKey) -> str:
    """The columns of a foreign key, as one reads them."""
    return ", ".join(map(inline, key.columns))


def _promises(key: ForeignKey) -> str:
    """What happens to the children, and what the key does not promise; silent about PostgreSQL's defaults."""
    cleared = f" ({', '.join(map(inline, key.clears))})" if key.clears else ""
    said = [f" on delete {key.on_delete.lower()}{cleared}"] if key.on_delete != "NO ACTION" else []
    said += [f" on update {key.on_update.lower()}"] if key.on_update not in {"NO ACTION", "CASCADE"} else []
    said += [" match full"] if key.full and len(key.columns) > 1 else []
    said += [_deferral(key)]
    said += [] if key.enforced else [" (not enforced)"]
    said += [] if key.validated or not key.enforced else [" (not validated)"]
    return "".join(said)


def _deferral(constraint: ForeignKey | Unique) -> str:
    return "" if not constraint.deferrable else " deferred" if constraint.deferred else " deferrable"


def _columns(shown: Table, links: Links, here: Chapter) -> list[str]:
    marks = keys(shown, links.atlas)
    outgoing = links.atlas.outgoing.get(shown.name, ())
    rows = [
        (
            inline(column.name),
            code(str(column.type)),
            "yes" if nullable(column, links.atlas.schema) else "",
            _default(column),
            ", ".join(marks.get(column.name, ())),
            "<br>".join(_target(ref, column.name, links, here) for ref in outgoing if column.name in ref.key.columns),
            optional(column.comment),
        )
        for column in shown.columns
    ]
    return table(HEADER, rows, always=3) if rows else ["No columns."]


def _default(column: Column) -> str:
    if column.generated:
        return (
            f"{code(f'= {column.generated.expression.meaning}')} {'stored' if column.generated.stored else 'virtual'}"
        )
    if column.identity:
        return column.identity if column.identity == "serial" else f"identity, {column.identity}"
    return code(column.default.meaning) if column.default else ""


def _target(reference: Reference, column: str, links: Links, here: Chapter) -> str:
    key = reference.key
    there = key.target_columns[key.columns.index(column)] if len(key.target_columns) == len(key.columns) else ""
    others = [name for name in key.columns if name != column]
    together = f" with {', '.join(map(inline, others))}" if others else ""
    dot = f".{inline(there)}" if there else ""
    return f"{links.table(key.target, here)}{dot}{together}{_promises(key)}"


def _keys(shown: Table) -> list[str]:
    primary = shown.primary_key
    facts = [f"Primary key: ({codes(primary.columns)})"] if primary and len(primary.columns) > 1 else []
    uniques = [found for found in shown.constraints if isinstance(found, Unique)]
    if uniques:
        facts.append(f"Unique: {'; '.join(map(_unique, uniques))}")
    return facts


def _unique(unique: Unique) -> str:
    return f"({codes(unique.columns)}){'' if unique.nulls_distinct else ' nulls not distinct'}{_deferral(unique)}"


def _indexes(shown: Table) -> list[str]:
    return [f"Indexes: {'; '.join(map(index_text, shown.indexes))}"] if shown.indexes else []


def index_text(index: Index) -> str:
    """Everything that *index* says."""
    said = [code(index.name), *(["unique"] if index.unique else [])]
    said += [index.method] if index.method != "btree" else []
    said.append(f"({', '.join(map(_index_key, index.keys))})")
    said += [f"include ({codes(index.include)})"] if index.include else []
    said += [f"where {code(index.where.meaning)}"] if index.where else []
    said += [] if index.nulls_distinct else ["nulls not distinct"]
    return " ".join([*said, *([] if index.valid else ["(invalid)"])])


def _index_key(key: IndexKey) -> str:
    said = [code(_indexed(key.expression) if key.expression else key.column)]
    said += [inline(key.opclass)] if key.opclass else []
    said += ["desc"] if key.descending else []
    if key.nulls_first != key.descending:
        said.append("nulls first" if key.nulls_first else "nulls last")
    return " ".join(said)


def _indexed(expression: Expression) -> str:
    """A lone column's cast to text says the same of its values, but it is no column that is indexed."""
    return f"{expression.meaning}::text" if _COLUMN.fullmatch(expression.meaning) else expression.meaning


def _checks(shown: Table) -> list[str]:
    checks = [_check(found) for found in shown.constraints if isinstance(found, Check | Exclusion)]
    return [f"Checks: {'; '.join(checks)}"] if checks else []


def _check(found: Check | Exclusion) -> str:
    if isinstance(found, Exclusion):
        return f"{code(found.name)} {code(found.text)}"
    promise = "" if found.enforced and found.validated else " (not validated)" if found.enforced else " (not enforced)"
    return f"{code(found.name)} {code(found.expression.meaning)}{promise}"


def _family(shown: Table, links: Links, here: Chapter) -> list[str]:
    facts = []
    if by := shown.partition_by:
        facts.append(f"Partitioned by {inline(by.strategy.lower())} ({codes(by.columns)})")
    if partitions := links.atlas.partitions.get(shown.name, ()):
        facts.append(f"Partitions: {'; '.join(_partition(each, shown.name) for each in partitions)}")
    if shown.inherits:
        facts.append(f"Inherits from {', '.join(links.table(parent, here) for parent in shown.inherits)}")
    if shown.persistence != "permanent":
        facts.append(shown.persistence.capitalize())
    if shown.row_security:
        facts.append("Row-level security is on")
    return facts


def _partition(partition: Table, root: Name) -> str:
    of = partition.partition_of
    said = [code(str(partition.name))]
    said += [f"of {code(str(of.parent))}"] if of and of.parent != root else []
    # A server writes the midnight that a migration leaves out, in the time zone of the session, which is UTC.
    bound = _MIDNIGHT.sub(r"'\1'", of.bound) if of else ""
    return " ".join([*said, *([code(bound)] if bound else [])])


def _users(shown: Table, links: Links, here: Chapter) -> list[str]:
    incoming = [
        f"{links.table(ref.child, here)} ({columns(ref.key)})" for ref in links.atlas.incoming.get(shown.name, ())
    ]
    return [f"Used by: {', '.join(incoming)}"] if incoming else []
