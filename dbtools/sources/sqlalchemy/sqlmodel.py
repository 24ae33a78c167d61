"""SQLModel's fields as columns, by the rules of its ``get_column_from_field``."""

from __future__ import annotations

from dbtools.model.finding import Location
from dbtools.sources.sqlalchemy.annotations import Annotated
from dbtools.sources.sqlalchemy.columns import UNKNOWN, Context, Doubt, Said, head, is_column, said_of
from dbtools.sources.sqlalchemy.types import Found
from dbtools.sources.sqlalchemy.values import Class, Made, Pairs, Symbol, Unreadable, Value, text_of

COLUMN = Symbol("sqlalchemy.Column")
DATETIME = Symbol("datetime.datetime")
KEPT = ("primary_key", "index", "unique", "nullable", "default", "default_factory")
SIZES = {"builtins.str": ("max_length",), "decimal.Decimal": ("max_digits", "decimal_places")}


def field_of(attribute: str, location: Location, value: Value, annotation: Annotated, context: Context) -> Said | None:
    """The column of a field; None for a relationship."""
    if head(value) == "Relationship":
        return None
    made = value if isinstance(value, Made) and head(value) == "Field" else Made(COLUMN, (), (("default", value),))
    own = made.keyword("sa_column")
    if is_column(own):
        return said_of(attribute, location, own, None, context)
    column = Made(COLUMN, tuple(_arguments(made, annotation)), tuple(_keywords(made)), made.place, made.node)
    said = said_of(attribute, location, column, annotation, context)
    if annotation.plain == DATETIME and made.keyword("sa_type") is None:
        said.doubts.append(Doubt("type", "datetime is timestamptz in some versions of SQLModel, timestamp in others"))
        said.found = Found(UNKNOWN)
    if said.found is None:  # the field has a type of its own, whatever its foreign key refers to
        try:
            said.found = context.annotations.type_of(annotation, context.types)
        except Unreadable as problem:
            said.doubts.append(Doubt("type", str(problem)))
            said.found = Found(UNKNOWN)
    return said


def _arguments(made: Made, annotation: Annotated) -> list[Value]:
    found: list[Value] = []
    kind = made.keyword("sa_type")
    sizes = SIZES.get(annotation.plain.path, ()) if isinstance(annotation.plain, Symbol) else ()
    given = tuple(made.keyword(name) for name in sizes)
    if kind is not None:
        found.append(kind)
    elif given and given[0] is not None:
        found.append(Made(Symbol(f"sqlalchemy.{'String' if len(given) == 1 else 'Numeric'}"), given))
    elif isinstance(annotation.plain, Class):
        found.append(Made(Symbol("sqlalchemy.Enum"), (annotation.plain,)))
    target = made.keyword("foreign_key")
    if target is not None:
        key = (text_of(target),)
        found.append(Made(Symbol("sqlalchemy.ForeignKey"), key, (("ondelete", made.keyword("ondelete")),), made.place))
    more = made.keyword("sa_column_args")
    return [*found, *(more if type(more) is tuple else ())]


def _keywords(made: Made) -> list[tuple[str, Value]]:
    found = [(name, made.keyword(name)) for name in KEPT if made.has(name)]
    if made.args and not made.has("default"):
        found.append(("default", made.args[0]))
    more = made.keyword("sa_column_kwargs")
    found += [(text_of(key), value) for key, value in more] if isinstance(more, Pairs) else []
    return [(name, value) for name, value in found if value not in (None, ...)]
