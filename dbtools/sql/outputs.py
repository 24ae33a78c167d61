"""What the entries of FROM show, and what comes out of a scope: names, each with the stored columns behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from dbtools.model.expression import Name
from dbtools.model.objects import ColumnRef
from dbtools.sql.scopes import renamed

if TYPE_CHECKING:
    from dataclasses import dataclass

    from sqlglot import exp
else:
    from dbtools.model.value import dataclass

# Names, each with the stored columns that a star brought there under it and that nothing has noted yet.
Refs = tuple[ColumnRef, ...]
Output = tuple[tuple[str, Refs], ...]


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of FROM: ``columns`` are None when they are not known.

    ``relation`` where it is a stored one. ``refs``: the stored columns that its columns are and that nothing has noted
    yet: those of a stored relation, and those that a star brings out of a subquery.
    """

    alias: str
    columns: tuple[str, ...] | None
    relation: Name | None = None
    refs: Mapping[str, Refs] = field(default_factory=dict)

    def ref(self, column: str) -> Refs:
        """The stored column that *column* is; of several that have one name, all."""
        return self.refs.get(column, ())


def renamed_output(output: Output | None, names: tuple[str, ...]) -> Output | None:
    """*output* under the *names* of a column list, as far as it goes."""
    columns = renamed(None if output is None else tuple(name for name, _ in output), names)
    if columns is None:
        return None
    refs = [refs for _, refs in output or ()]
    return tuple(zip(columns, [*refs, *[()] * (len(columns) - len(refs))], strict=True))


def by_name(output: Output) -> Mapping[str, Refs]:
    """The stored columns behind each name; of several that have one name, all."""
    found: dict[str, Refs] = {}
    for name, refs in output:
        found[name] = (*found.get(name, ()), *refs)
    return found


def is_called(source: Source, column: exp.Column) -> bool:
    """Whether *column* is qualified with what *source* is called."""
    if column.db:
        return source.relation == Name(column.db, column.table)
    return source.alias == column.table
