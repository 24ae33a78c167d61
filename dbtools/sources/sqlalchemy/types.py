"""SQLAlchemy's types as PostgreSQL has them: what the dialect compiles them to."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from dbtools.model.expression import Name, Type
from dbtools.sources.sqlalchemy.evaluate import DIALECT, Evaluator
from dbtools.sources.sqlalchemy.scopes import Scope
from dbtools.sources.sqlalchemy.values import (
    Class,
    Function,
    Made,
    Part,
    Place,
    Symbol,
    Unreadable,
    Value,
    same,
    shown,
    text_of,
)
from dbtools.sql.types import read_type

PLAIN = {
    "Integer": "integer", "INTEGER": "integer", "INT": "integer", "BigInteger": "bigint", "BIGINT": "bigint",
    "SmallInteger": "smallint", "SMALLINT": "smallint", "Text": "text", "TEXT": "text", "UnicodeText": "text",
    "CLOB": "text", "Boolean": "boolean", "BOOLEAN": "boolean", "Double": "double precision",
    "DOUBLE": "double precision", "DOUBLE_PRECISION": "double precision", "REAL": "real", "Date": "date",
    "DATE": "date", "LargeBinary": "bytea", "PickleType": "bytea", "BYTEA": "bytea", "JSON": "json", "JSONB": "jsonb",
    "UUID": "uuid", "INET": "inet", "CIDR": "cidr", "MACADDR": "macaddr", "MACADDR8": "macaddr8", "CITEXT": "citext",
    "TSVECTOR": "tsvector", "TSQUERY": "tsquery", "OID": "oid", "REGCLASS": "regclass", "REGCONFIG": "regconfig",
    "MONEY": "money", "HSTORE": "hstore", "INT4RANGE": "int4range", "INT8RANGE": "int8range", "NUMRANGE": "numrange",
    "DATERANGE": "daterange", "TSRANGE": "tsrange", "TSTZRANGE": "tstzrange", "INT4MULTIRANGE": "int4multirange",
    "INT8MULTIRANGE": "int8multirange", "NUMMULTIRANGE": "nummultirange", "DATEMULTIRANGE": "datemultirange",
    "TSMULTIRANGE": "tsmultirange", "TSTZMULTIRANGE": "tstzmultirange", "JSONPATH": "jsonpath",
}  # fmt: skip
SIZED = {
    "String": "varchar", "VARCHAR": "varchar", "Unicode": "varchar", "CHAR": "char", "AutoString": "varchar",
    "Float": "float", "FLOAT": "float",
}  # fmt: skip
NUMERIC = frozenset({"Numeric", "NUMERIC", "DECIMAL"})
TIMES = {"DateTime": "timestamp", "DATETIME": "timestamp", "TIMESTAMP": "timestamp", "Time": "time", "TIME": "time"}
ENUMS = frozenset({"Enum", "ENUM"})
COLLATED = frozenset({"varchar", "char", "text"})
# Types of well-known packages, by package and name.
FOREIGN: dict[str, dict[str, str | None]] = {
    "pgvector": {"Vector": "vector", "VECTOR": "vector", "HALFVEC": "halfvec", "SPARSEVEC": "sparsevec", "BIT": "bit"},
    "sqlalchemy_utils": {
        "UUIDType": "uuid", "LtreeType": "ltree", "TSVectorType": "tsvector", "URLType": "text", "IPAddressType": None,
        "EmailType": "varchar(255)", "TimezoneType": "varchar(50)", "CurrencyType": "varchar(3)",
    },
}  # fmt: skip
LIBRARIES = frozenset({"sqlalchemy", "sqlmodel"})


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of an enum, and what it is called where PostgreSQL has it as a type."""

    name: Name
    labels: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Found:
    """A column type. ``labels``: of the enum it is; ``checked``: those that a CHECK of this name limits it to."""

    type: Type
    collation: str | None = None
    labels: Labels | None = None
    checked: tuple[Value, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class TypeReader:
    """Types as a table in ``namespace`` has them; ``explicit`` where the column names the type itself."""

    evaluator: Evaluator
    namespace: str = "public"
    explicit: bool = True

    def read(self, value: Value) -> Found:
        """The type that *value* is, a class or an instance of it; Unreadable where that is not known."""
        callee = value.callee if isinstance(value, Made) else value
        made = value if isinstance(value, Made) else Made(value)
        match callee:
            case Symbol():
                return self._of_library(callee, made)
            case Class():
                return self._of_project(callee, made)
            case Part(of, "with_variant"):
                return self._variant(of, made)
            case Part(_, "as_mutable"):
                return self.read(made.argument(0, "sqltype"))
        raise Unreadable(f"{shown(value)} is no type that is known")

    def _variant(self, of: Value, made: Made) -> Found:
        return self.read(made.args[0]) if "postgresql" in made.args[1:] else self.read(of)

    def _of_library(self, symbol: Symbol, made: Made) -> Found:
        package, name = symbol.path.partition(".")[0], symbol.name
        if name in {"as_mutable", "type_descriptor"} and made.args:
            return self.read(made.args[0])
        if package in FOREIGN:
            return self._foreign(FOREIGN[package], name, made)
        if package not in LIBRARIES:
            raise Unreadable(f"the type {symbol.path} is not among the files")
        if name in ENUMS:
            return self._enum(made)
        if name == "ARRAY":
            return self._array(made)
        if name == "DOMAIN":
            namespace = made.keyword("schema")
            return Found(Type(text_of(made.argument(0, "name")), (), 0, text_of(namespace or self.namespace)))
        spelled = _spelled(name, made)
        collation = made.argument(1, "collation") if name in SIZED else made.keyword("collation")
        kind = _read(spelled)
        return Found(kind, text_of(collation) if collation and kind.base in COLLATED else None)

    def _foreign(self, known: dict[str, str | None], name: str, made: Made) -> Found:
        if known.get(name) is None:
            raise Unreadable(f"the type {name} is not known")
        size = made.argument(0, "dim") if name.lower() in {"vector", "halfvec", "sparsevec", "bit"} else None
        return Found(_read(f"{known[name]}({size})" if isinstance(size, int) else str(known[name])))

    def _array(self, made: Made) -> Found:
        item = self.read(made.argument(0, "item_type"))
        return replace(item, type=item.type._replace(dimensions=1), checked=None)

    def _of_project(self, owner: Class, made: Made) -> Found:
        """A TypeDecorator, a type with ``get_col_spec``, or another name for a type."""
        instance = Made(owner)
        dialect = self._method(owner, "load_dialect_impl")
        if dialect is not None:
            chosen = self.evaluator.call(replace(dialect, bound=(instance,)), (DIALECT,), ())
            if not _is_inherited(chosen):
                return self.read(chosen)
        spec = self._method(owner, "get_col_spec")
        if spec is not None:
            return Found(_read(text_of(self.evaluator.call(replace(spec, bound=(instance,)), (), ()))))
        impl = self._implementation(owner)
        if impl is None:
            raise Unreadable(f"what {owner.name} is in the database is not known")
        args, keywords = self._passed_on(owner, made)
        if isinstance(impl, Made) or not (args or keywords):
            return self.read(impl)
        return self.read(Made(impl, args, keywords))

    def _method(self, owner: Class, name: str) -> Function | None:
        for base in self.evaluator.mro(owner):
            if isinstance(base, Class):
                try:
                    found = self.evaluator.class_value(base, name)
                except KeyError:
                    continue
                return found if isinstance(found, Function) else None
        return None

    def _implementation(self, owner: Class) -> Value:
        for base in self.evaluator.mro(owner):
            if isinstance(base, Class):
                try:
                    return self.evaluator.class_value(base, "impl")
                except KeyError:
                    continue
            if isinstance(base, Symbol) and base.path.partition(".")[0] in LIBRARIES and base.name in _NAMED:
                return base
        return None

    def _passed_on(self, owner: Class, made: Made) -> tuple[tuple[Value, ...], tuple[tuple[str, Value], ...]]:
        """The arguments that reach the type behind a TypeDecorator: its own, or those of ``super().__init__()``."""
        init = self._method(owner, "__init__")
        if init is None:
            return made.args, made.keywords
        assert isinstance(init.node, ast.FunctionDef)  # noqa: S101 - a lambda is no method
        for statement in init.node.body:
            match statement:
                case ast.Expr(ast.Call(ast.Attribute(ast.Call(ast.Name("super")), "__init__")) as call):
                    return self._given(init, call, made)
        return (), ()

    def _given(
        self, init: Function, call: ast.Call, made: Made
    ) -> tuple[tuple[Value, ...], tuple[tuple[str, Value], ...]]:
        from dbtools.sources.sqlalchemy.functions import parameters

        names = parameters(self.evaluator, init, (Made(made.callee), *made.args), made.keywords)
        copy = ast.copy_location(ast.Call(ast.Name("type", ast.Load()), call.args, call.keywords), call)
        passed = self.evaluator.evaluate(
            ast.fix_missing_locations(copy), Scope(init.module, {**names, "type": DIALECT}, init.owner)
        )
        return passed.args, passed.keywords

    # Enums ------------------------------------------------------------------------------------

    def _enum(self, made: Made) -> Found:
        first = made.args[0] if made.args else None
        if len(made.args) == 1 and isinstance(first, Class) and self.evaluator.members(first) is not None:
            return self._of_class(first, made)
        labels = tuple(text_of(each) for each in made.args)
        if not labels:
            raise Unreadable("an Enum without labels")
        return self._named(made, labels, "", made.place)

    def _of_class(self, owner: Class, made: Made) -> Found:
        members = self.evaluator.members(owner) or ()
        labels = tuple(member.name for member in members)
        choose = made.keyword("values_callable")
        if choose is not None:
            labels = tuple(text_of(each) for each in self.evaluator.elements(self._chosen(choose, owner)))
        place = Place(owner.module.path, owner.node.lineno, owner.node.col_offset + 1)
        return self._named(made, labels, owner.name.lower(), place)

    def _chosen(self, choose: Value, owner: Class) -> Value:
        if not isinstance(choose, Function):
            raise Unreadable(f"which values {shown(choose)} gives is not known")
        return self.evaluator.call(choose, (owner,), ())

    def _named(self, made: Made, labels: tuple[str, ...], name: str, place: Place) -> Found:
        written = made.keyword("name")
        if made.keyword("native_enum", otherwise=True) is False:
            length = made.keyword("length") or max(map(len, labels))
            checked = (written, labels) if made.keyword("create_constraint") is True else None
            return Found(_read(f"varchar({length})"), checked=checked)
        local = text_of(written) if written is not None else name
        if not local:
            raise Unreadable("an Enum without a name, which PostgreSQL needs")
        namespace = self._enum_namespace(made)
        return Found(Type(local, (), 0, namespace), labels=Labels(Name(namespace, local), labels, place))

    def _enum_namespace(self, made: Made) -> str:
        """An enum that a column names itself lives where its table does since SQLAlchemy 2.1."""
        if made.has("schema") and made.keyword("schema") is not None:
            return text_of(made.keyword("schema"))
        metadata = made.keyword("metadata")
        if isinstance(metadata, Made) and metadata.has("schema"):
            return text_of(metadata.keyword("schema"))
        inherits = made.keyword("inherit_schema", otherwise=self.explicit and metadata is None)
        return self.namespace if inherits is True else "public"


def _spelled(name: str, made: Made) -> str:
    """How a type of SQLAlchemy without further parts is written in SQL."""
    if name in PLAIN:
        return PLAIN[name]
    if name in SIZED:
        size = made.argument(0, "precision" if SIZED[name] == "float" else "length")
        return f"{SIZED[name]}({_number(size)})" if size is not None else SIZED[name]
    if name in NUMERIC:
        precision, scale = made.argument(0, "precision"), made.argument(1, "scale")
        if precision is None:
            return "numeric"
        return f"numeric({_number(precision)}{'' if scale is None else f',{_number(scale)}'})"
    if name in TIMES:
        zone, precision = made.argument(0, "timezone"), made.argument(1, "precision")
        digits = "" if precision is None else f"({_number(precision)})"
        return f"{TIMES[name]}{digits} {'with' if _flag(zone) else 'without'} time zone"
    match name:
        case "Uuid":
            return "uuid" if made.keyword("native_uuid", otherwise=True) is not False else "char(32)"
        case "Interval":
            digits = made.argument(1, "second_precision")
            return "interval" if digits is None else f"interval({_number(digits)})"
        case "INTERVAL":
            precision, fields = made.argument(0, "precision"), made.argument(1, "fields")
            size = "" if precision is None else f"({_number(precision)})"
            return f"interval {text_of(fields) if fields else ''}{size}"
        case "BIT":
            size, varying = made.argument(0, "length"), made.argument(1, "varying")
            return f"{'varbit' if _flag(varying) else 'bit'}{'' if size is None else f'({_number(size)})'}"
    raise Unreadable(f"{name} is no type that PostgreSQL has")


_NAMED = frozenset(
    (*PLAIN, *SIZED, *NUMERIC, *TIMES, *ENUMS, "ARRAY", "Uuid", "Interval", "INTERVAL", "BIT")
)  # fmt: skip


def is_type(value: Value, evaluator: Evaluator) -> bool:
    """Whether *value* is a type at all, known or not: the first thing in a column that may be one."""
    callee = value.callee if isinstance(value, Made) else value
    match callee:
        case Symbol():
            return callee.path.partition(".")[0] not in LIBRARIES or callee.name in _NAMED | {"DOMAIN", "as_mutable"}
        case Class():
            return evaluator.members(callee) is None
        case Part(_, name):
            return name in {"with_variant", "as_mutable", "as_generic"}
    return False


def _is_inherited(value: Value) -> bool:
    """Whether *value* is ``super().load_dialect_impl(dialect)``, or ``self.impl`` of the class itself."""
    callee = value.callee if isinstance(value, Made) else value
    return isinstance(callee, Part) and callee.name in {"load_dialect_impl", "impl", "impl_instance"}


def _number(value: Value) -> int:
    if not isinstance(value, int) or same(value, True) or same(value, False):  # noqa: FBT003
        raise Unreadable(f"expected a number, found {shown(value)}")
    return value


def _flag(value: Value) -> bool:
    if value is not None and not isinstance(value, bool):
        raise Unreadable(f"expected True or False, found {shown(value)}")
    return bool(value)


def _read(text: str) -> Type:
    try:
        return read_type(text)
    except ValueError as error:
        raise Unreadable(f"{text} is no type of PostgreSQL") from error
