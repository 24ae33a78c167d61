"""A mapped attribute or a ``Column`` as a column: its arguments, its annotation and its foreign key together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from dbtools.model.expression import Expression, Type
from dbtools.model.finding import Location
from dbtools.model.objects import Column, Generated, Identity
from dbtools.sources.sqlalchemy.annotations import Annotated, AnnotationReader
from dbtools.sources.sqlalchemy.sqltext import Writer
from dbtools.sources.sqlalchemy.types import Found, TypeReader, is_type
from dbtools.sources.sqlalchemy.values import Made, Member, Part, Symbol, Unreadable, Value, shown, text_of
from dbtools.sql.expressions import read_expression

MAKERS = frozenset({"mapped_column", "Column"})
ITEMS = frozenset(
    {"ForeignKey", "Identity", "Computed", "Sequence", "CheckConstraint", "FetchedValue", "DefaultClause", "Constraint"}
)
NO_VALUE = (None, Symbol("sqlalchemy.null"), Made(Symbol("sqlalchemy.null")))
WHOLE = frozenset({"smallint", "integer", "bigint"})
COUNTED = WHOLE | {"numeric"}
UNKNOWN = Type("unknown")
CLIENT = ("insert_default", "default", "default_factory")


class Doubt(NamedTuple):
    """One attribute of a column that could not be read."""

    aspect: str
    what: str


@dataclass(slots=True)
class Said:
    """What was said of one column before anything is known of the other columns of its table.

    ``found`` is None while its type is that of what it refers to; ``refers``: a foreign key of the table has it.
    """

    name: str
    attribute: str
    location: Location
    made: Made
    items: tuple[Made, ...] = ()
    annotation: Annotated | None = None
    found: Found | None = None
    refers: bool = False
    doubts: list[Doubt] = field(default_factory=list)

    def item(self, name: str) -> Made | None:
        """The first of the things inside of the column that is called *name*."""
        return next((each for each in self.items if head(each) == name), None)

    @property
    def foreign_keys(self) -> list[Made]:
        """Its foreign keys."""
        return [each for each in self.items if head(each) == "ForeignKey"]

    @property
    def primary_key(self) -> bool:
        """Whether it says that it is the primary key or a part of it."""
        return self.flag("primary_key")

    def flag(self, name: str, aspect: str = "") -> bool:
        """Whether the argument called *name* is true; what is not known is noted as *aspect*."""
        value = self.made.keyword(name)
        if value is None or isinstance(value, bool):
            return bool(value)
        self.doubts.append(Doubt(aspect or name.replace("_", " "), f"{name} is {shown(value)}"))
        return False

    @property
    def client_default(self) -> str:
        """What the client fills in, as it is written."""
        for name in CLIENT:
            value = self.made.keyword(name)
            if value is not None and value not in NO_VALUE:
                return f"{name}={shown(value)}"
        sequence = self.item("Sequence")
        return "" if sequence is None else shown(sequence)


def head(value: Value) -> str:
    """What made *value*: ``ForeignKey``."""
    callee = value.callee if isinstance(value, Made) else None
    return callee.name if isinstance(callee, Symbol) else ""


def is_column(value: Value) -> bool:
    """Whether *value* is a column of a table."""
    return head(value) in MAKERS


class Context(NamedTuple):
    """What columns of one table are read with."""

    types: TypeReader
    annotations: AnnotationReader
    writer: Writer


def said_of(attribute: str, location: Location, made: Made, annotation: Annotated | None, context: Context) -> Said:
    """What *made*, a ``mapped_column`` or ``Column``, and its annotation say; its type unless a foreign key has it."""
    if annotation is not None and annotation.column is not None:
        made = _merged(made, annotation.column)
    rest = list(made.args)
    name: Value = made.keyword("name")
    if rest and (isinstance(rest[0], str) or head(rest[0]) == "quoted_name"):
        name = rest.pop(0)
    said = Said(attribute, attribute, location, made, annotation=annotation)
    if name is not None:
        said.name = text_of(name)
    kinds = [each for each in rest if each is not None and not _is_item(each)]
    said.items = tuple(each for each in rest if _is_item(each))
    written = made.keyword("type_", made.keyword("sa_type")) or (kinds[0] if kinds else None)
    try:
        said.found = _type(said, written, context)
    except Unreadable as problem:
        said.doubts.append(Doubt("type", str(problem)))
        said.found = Found(UNKNOWN)
    return said


def _is_item(value: Value) -> bool:
    return head(value) in ITEMS


def _merged(own: Made, shared: Made) -> Made:
    """The column that an annotation brings, with what the attribute says itself on top."""
    first = own.args[:1] if own.args and isinstance(own.args[0], str) else ()
    mine = own.args[len(first) :]
    kinds = [each for each in mine if not _is_item(each) and each is not None]
    names = {head(each) for each in mine if _is_item(each)}
    inherited = [
        each
        for each in shared.args
        if not isinstance(each, str) and (head(each) not in names if _is_item(each) else not kinds)
    ]
    kept = tuple(pair for pair in shared.keywords if not own.has(pair[0]) and pair[0] not in {"name", "key"})
    return replace(own, args=(*first, *mine, *inherited), keywords=(*kept, *own.keywords))


def _type(said: Said, written: Value, context: Context) -> Found | None:
    if written is not None:
        if not is_type(written, context.types.evaluator):
            raise Unreadable(f"{shown(written)} is no type that is known")
        return context.types.read(written)
    if said.foreign_keys:
        return None
    if said.annotation is None:
        raise Unreadable(f"{said.name} has no type")
    return context.annotations.type_of(said.annotation, replace(context.types, explicit=False))


def column_of(said: Said, context: Context, key: tuple[Said, ...]) -> Column:
    """The column; *key* are the columns of its table's primary key. What is not known of it is added to its doubts."""
    found = said.found or Found(UNKNOWN)
    identity = _identity(said, found, key)
    generated = _generated(said, context)
    default = None
    if not identity and generated is None:
        default = _default(said, found, context)
    in_key = any(each is said for each in key)
    return Column(
        said.name,
        found.type,
        nullable=_nullable(said) and not in_key and not identity,
        default=default,
        identity=identity,
        generated=generated,
        collation=found.collation,
        comment=_comment(said),
    )


