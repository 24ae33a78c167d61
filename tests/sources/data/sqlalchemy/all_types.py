"""Every type, in a schema of its own and outside of it."""

import datetime as dt
import decimal
import enum
import uuid
from typing import Any, Dict, List, Literal, Optional, Union

import sqlalchemy as sa
from sqlalchemy import func, text
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.ext.mutable import MutableDict
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column
from sqlalchemy.types import TypeDecorator, UserDefinedType
from typing_extensions import Annotated


class Base(DeclarativeBase):
    metadata = sa.MetaData(schema="app")
    type_annotation_map = {
        dt.datetime: sa.DateTime(timezone=True),
        Dict[str, Any]: pg.JSONB,
        list[str]: sa.ARRAY(sa.Text),
    }


class Mood(enum.Enum):
    SAD = "sad"
    OK = "ok"
    FINE = "ok"


class Size(str, enum.Enum):
    small = "S"
    large = "L"


class Level(enum.IntEnum):
    LOW = enum.auto()
    HIGH = enum.auto()


class Code(TypeDecorator):
    impl = sa.String
    cache_ok = True

    def __init__(self, size=12):
        super().__init__(length=size)


class GUID(TypeDecorator):
    impl = sa.CHAR

    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            return dialect.type_descriptor(pg.UUID())
        else:
            return dialect.type_descriptor(sa.CHAR(32))


class Slug(sa.String):
    pass


class Money(UserDefinedType):
    def get_col_spec(self, **kw):
        return "NUMERIC(12, 4)"


def values(kind):
    return [member.value for member in kind]


class Written(Base):
    __tablename__ = "written"

    id = sa.Column(sa.BigInteger, primary_key=True)
    small = sa.Column(sa.SmallInteger)
    text_ = sa.Column("text", sa.Text(), nullable=False)
    string = sa.Column(sa.String(50))
    string0 = sa.Column(sa.String)
    unicode = sa.Column(sa.Unicode(20), nullable=False)
    unicode_text = sa.Column(sa.UnicodeText)
    char = sa.Column(sa.CHAR(3))
    char0 = sa.Column(sa.CHAR)
    collated = sa.Column(sa.String(5, collation="C"))
    boolean = sa.Column(sa.Boolean(), nullable=False, server_default=sa.false())
    float_ = sa.Column(sa.Float)
    float24 = sa.Column(sa.Float(24))
    float53 = sa.Column(sa.Float(53))
    double = sa.Column(sa.Double)
    real = sa.Column(sa.REAL)
    numeric = sa.Column(sa.Numeric)
    numeric10 = sa.Column(sa.Numeric(10))
    numeric102 = sa.Column(sa.Numeric(10, 2), server_default="0.00")
    decimal = sa.Column(sa.DECIMAL(precision=8, scale=3, asdecimal=False))
    date = sa.Column(sa.Date, server_default=func.current_date())
    time = sa.Column(sa.Time)
    timetz = sa.Column(sa.Time(timezone=True))
    time2 = sa.Column(pg.TIME(precision=2))
    datetime = sa.Column(sa.DateTime, server_default=func.now())
    datetimetz = sa.Column(sa.DateTime(True))
    timestamp3 = sa.Column(pg.TIMESTAMP(precision=3), server_default=text("CURRENT_TIMESTAMP"))
    timestamptz3 = sa.Column(pg.TIMESTAMP(timezone=True, precision=3))
    interval = sa.Column(sa.Interval)
    interval3 = sa.Column(sa.Interval(second_precision=3))
    interval_days = sa.Column(pg.INTERVAL(fields="DAY TO SECOND", precision=3))
    binary = sa.Column(sa.LargeBinary(20))
    bytea = sa.Column(pg.BYTEA)
    pickle = sa.Column(sa.PickleType)
    json = sa.Column(sa.JSON, server_default=text("'{}'"))
    jsonb = sa.Column(pg.JSONB(none_as_null=True), server_default=text("'{}'::jsonb"))
    variant = sa.Column(sa.JSON().with_variant(pg.JSONB(), "postgresql"))
    other_variant = sa.Column(sa.Text().with_variant(sa.String(10), "mysql"))
    mutable = sa.Column(MutableDict.as_mutable(pg.JSONB))
    uuid_ = sa.Column(sa.Uuid, default=uuid.uuid4)
    uuid2 = sa.Column(pg.UUID(as_uuid=True), server_default=func.gen_random_uuid())
    uuid3 = sa.Column(sa.UUID(as_uuid=False), server_default=text("uuid_generate_v4()"))
    uuid4 = sa.Column(sa.Uuid(native_uuid=False))
    array = sa.Column(sa.ARRAY(sa.Integer, dimensions=2))
    arrays = sa.Column(pg.ARRAY(sa.String(10)), server_default="{}")
    moods = sa.Column(pg.ARRAY(sa.Enum(Mood)))
    inet = sa.Column(pg.INET)
    cidr = sa.Column(pg.CIDR)
    macaddr = sa.Column(pg.MACADDR)
    macaddr8 = sa.Column(pg.MACADDR8)
    citext = sa.Column(pg.CITEXT())
    tsvector = sa.Column(pg.TSVECTOR)
    tsquery = sa.Column(pg.TSQUERY)
    oid = sa.Column(pg.OID)
    money = sa.Column(pg.MONEY)
    hstore = sa.Column(pg.HSTORE)
    bit = sa.Column(pg.BIT(5))
    varbit = sa.Column(pg.BIT(varying=True))
    varbit5 = sa.Column(pg.BIT(5, varying=True))
    int4range = sa.Column(pg.INT4RANGE)
    tstzrange = sa.Column(pg.TSTZRANGE)
    nummultirange = sa.Column(pg.NUMMULTIRANGE)
    mood = sa.Column(sa.Enum(Mood), nullable=False, server_default="OK")
    mood_values = sa.Column(sa.Enum(Mood, values_callable=values, name="mood_value"), server_default=Mood.SAD.value)
    size = sa.Column(sa.Enum(Size, values_callable=lambda e: [x.value for x in e], native_enum=False))
    level = sa.Column(sa.Enum(Level, native_enum=False, length=20, create_constraint=True, name="level_is_known"))
    labels = sa.Column(sa.Enum("a", "b'c", name="Labels"))
    pg_enum = sa.Column(pg.ENUM("x", "y", name="xy", create_type=True))
    elsewhere = sa.Column(sa.Enum("p", "q", name="pq", schema="other"))
    inherited = sa.Column(sa.Enum("p", "q", name="pq2", inherit_schema=True))
    code = sa.Column(Code)
    code8 = sa.Column(Code(8))
    code9 = sa.Column(Code(size=9))
    guid = sa.Column(GUID())
    slug = sa.Column(Slug(40))
    price = sa.Column(Money)


