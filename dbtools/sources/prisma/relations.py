"""Relations between models: foreign keys, and the join tables that Prisma makes for implicit many-to-many relations."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import NamedTuple

from dbtools.model.expression import Name
from dbtools.model.finding import Location
from dbtools.model.naming import truncated
from dbtools.model.objects import Column, Columns, ForeignKey, Index, IndexKey, PrimaryKey, ReferentialAction, Table
from dbtools.sources.prisma.columns import type_of
from dbtools.sources.prisma.project import Declared, Project, constraint_name, database_name
from dbtools.sources.prisma.syntax import NO_ARGUMENTS, Arguments, Field, Unreadable, Value, listed, plain

ACTIONS: dict[str, ReferentialAction] = {
    "Cascade": "CASCADE", "Restrict": "RESTRICT", "NoAction": "NO ACTION",
    "SetNull": "SET NULL", "SetDefault": "SET DEFAULT",
}  # fmt: skip


class JoinTable(NamedTuple):
    """The table of an implicit many-to-many relation, and where the relation is written."""

    table: Table
    location: Location


def foreign_keys_of(project: Project, model: Declared) -> Iterator[ForeignKey]:
    """The foreign keys of the relations that *model* holds the columns of; the unreadable ones are noted."""
    if not project.has_foreign_keys:
        return
    for item in model.fields.values():
        relation = item.attribute("relation")
        if relation is not None and relation.get("fields") is not None and item.type in project.models:
            with project.notes.reading(item.location, model.name):
                yield _foreign_key(model, project.models[item.type], relation)


def join_tables(project: Project, taken: Container[Name]) -> Iterator[JoinTable]:
    """One table ``_AToB`` for each relation whose two ends are lists; one whose name is *taken* is noted."""
    ends: dict[tuple[str, str, str], list[Location]] = {}
    for model in project.models.values():
        for item in model.fields.values():
            if item.many and item.type in project.models:
                with project.notes.reading(item.location, model.name, naming=True):
                    first, second = sorted((model.block.name, item.type))
                    name = (item.attribute("relation") or NO_ARGUMENTS).get("name", 0)
                    relation = plain(name) if name else f"{first}To{second}"
                    ends.setdefault((relation, first, second), []).append(item.location)
    for (relation, *names), locations in ends.items():
        if locations[1:]:  # a single list is the far end of a foreign key
            one, other = (project.models[model_name] for model_name in names)
            table = Name(one.name.namespace, truncated(f"_{relation}"))
            with project.notes.reading(locations[0], table):
                if table in taken:
                    raise Unreadable(f"the relation {relation} and a model are both {table} in the database")
                yield JoinTable(_join_table(project, table, (one, other)), locations[0])


def _foreign_key(model: Declared, target: Declared, relation: Arguments) -> ForeignKey:
    fields = [plain(item) for item in listed(relation.get("fields"))]
    columns = tuple(model.column_of(name) for name in fields)
    target_columns = target.columns_of(relation.get("references"))
    if len(columns) != len(target_columns) or not columns:
        raise Unreadable(f"fields and references of the relation to {target.block.name} do not pair up")
    # One required field is enough: a composite key with it cannot be set to null.
    required = any(not model.fields[name].optional for name in fields)
    name = relation.get("map")
    return ForeignKey(
        plain(name) if name else constraint_name(model.name.local, columns, "_fkey"),
        columns,
        target.name,
        target_columns,
        on_delete=_action(relation.get("onDelete"), "RESTRICT" if required else "SET NULL"),
        on_update=_action(relation.get("onUpdate"), "CASCADE"),
    )


def _action(written: Value | None, default: ReferentialAction) -> ReferentialAction:
    if written is None:
        return default
    if plain(written) not in ACTIONS:
        raise Unreadable(f"{written} is no referential action")
    return ACTIONS[plain(written)]


def _join_table(project: Project, name: Name, ends: tuple[Declared, Declared]) -> Table:
    columns, keys = [], []
    for letter, model in zip("AB", ends, strict=True):
        target = _single_id(model)
        columns.append(Column(letter, type_of(project, target), nullable=False))
        keys.append(
            ForeignKey(
                constraint_name(name.local, (), f"_{letter}_fkey"),
                (letter,),
                model.name,
                (database_name(target),),
                on_delete="CASCADE",
                on_update="CASCADE",
            )
        )
    return Table(
        name,
        Columns(columns),
        (
            PrimaryKey(constraint_name(name.local, (), "_AB_pkey"), ("A", "B")),
            *(keys if project.has_foreign_keys else ()),
        ),
        (Index(constraint_name(name.local, (), "_B_index"), (IndexKey("B"),)),),
    )


def _single_id(model: Declared) -> Field:
    ids = model.id_columns
    for item in model.fields.values():
        if (database_name(item),) == ids:
            return item
    raise Unreadable(f"{model.block.name} has no id of one field, which a many-to-many relation needs")