def _nullable(said: Said) -> bool:
    written = said.made.keyword("nullable")
    if isinstance(written, bool):
        return written
    if written is not None and written != Symbol("sqlalchemy.NULL_UNSPECIFIED"):
        said.doubts.append(Doubt("nullability", f"nullable is {shown(written)}"))
    if said.annotation is not None and said.annotation.problem and not said.annotation.nullable:
        said.doubts.append(Doubt("nullability", said.annotation.problem))
    return said.annotation is None or said.annotation.nullable


def _comment(said: Said) -> str | None:
    written = said.made.keyword("comment")
    try:
        return text_of(written) if written is not None else None
    except Unreadable as problem:
        said.doubts.append(Doubt("comment", str(problem)))
        return None


def _identity(said: Said, found: Found, key: tuple[Said, ...]) -> Identity:
    item = said.item("Identity")
    if item is not None:
        always = item.argument(0, "always")
        if not isinstance(always, bool | None):
            said.doubts.append(Doubt("identity", f"always is {shown(always)}"))
        return "always" if always is True else "by default"
    return "serial" if _is_serial(said, found, key) else ""


def _is_serial(said: Said, found: Found, key: tuple[Said, ...]) -> bool:
    """Whether SQLAlchemy makes it SERIAL: the integer key that nothing else fills."""
    if not any(each is said for each in key) or found.type.base not in WHOLE or found.type.dimensions:
        return False
    written = said.made.keyword("autoincrement", otherwise="auto")
    chosen = [each for each in key if each.made.keyword("autoincrement") is True]
    if len(key) > 1 and chosen != [said]:
        return False
    if written is True:
        return not said.client_default
    if written not in ("auto", "ignore_fk"):
        return False
    sequence = said.item("Sequence")
    fills = said.client_default and (sequence is None or sequence.keyword("optional") is not True)
    has_default = said.made.keyword("server_default") is not None or said.item("FetchedValue") is not None
    return not (fills or has_default or ((said.foreign_keys or said.refers) and written != "ignore_fk"))


def _generated(said: Said, context: Context) -> Generated | None:
    item = said.item("Computed")
    if item is None:
        return None
    try:
        text = item.argument(0, "sqltext")
        expression = read_expression(text if isinstance(text, str) else context.writer.write(text))
    except Unreadable as problem:
        said.doubts.append(Doubt("generated", str(problem)))
        return None
    stored = item.argument(1, "persisted")
    if not isinstance(stored, bool):
        what = "Computed without persisted= is STORED before SQLAlchemy 2.1, and VIRTUAL on PostgreSQL 18 since"
        said.doubts.append(Doubt("generated", what))
    return Generated(expression, stored=stored is not False)


def _default(said: Said, found: Found, context: Context) -> Expression | None:
    written = said.made.keyword("server_default")
    clause = said.item("DefaultClause")
    if clause is not None and written is None:
        written = clause
    if head(written) == "DefaultClause":
        written = written.argument(0, "arg")
    if written in NO_VALUE or head(written) == "FetchedValue" or said.item("FetchedValue") is not None:
        return None
    try:
        text = context.writer.write(_constant(written))
    except Unreadable as problem:
        said.doubts.append(Doubt("default", str(problem)))
        return None
    default = read_expression(text, found.type)
    return None if default.meaning == "NULL" else default


def _constant(value: Value) -> Value:
    """SQLAlchemy takes strings and SQL expressions; a member of an enum of strings is a string."""
    if isinstance(value, Member):
        return text_of(value)
    if isinstance(value, bool | int | float):
        raise Unreadable(f"server_default is {shown(value)}, where SQLAlchemy takes a string or an SQL expression")
    if isinstance(value, Made) and isinstance(value.callee, Part) and value.callee.name == "next_value":
        return value
    return value


def sequences(said: Said) -> Iterator[Made]:
    """The sequences that SQLAlchemy creates for a column."""
    item = said.item("Sequence")
    if item is not None and item.keyword("optional") is not True:
        yield item
    default = said.made.keyword("server_default")
    match default:
        case Made(Part(Made() as sequence, "next_value")) if head(sequence) == "Sequence":
            yield sequence
