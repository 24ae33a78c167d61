"""What a change did to a column, a key, a foreign key or a table, in the few words that a diagram has room for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from dbtools.erd.diagram import alone
from dbtools.erd.marks import Mark
from dbtools.model.expression import Name
from dbtools.model.objects import Column, Constraint, ForeignKey, Index, PartitionOf, PrimaryKey, Table, Unique
from dbtools.model.wording import counted

WORDS = {
    "Check": "check", "Exclusion": "exclusion", "ForeignKey": "foreign key", "Index": "index", "NotNull": "not null",
    "PrimaryKey": "primary key", "Unique": "unique key",
}  # fmt: skip
MANY = {"index": "indexes"}


def column_note(old: Column, new: Column, was: str = "") -> str:
    """How a column was before, if it was otherwise: ``~ was varchar(40), null``."""
    said = [f"called {was}"] if was else []
    said += _before(old, new)
    return Mark.CHANGED.sign(f"was {', '.join(said)}") if said else _promised(old, new)


def _before(old: Column, new: Column) -> Iterator[str]:
    if old.type != new.type:
        yield str(old.type)
    if old.nullable != new.nullable:
        yield "null" if old.nullable else "not null"
    if old.default != new.default:
        yield f"default {old.default}" if old.default else "without default"
    if old.identity != new.identity:
        yield (
            (old.identity if old.identity == "serial" else f"identity {old.identity}")
            if old.identity
            else "no identity"
        )
    if old.generated != new.generated:
        yield f"= {old.generated.expression}" if old.generated else "not generated"
    if old.collation != new.collation:
        yield f"collation {old.collation or 'default'}"


def _promised(old: Column, new: Column) -> str:
    """What nobody but people reads."""
    return Mark.CHANGED.sign("comment") if old.comment != new.comment else ""


def keys_note(old: tuple[str, ...], new: tuple[str, ...]) -> list[str]:
    """The key marks that a column got and lost."""
    gained = [Mark.ADDED.sign(mark) for mark in new if mark not in old]
    return gained + [Mark.REMOVED.sign(mark) for mark in old if mark not in new]


def reference_note(old: ForeignKey, new: ForeignKey) -> str:
    """What an otherwise equal foreign key promised before, in brackets."""
    said = [f"on delete {old.on_delete.lower()}"] if old.on_delete != new.on_delete else []
    said += [f"on update {old.on_update.lower()}"] if old.on_update != new.on_update else []
    for word in ("enforced", "validated", "deferrable"):
        if getattr(old, word) != getattr(new, word):
            said.append(word if getattr(old, word) else f"not {word}")
    return f" (was {', '.join(said)})" if said else ""


def table_note(old: Table, new: Table, was: str, partitions: Counter[Mark]) -> str:
    """What became of a table that no row and no line shows: ``, was Person (+1 index, row security on)``."""
    said = list(_counted(old, new))
    said += [f"{mark.value}{counted(number, 'partition')}" for mark, number in partitions.items()]
    if old.partition_by != new.partition_by:
        said.append("partition key")
    if old.partition_of != new.partition_of:
        said.append(_partition(old.partition_of, new.partition_of))
    if old.inherits != new.inherits:
        said.append("inherits")
    if old.persistence != new.persistence:
        said.append(new.persistence)
    if old.row_security != new.row_security:
        said.append(f"row security {'on' if new.row_security else 'off'}")
    if old.comment != new.comment:
        said.append("comment")
    return (f", was {was}" if was else "") + (f" ({', '.join(said)})" if said else "")


def _partition(old: PartitionOf | None, new: PartitionOf | None) -> str:
    if new is None:
        return f"no partition of {old.parent}" if old else ""
    return f"partition of {new.parent}" if old is None or old.parent != new.parent else "partition bound"


def shows(part: Constraint | Index, other: Table) -> bool:
    """Whether a line or the marks of rows show that *part* is not in *other*, the same table before or after."""
    if isinstance(part, ForeignKey):
        twins = [key for key in other.foreign_keys if _said(key) == _said(part)]
        return not twins or any(reference_note(key, part) for key in twins)
    if isinstance(part, PrimaryKey):
        return other.primary_key is None or set(other.primary_key.columns) != set(part.columns)
    return isinstance(part, Unique) and len(part.columns) == 1 and part.columns[0] not in alone(other)


def _said(key: ForeignKey) -> tuple[tuple[str, ...], Name, tuple[str, ...]]:
    return key.columns, key.target, key.target_columns


def _counted(old: Table, new: Table) -> Iterator[str]:
    """The constraints and indexes that only one of both has, counted by what became of them; names do not matter."""
    lost, gained = _hidden(old, new), _hidden(new, old)
    pairs = {each.name for each in lost} & {each.name for each in gained}
    marked = [(Mark.ADDED, part) for part in gained if part.name not in pairs]
    marked += [(Mark.CHANGED if part.name in pairs else Mark.REMOVED, part) for part in lost]
    found = Counter((WORDS[type(part).__name__], mark) for mark, part in marked)
    for (word, mark), number in sorted(found.items(), key=lambda item: (item[0][0], item[0][1].value)):
        yield f"{mark.value}{counted(number, word, MANY.get(word, ''))}"


def _hidden(table: Table, other: Table) -> list[Constraint | Index]:
    there = {replace(part, name="") for part in (*other.constraints, *other.indexes)}
    every = (part for part in (*table.constraints, *table.indexes) if replace(part, name="") not in there)
    return [part for part in every if not shows(part, other)]
