"""What foreign keys refer to, and the types that they hand on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from dbtools.model.expression import Name
from dbtools.sources.sqlalchemy.columns import UNKNOWN, Doubt, Said, head, is_column
from dbtools.sources.sqlalchemy.drafts import Draft
from dbtools.sources.sqlalchemy.keys import Target, column_part
from dbtools.sources.sqlalchemy.types import Found
from dbtools.sources.sqlalchemy.values import Class, Made, Part, Unreadable, Value, shown

PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Targets:
    """The tables of a project by name and by class; ``core_name`` names that of ``Table(...)``."""

    drafts: Mapping[Name, Draft]
    of_class: Mapping[Class, Draft]
    core_name: Callable[[Made], tuple[Name, str]]

    def target_of(self, draft: Draft, target: Value, own: str) -> Target:
        """What a foreign key of *draft* refers to; *own* is the name of its column."""
        if isinstance(target, str):
            return self._written_target(draft, target, own)
        if is_column(target):
            name = draft.column_of(target)
            if name is not None:
                return Target(draft.name, name)
        part = column_part(target)
        found = None if part is None else self.draft_of(part[0])
        if part is None or found is None:
            raise Unreadable(f"the table of {shown(target)} is not known")
        column = found.column_of(target)
        if column is None:
            raise Unreadable(f"{found.name} has no column {part[1]}")
        return Target(found.name, column)

    def _written_target(self, draft: Draft, written: str, own: str) -> Target:
        *path, local, column = written.split(".") if "." in written else (written, own)
        namespace = ".".join(path) or draft.home or PUBLIC
        found = self.drafts.get(Name(namespace, local))
        if found is None:
            raise Unreadable(f"there is no table {Name(namespace, local)} for {written}")
        if column not in found.columns:
            column = next((said.name for said in found.columns.values() if said.made.keyword("key") == column), column)
        if column not in found.columns:
            raise Unreadable(f"{found.name} has no column {column}")
        return Target(found.name, column)

    def draft_of(self, value: Value) -> Draft | None:
        """The table that *value*, a class or a ``Table``, is."""
        match value:
            case Class():
                return self.of_class.get(value)
            case Part(Class() as owner, "__table__"):
                return self.of_class.get(owner)
        name = self.name_of_table(value)
        return self.drafts.get(name) if name is not None else None

    def name_of_table(self, value: Value) -> Name | None:
        """The name of the table that *value* is."""
        if is_table(value):
            return self.core_name(value)[0]
        found = self.of_class.get(value.of) if isinstance(value, Part) and isinstance(value.of, Class) else None
        return None if found is None else found.name

    def typed(self) -> None:
        """Give the columns without a type that of what their foreign key refers to."""
        for draft in self.drafts.values():
            draft.refer()
        for draft in self.drafts.values():
            for said in draft.columns.values():
                self._typed(draft, said, [])

    def _typed(self, draft: Draft, said: Said, seen: list[Said]) -> Found:
        if said.found is None:
            try:
                said.found = self._target_type(draft, said, seen)
            except Unreadable as problem:
                said.doubts.append(Doubt("type", str(problem)))
        return said.found or Found(UNKNOWN)

    def _target_type(self, draft: Draft, said: Said, seen: list[Said]) -> Found:
        if any(each is said for each in seen):
            raise Unreadable("its foreign keys refer to each other in a circle")
        key = said.foreign_keys[0]
        target = self.target_of(draft, key.argument(0, "column"), said.name)
        other = self.drafts[target.table]
        if target.column not in other.columns:
            raise Unreadable(f"{target.table} has no column {target.column} that is known")
        found = self._typed(other, other.columns[target.column], [*seen, said])
        if found.type == UNKNOWN:
            raise Unreadable(f"the type of {target.table}.{target.column} is not known")
        return replace(found, checked=None)

    def owners(self, value: Value) -> Iterator[Draft]:
        """The tables of the columns in an expression."""
        part = column_part(value)
        if part is not None:
            found = self.draft_of(part[0])
            if found is not None:
                yield found
        elif isinstance(value, Made):
            inside = value.callee.of if isinstance(value.callee, Part) else None
            for each in (inside, *value.args):
                yield from self.owners(each)


def is_table(value: Value) -> bool:
    """Whether *value* is a ``Table(...)``."""
    return head(value) == "Table"
