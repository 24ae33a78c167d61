"""Schemas as teams have them, which a server can build: odd names, every kind of constraint, keys that exist."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from dbtools.model import operation as op
from dbtools.model.apply import apply
from dbtools.model.expression import Expression, Name, Type, Volatility
from dbtools.model.identifiers import quote, quote_name
from dbtools.model.objects import (
    Check,
    Column,
    Columns,
    Constraint,
    Domain,
    Enum,
    Exclusion,
    ForeignKey,
    Function,
    Generated,
    Index,
    IndexKey,
    PartitionBy,
    PartitionOf,
    PrimaryKey,
    Sequence,
    Table,
    Unique,
    View,
)
from dbtools.model.schema import Schema
from dbtools.sql.expressions import read_expression

WORDS = (
    "users", "orders", "Lesson", "user", "select", "order", "été", "naïve name", 'qu"ote', "it's", "x", "_y1",
    "tên_bài", "日本", "a_name_that_is_long_enough_to_be_cut_when_something_is_added_to_it", "MixedCase", "table",
    "data", "kind",
)  # fmt: skip
COLUMNS = ("id", "a", "b", "Total", "order", "nom été", "value", "Kind", "state", "x2", 'q"c', "desc", "user")
NAMESPACES = ("public", "shop", "Café")
INTEGER, TEXT = Type("integer"), Type("text")
TYPES = (
    INTEGER, INTEGER, TEXT, TEXT, Type("bigint"), Type("smallint"), Type("varchar", (20,)), Type("boolean"),
    Type("numeric", (10, 2)), Type("timestamptz"), Type("date"), Type("uuid"), Type("jsonb"), Type("text", (), 1),
    Type("double precision"), Type("timestamp", (3,)),
)  # fmt: skip
DEFAULTS = {
    "integer": ("0", "-1", "1 + 2"), "bigint": ("0",), "smallint": ("7",), "text": ("''", "'it''s'", "'A'"),
    "varchar": ("'x'",), "boolean": ("true", "false", "NOT true"), "numeric": ("0", "1.50"), "jsonb": ("'{}'",),
    "timestamptz": ("now()", "CURRENT_TIMESTAMP"), "uuid": ("gen_random_uuid()",), "date": ("'2024-01-31'",),
}  # fmt: skip
COMMENTS = st.sampled_from((None, None, None, "plain", "it's — “quoted”", "two\nlines", r"back\slash"))
ACTIONS = st.sampled_from(("NO ACTION", "NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"))


def expression(text: str) -> Expression:
    """*text*, read as the doors read it."""
    return read_expression(text)


class _Names:
    """Names that no two objects of one schema share."""

    def __init__(self, draw: st.DrawFn, namespaces: tuple[str, ...]) -> None:
        self._draw = draw
        self._namespaces = namespaces
        self._taken: set[str] = set()

    def local(self, *, suffix: str = "") -> str:
        word = self._draw(st.sampled_from(WORDS)).encode()[: 60 - len(suffix)].decode(errors="ignore")
        tries = (f"{word}{suffix}{number or ''}" for number in range(1000))
        name = next(each for each in tries if each not in self._taken)
        self._taken.add(name)
        return name

    def name(self) -> Name:
        return Name(self._draw(st.sampled_from(self._namespaces)), self.local())


@st.composite
def schemas(draw: st.DrawFn) -> Schema:
    """A schema with at most four tables and a few of everything else."""
    extra = draw(st.sets(st.sampled_from(NAMESPACES[1:])))
    names = _Names(draw, ("public", "public", *sorted(extra)))
    enums = [_enum(draw, names) for _ in range(draw(st.integers(0, 2)))]
    domains = [_domain(draw, names, enums) for _ in range(draw(st.integers(0, 1)))]
    sequences = [Sequence(names.name()) for _ in range(draw(st.integers(0, 1)))]
    functions = [_function(draw, names) for _ in range(draw(st.integers(0, 1)))]
    tables: list[Table] = []
    for _ in range(draw(st.integers(0, 3))):
        table = _table(draw, names, (enums, domains, sequences))
        tables.append(_with_keys(draw, names, table, tables))
    schema = Schema(
        tables={table.name: table for table in tables},
        enums={enum.name: enum for enum in enums},
        domains={domain.name: domain for domain in domains},
        sequences={sequence.name: sequence for sequence in sequences},
        functions={(function.name, function.arguments): function for function in functions},
        namespaces=frozenset({"public", *extra}),
    )
    if draw(st.integers(0, 3)) == 0:
        schema = _with_partitions(draw, names, schema)
    views: list[View] = []
    for _ in range(draw(st.integers(0, 2)) if tables else 0):
        views.append(_view(draw, names, tables, views))
    return replace(schema, views={view.name: view for view in views})


def _enum(draw: st.DrawFn, names: _Names) -> Enum:
    labels = draw(st.lists(st.sampled_from(("new", "paid", "it's", "Đã xong", "a", "b")), min_size=1, unique=True))
    return Enum(names.name(), tuple(labels), draw(COMMENTS))


def _domain(draw: st.DrawFn, names: _Names, enums: list[Enum]) -> Domain:
    name = Name(names.name().namespace, names.local(suffix="_dom"))
    if enums and draw(st.booleans()):
        return Domain(name, Type(enums[0].name.local, namespace=enums[0].name.namespace))
    checks = (Check(names.local(suffix="_ck"), expression("VALUE > 0")),) if draw(st.booleans()) else ()
    default = expression("1") if draw(st.booleans()) else None
    return Domain(name, INTEGER, default=default, checks=checks)


def _function(draw: st.DrawFn, names: _Names) -> Function:
    body, volatility = draw(
        st.sampled_from((("SELECT $1 + 1", Volatility.IMMUTABLE), ("SELECT $1 /* $$ */", Volatility.VOLATILE)))
    )
    return Function(names.name(), ("integer",), "integer", "sql", volatility, body)


_Parts = tuple[list[Enum], list[Domain], list[Sequence]]


def _table(draw: st.DrawFn, names: _Names, parts: _Parts) -> Table:
    locals_ = draw(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=5, unique=True))
    columns = [_column(draw, local, parts) for local in locals_]
    plain = [column for column in columns if column.type == INTEGER]
    if plain and draw(st.integers(0, 3)) == 0:
        source = draw(st.sampled_from(plain)).name
        computed = Generated(expression(f"{quote(source)} + 1"))
        columns.append(Column("computed", INTEGER, generated=computed, comment=draw(COMMENTS)))
    return Table(
        names.name(),
        Columns(columns),
        persistence=draw(st.sampled_from(("permanent",) * 5 + ("unlogged",))),
        row_security=draw(st.integers(0, 5)) == 0,
        comment=draw(COMMENTS),
    )


def _column(draw: st.DrawFn, local: str, parts: _Parts) -> Column:
    enums, domains, sequences = parts
    theirs = [Type(each.name.local, (), dimensions, each.name.namespace) for each in enums for dimensions in (0, 0, 1)]
    theirs += [Type(each.name.local, namespace=each.name.namespace) for each in domains]
    kind = draw(st.sampled_from((*TYPES, *theirs)))
    nullable, comment = draw(st.booleans()), draw(COMMENTS)
    if kind.base in {"integer", "bigint", "smallint"} and draw(st.integers(0, 3)) == 0:
        identity = draw(st.sampled_from(("serial", "always", "by default")))
        return Column(local, kind, nullable=False, identity=identity, comment=comment)
    default = None
    if not kind.dimensions and draw(st.booleans()):
        labels = [enum.labels[0] for enum in enums if enum.name == kind.name]
        texts = [f"'{label.replace(chr(39), chr(39) * 2)}'" for label in labels] or DEFAULTS.get(kind.base, ())
        if kind == INTEGER and sequences and draw(st.integers(0, 2)) == 0:
            literal = quote_name(sequences[0].name).replace("'", "''")
            texts = (f"nextval('{literal}')",)
        default = expression(draw(st.sampled_from(texts))) if texts else None
    collation = "C" if kind.base in {"text", "varchar"} and draw(st.integers(0, 4)) == 0 else None
    return Column(local, kind, nullable=nullable, default=default, collation=collation, comment=comment)


def _with_keys(draw: st.DrawFn, names: _Names, table: Table, others: list[Table]) -> Table:
    found: list[Constraint] = []
    usable = [column.name for column in table.columns if column.generated is None and column.type.base != "jsonb"]
    if usable and draw(st.integers(0, 4)):
        key = tuple(draw(st.lists(st.sampled_from(usable), min_size=1, max_size=2, unique=True)))
        found.append(PrimaryKey(names.local(suffix="_pk"), key))
        for local in key:
            column = next(column for column in table.columns if column.name == local)
            table = table.with_column(replace(column, nullable=False))
    if usable and draw(st.integers(0, 2)) == 0:
        key = tuple(draw(st.lists(st.sampled_from(usable), min_size=1, max_size=2, unique=True)))
        found.append(Unique(names.local(suffix="_uq"), key, draw(st.booleans()), draw(st.integers(0, 3)) == 0))
    found += _checks(draw, names, table)
    table = replace(table, constraints=tuple(found))
    table = _with_foreign_keys(draw, names, table, [*others, table])
    return replace(table, indexes=tuple(_indexes(draw, names, table)))


def _checks(draw: st.DrawFn, names: _Names, table: Table) -> list[Constraint]:
    found: list[Constraint] = []
    numbers = [column.name for column in table.columns if column.type == INTEGER]
    texts = [column.name for column in table.columns if column.type == TEXT]
    valid = st.sampled_from((True, True, False))
    if numbers and draw(st.booleans()):
        found.append(Check(names.local(suffix="_ck"), expression(f"{quote(numbers[0])} > 0"), draw(valid)))
    if len(numbers) > 1 and draw(st.booleans()):
        both = f"{quote(numbers[0])} < {quote(numbers[1])} OR {quote(numbers[1])} IS NULL"
        found.append(Check(names.local(suffix="_ck"), expression(both), draw(valid)))
    if texts and draw(st.booleans()):
        found.append(Check(names.local(suffix="_ck"), expression(f"length({quote(texts[0])}) > 0"), draw(valid)))
    if numbers and draw(st.integers(0, 4)) == 0:
        text = f"EXCLUDE ({quote(numbers[0])} WITH =)"
        found.append(Exclusion(names.local(suffix="_ex"), text, (numbers[0],)))
    return found


def _with_foreign_keys(draw: st.DrawFn, names: _Names, table: Table, targets: list[Table]) -> Table:
    for target in targets:
        keys = [key.columns for key in target.constraints if isinstance(key, PrimaryKey)]
        keys += [key.columns for key in target.constraints if isinstance(key, Unique) and not key.deferrable]
        logged = target.persistence == "permanent" or table.persistence == "unlogged"
        keys = [key for key in keys if not any(_is_domain(target, local) for local in key)]
        if not keys or not logged or not draw(st.booleans()):
            continue
        referred = draw(st.sampled_from(keys))
        columns = []
        for position, local in enumerate(referred):
            like = next(column for column in target.columns if column.name == local)
            own = f"ref{len(table.columns)}_{position}"
            table = table.with_column(Column(own, like.type, collation=like.collation))
            columns.append(own)
        key = ForeignKey(
            names.local(suffix="_fk"),
            tuple(columns),
            target.name,
            referred,
            draw(ACTIONS),
            draw(ACTIONS),
            validated=draw(st.booleans()),
            deferrable=draw(st.integers(0, 3)) == 0,
        )
        table = table.with_constraint(key)
    return table


def _is_domain(table: Table, local: str) -> bool:
    """PostgreSQL 15 refuses a foreign key between columns of one domain over an enum."""
    column = table.column(local)
    return column is not None and column.type.base.endswith("_dom")


def _indexes(draw: st.DrawFn, names: _Names, table: Table) -> list[Index]:
    found = []
    plain = [column for column in table.columns if column.type.base != "jsonb"]
    for _ in range(draw(st.integers(0, 2)) if plain else 0):
        keys = [_index_key(draw, column) for column in draw(st.lists(st.sampled_from(plain), min_size=1, max_size=2))]
        numbers = [column.name for column in plain if column.type == INTEGER]
        where = expression(f"{quote(numbers[0])} IS NOT NULL") if numbers and draw(st.booleans()) else None
        include = (draw(st.sampled_from(plain)).name,) if draw(st.integers(0, 4)) == 0 else ()
        unique = draw(st.booleans())
        distinct = not unique or draw(st.booleans())
        found.append(Index(names.local(suffix="_ix"), tuple(keys), unique, "btree", where, include, distinct))
    for column in table.columns:
        if column.type.base == "jsonb" and draw(st.booleans()):
            opclass = draw(st.sampled_from(("", "jsonb_path_ops")))
            found.append(Index(names.local(suffix="_ix"), (IndexKey(column.name, opclass=opclass),), method="gin"))
    return found


def _index_key(draw: st.DrawFn, column: Column) -> IndexKey:
    if column.type == TEXT and draw(st.integers(0, 2)) == 0:
        return IndexKey(expression=expression(f"lower({quote(column.name)})"))
    collation = "C" if column.type == TEXT and column.collation is None and draw(st.integers(0, 4)) == 0 else ""
    return IndexKey(column.name, None, draw(st.booleans()), draw(st.booleans()), collation=collation)


def _with_partitions(draw: st.DrawFn, names: _Names, schema: Schema) -> Schema:
    name = names.name()
    by = Column("region", INTEGER, nullable=False)
    parent = Table(
        name,
        Columns((by, Column("note", TEXT, default=expression("'-'")), Column("at", Type("date")))),
        (
            PrimaryKey(names.local(suffix="_pk"), ("region",)),
            Check(names.local(suffix="_ck"), expression("region > 0")),
        ),
        partition_by=PartitionBy("list", ("region",)),
    )
    schema = apply(schema, op.CreateTable(parent))
    for number in range(1, draw(st.integers(1, 3))):
        bound = PartitionOf(name, f"FOR VALUES IN ({number})")
        schema = apply(schema, op.CreateTable(Table(names.name(), partition_of=bound)))
    if draw(st.booleans()):
        schema = apply(schema, op.CreateIndex(name, Index(names.local(suffix="_ix"), (IndexKey("note"),))))
    return schema


def _view(draw: st.DrawFn, names: _Names, tables: list[Table], views: list[View]) -> View:
    table = draw(st.sampled_from(tables))
    column = draw(st.sampled_from(table.columns)).name
    source = table.name
    if views and draw(st.booleans()):
        source, column = views[-1].name, views[-1].columns[0]
    query = f"SELECT {quote(column)} FROM {quote_name(source)}"
    materialized = draw(st.booleans())
    indexes = (Index(names.local(suffix="_ix"), (IndexKey(column),)),) if materialized and _sorts(table, column) else ()
    return View(names.name(), query, (column,), materialized, (source,), indexes=indexes, comment=draw(COMMENTS))


def _sorts(table: Table, column: str) -> bool:
    found = table.column(column)
    return found is not None and found.type == INTEGER