str20 = Annotated[str, 20]


class Annotations(Base):
    __tablename__ = "annotations"
    type_is_unread = False

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    a_str: Mapped[str]
    a_str_none: Mapped[Optional[str]]
    a_int_or_none: "Mapped[int | None]"
    a_union: Mapped[Union[None, float]]
    a_quoted: Mapped["Optional[bool]"]
    a_half_quoted: Mapped[Optional["dt.date"]]
    a_bytes: Mapped[bytes]
    a_decimal: Mapped[decimal.Decimal]
    a_uuid: Mapped[uuid.UUID] = mapped_column(default=uuid.uuid4)
    a_datetime: Mapped[dt.datetime]
    a_time: Mapped[dt.time]
    a_delta: Mapped[dt.timedelta]
    a_json: Mapped[Dict[str, Any]]
    a_list: Mapped[list[str]] = mapped_column(default=list)
    a_literal: Mapped[Literal["one", "three"]]
    a_mood: Mapped[Mood]
    a_mood_none: Mapped[Optional[Mood]] = mapped_column(server_default=text("'SAD'"))
    a_str20: Mapped[str20]
    nullable: Mapped[str] = mapped_column(nullable=True)
    not_nullable: Mapped[Optional[str]] = mapped_column(sa.String(7), nullable=False)
    ignored = [1, 2]


class Plain(DeclarativeBase):
    type_annotation_map = {
        str: sa.Text(),
        enum.Enum: sa.Enum(enum.Enum, native_enum=False, length=9),
        str20: sa.String(20),
    }


class Mapped_(Plain):
    __tablename__ = "mapped"

    id: Mapped[int] = mapped_column(sa.Identity(always=True), primary_key=True)
    a_str: Mapped[str]
    a_str20: Mapped[str20]
    a_str20_none: Mapped[Optional[str20]]
    a_mood: Mapped[Mood]
    other: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(start=5))


class Records(MappedAsDataclass, DeclarativeBase):
    pass


class Record(Records):
    __tablename__ = "record"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    name: Mapped[str] = mapped_column(default="x")
    tags: Mapped[List[str]] = mapped_column(pg.ARRAY(sa.String), default_factory=list)
    made: Mapped[dt.datetime] = mapped_column(insert_default=func.now(), init=False)
