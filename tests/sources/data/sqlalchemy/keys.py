"""Keys, constraints, indexes, defaults, generated columns and the names of them all."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    FetchedValue,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    Sequence,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    cast,
    column,
    desc,
    false,
    func,
    literal_column,
    or_,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR, ExcludeConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, relationship

CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s_%(referred_column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    pass


class Named(DeclarativeBase):
    metadata = MetaData(naming_convention=CONVENTION)


class InSchema(DeclarativeBase):
    metadata = MetaData(schema="shop")


class User(Base):
    """Quoted names, defaults, and what an index can say."""

    __tablename__ = "User"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255), unique=True)
    name: Mapped[str] = mapped_column(index=True, comment="what people call them")
    nickName: Mapped[str | None] = mapped_column(index=True, unique=True)
    points: Mapped[int] = mapped_column(server_default="0")
    score: Mapped[int] = mapped_column(server_default=text("5"))
    is_active: Mapped[bool] = mapped_column(server_default=true())
    flag: Mapped[bool] = mapped_column(server_default="f")
    quoted: Mapped[str] = mapped_column(server_default="it's")
    created: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
    utc: Mapped[datetime] = mapped_column(server_default=func.timezone("utc", func.now()))
    expr: Mapped[datetime] = mapped_column(server_default=text("(now() AT TIME ZONE 'utc'::text)"))
    lit: Mapped[int] = mapped_column(server_default=literal_column("1 + 1"))
    fetched: Mapped[int] = mapped_column(server_default=FetchedValue())
    client: Mapped[int] = mapped_column(default=5)
    data: Mapped[dict] = mapped_column(JSONB, server_default=text("'{}'"))
    search: Mapped[str] = mapped_column(TSVECTOR, Computed("to_tsvector('simple', name)", persisted=True))
    twice: Mapped[int] = mapped_column(Computed("points * 2", persisted=False))
    amount = Column(Numeric(10, 2), CheckConstraint("amount > 0"), nullable=False)
    renamed: Mapped[str] = mapped_column("other_name", String)
    posts: Mapped[list[Post]] = relationship(back_populates="author")

    __table_args__ = (
        UniqueConstraint("name", "points"),
        UniqueConstraint("points", name="points_once", postgresql_nulls_not_distinct=True),
        UniqueConstraint(created, deferrable=True, initially="DEFERRED", name="created_once"),
        CheckConstraint("points >= 0 AND score < 100", name="in_range"),
        CheckConstraint("name <> ''"),
        CheckConstraint(points < 1000, name="low"),
        Index("user_by_name", "name", "points", unique=True),
        Index(None, "points", "score"),
        Index("user_lower", func.lower(email)),
        Index("user_desc", desc("created"), "id"),
        Index("user_desc2", created.desc(), points.desc().nulls_last(), score.asc().nulls_first()),
        Index("user_where", "points", postgresql_where=text("is_active AND points > 3")),
        Index(
            "user_where2", points, postgresql_where=and_(is_active, points > 3, or_(score.is_(None), flag == false()))
        ),
        Index("user_where3", renamed, postgresql_where=(points != 3) & nickName.isnot(None) & name.in_(["a", "b"])),
        Index("user_where4", renamed, postgresql_where=~is_active),
        Index("user_gin", "data", postgresql_using="gin", postgresql_ops={"data": "jsonb_path_ops"}),
        Index("user_gin2", "search", postgresql_using="gin"),
        Index(
            "user_include",
            "email",
            postgresql_include=["name", "points"],
            postgresql_nulls_not_distinct=True,
            unique=True,
        ),
        Index("user_text", text("lower(name) varchar_pattern_ops"), text("points DESC")),
        Index("user_trgm", name, postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}),
        Index(
            "user_coalesce",
            func.coalesce(nickName, name, "x"),
            func.lower(name).label("low"),
            postgresql_ops={"low": "text_pattern_ops"},
        ),
        Index("user_cast", cast(points, Text), name + "x", data["a"].astext),
        Index("user_column", func.upper(column("name"))),
        ExcludeConstraint((column("points"), "="), using="gist", name="no_two", where=text("points > 5")),
        {"comment": "who signs in"},
    )


Index("user_beside", User.points.desc(), User.name)


class Post(Base):
    __tablename__ = "post"

    id = mapped_column(Integer, primary_key=True)
    author_id = mapped_column(ForeignKey("User.id", ondelete="CASCADE", onupdate="CASCADE"), nullable=False)
    editor_id: Mapped[int | None] = mapped_column(ForeignKey(User.id, ondelete="set null", name="post_editor"))
    email: Mapped[str] = mapped_column(ForeignKey("User.email", deferrable=True, initially="DEFERRED"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"), index=True)
    reply_to: Mapped[int | None] = mapped_column(ForeignKey("post.parent_id", use_alter=True, name="reply"))
    author: Mapped[User] = relationship(back_populates="posts", foreign_keys=[author_id])


class Pair(Base):
    __tablename__ = "pair"

    left: Mapped[int] = mapped_column(primary_key=True)
    right: Mapped[str] = mapped_column(String(3), primary_key=True)


class OfPair(Base):
    __tablename__ = "of_pair"
    __table_args__ = (
        ForeignKeyConstraint(["a", "b"], ["pair.left", "pair.right"], ondelete="CASCADE"),
        ForeignKeyConstraint(("b", "a"), [Pair.right, Pair.left], name="other_way", onupdate="RESTRICT"),
        PrimaryKeyConstraint("b", "a", name="of_pair_key"),
    )

    a: Mapped[int]
    b: Mapped[str] = mapped_column(String(3))


class Keys(Base):
    __tablename__ = "keys"

    a: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=True)
    b: Mapped[int] = mapped_column(primary_key=True)


metadata = Base.metadata
key_tables = [
    Table("k_small", metadata, Column("a", SmallInteger, primary_key=True)),
]
k_big = Table("k_big", metadata, Column("a", BigInteger, primary_key=True, comment="big"), comment="a table")
k_default = Table("k_default", metadata, Column("a", Integer, primary_key=True, default=5))
k_server = Table("k_server", metadata, Column("a", Integer, primary_key=True, server_default="5"))
k_two = Table("k_two", metadata, Column("a", Integer, primary_key=True), Column("b", Integer, primary_key=True))
k_fk = Table("k_fk", metadata, Column("a", ForeignKey("k_big.a"), primary_key=True))
k_fk2 = Table("k_fk2", metadata, Column("a", None, ForeignKey(k_big.c.a), primary_key=True, autoincrement="ignore_fk"))
k_sequence = Table("k_sequence", metadata, Column("a", Integer, Sequence("counter"), primary_key=True))
k_sequence2 = Table(
    "k_sequence2", metadata, Column("a", Integer, Sequence("counter2", optional=True), primary_key=True)
)
numbers = Sequence("numbers", schema="public")
k_next = Table("k_next", metadata, Column("a", Integer, numbers, server_default=numbers.next_value(), primary_key=True))
k_no = Table("k_no", metadata, Column("a", Integer, primary_key=True, autoincrement=False))
k_bool = Table("k_bool", metadata, Column("a", Boolean, primary_key=True))
k_identity = Table("k_identity", metadata, Column("a", Integer, Identity(), primary_key=True), schema="apart")
k_self = Table(
    "k_self",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("up", ForeignKey("k_self.id")),
    Column("when", DateTime, server_default=func.now()),
    UniqueConstraint("up", "when"),
    Index("k_self_when", "when"),
    schema="apart" if False else None,
)
Index("k_self_later", k_self.c.when.desc(), k_self.c["up"])


class Convention(Named):
    __tablename__ = "a_very_long_table_name_that_goes_on_and_on_and_on"

    id: Mapped[int] = mapped_column(primary_key=True)
    some_long_column_name: Mapped[str] = mapped_column(index=True, unique=True)
    some_long_column_name2: Mapped[str] = mapped_column(unique=True)
    up: Mapped[int] = mapped_column(ForeignKey("a_very_long_table_name_that_goes_on_and_on_and_on.id"))
    low: Mapped[int] = mapped_column(CheckConstraint("low < 5", name="is_low"))
    __table_args__ = (
        UniqueConstraint("id", "low"),
        UniqueConstraint("low", name="given"),
        CheckConstraint("id > 1", name="positive"),
        Index(None, "id", "low"),
        Index("given_index", "low"),
    )


class Other(Named):
    __tablename__ = "other"
    x: Mapped[int] = mapped_column(primary_key=True)
    y: Mapped[int] = mapped_column(primary_key=True)
    __table_args__ = {"schema": None}


class Short(Named):
    __tablename__ = "short"
    a: Mapped[int] = mapped_column(primary_key=True)
    b: Mapped[int] = mapped_column(ForeignKey(Convention.id), unique=True)
    __table_args__ = (ForeignKeyConstraint(["a", "b"], ["other.x", "other.y"]),)


class Item(InSchema):
    __tablename__ = "item"

    id: Mapped[int] = mapped_column(primary_key=True)
    up: Mapped[int | None] = mapped_column(ForeignKey("item.id"), index=True)
    far: Mapped[int | None] = mapped_column(ForeignKey("elsewhere.far.id"))


class Far(InSchema):
    __tablename__ = "far"

    @declared_attr.directive
    def __table_args__(cls):
        return (UniqueConstraint("code", name=f"{cls.__tablename__}_code_once"), {"schema": "elsewhere"})

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(index=True)
