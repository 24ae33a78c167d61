"""The same as schema.sql."""

import enum
import uuid
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Computed,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    desc,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import (
    ARRAY,
    BIT,
    CHAR,
    CIDR,
    CITEXT,
    DOUBLE_PRECISION,
    INET,
    INTERVAL,
    JSON,
    JSONB,
    MONEY,
    OID,
    REAL,
    TIME,
    TIMESTAMP,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import UserDefinedType


class Base(DeclarativeBase):
    """Text instead of varchar."""

    type_annotation_map = {str: Text, float: DOUBLE_PRECISION, dict[str, Any]: JSONB}  # noqa: RUF012 - as SQLAlchemy wants it


class Xml(UserDefinedType):
    """PostgreSQL's xml."""

    def get_col_spec(self) -> str:
        return "xml"


class Point(UserDefinedType):
    """PostgreSQL's point."""

    def get_col_spec(self) -> str:
        return "point"


class Role(enum.Enum):
    BUYER = "BUYER"
    SELLER = "SELLER"
    ADMIN = "ADMIN"


role_type = Enum(Role, name="Role")
states = Enum("open", "paid", "sent", "returned", name="OrderState")
currencies = Enum("EUR", "USD", "VND", name="currency")
Millis = TIMESTAMP(precision=3)
Zoned = TIMESTAMP(precision=6, timezone=True)
Amount = Annotated[Decimal, mapped_column(Numeric(12, 2))]
Small = Annotated[int, mapped_column(SmallInteger)]


def to(column: str, on_delete: str = "CASCADE") -> ForeignKey:
    return ForeignKey(column, ondelete=on_delete, onupdate="CASCADE")


class Account(Base):
    __tablename__ = "Account"
    id: Mapped[str] = mapped_column(primary_key=True, default=lambda: str(uuid.uuid4()))
    email: Mapped[str] = mapped_column(String(200), unique=True)
    password_hash: Mapped[str] = mapped_column("passwordHash")
    role: Mapped[Role] = mapped_column(role_type, server_default="BUYER")
    points: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[datetime] = mapped_column("createdAt", Millis, server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column("updatedAt", Millis, onupdate=datetime.now)
    __table_args__ = (Index("account_email_folded", text("lower(email)"), unique=True),)


class Profile(Base):
    __tablename__ = "Profile"
    account_id: Mapped[str] = mapped_column("accountId", to("Account.id"), primary_key=True)
    display_name: Mapped[str] = mapped_column("displayName")
    bio: Mapped[str | None]
    birth_date: Mapped[date | None] = mapped_column("birthDate")
    settings: Mapped[dict[str, Any]] = mapped_column(server_default=text("""'{"theme": "dark", "size": 2}'"""))
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")


class Session(Base):
    __tablename__ = "Session"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    account_id: Mapped[str] = mapped_column("accountId", to("Account.id"), index=True)
    token: Mapped[str] = mapped_column(CHAR(32), unique=True)
    address: Mapped[str | None] = mapped_column(INET)
    expires_at: Mapped[datetime] = mapped_column("expiresAt", Zoned)
    __table_args__ = (Index("Session_expiresAt_idx", desc(text('"expiresAt"'))),)


class TextTypes(Base):
    __tablename__ = "text_types"
    id: Mapped[int] = mapped_column(primary_key=True)
    plain: Mapped[str | None]
    short: Mapped[str] = mapped_column(String(20), server_default="it's")
    endless: Mapped[str | None] = mapped_column(String)
    fixed: Mapped[str | None] = mapped_column(CHAR(3))
    folded: Mapped[str | None] = mapped_column(CITEXT)
    code: Mapped[uuid.UUID | None]
    bits: Mapped[str | None] = mapped_column(BIT(4))
    more_bits: Mapped[str | None] = mapped_column(BIT(8, varying=True))
    markup: Mapped[str | None] = mapped_column(Xml)


class NumberTypes(Base):
    __tablename__ = "number_types"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    small: Mapped[Small] = mapped_column(server_default="1")
    whole: Mapped[int] = mapped_column(server_default="-5")
    big: Mapped[int] = mapped_column(BigInteger, server_default="9007199254740993")
    single: Mapped[float | None] = mapped_column(REAL)
    double: Mapped[float | None] = mapped_column(server_default="1.5")
    amount: Mapped[Amount] = mapped_column(server_default="0")
    exact: Mapped[Decimal | None] = mapped_column(Numeric(65, 30))
    kind: Mapped[int | None] = mapped_column(OID)
    price: Mapped[str | None] = mapped_column(MONEY)


class TimeTypes(Base):
    __tablename__ = "time_types"
    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date | None] = mapped_column(server_default=func.current_date())
    at: Mapped[time | None] = mapped_column(TIME(precision=6))
    at_zone: Mapped[time | None] = mapped_column(TIME(precision=6, timezone=True))
    moment: Mapped[datetime | None] = mapped_column(server_default=func.now())
    moment_zone: Mapped[datetime] = mapped_column(TIMESTAMP(precision=3, timezone=True), server_default=func.now())
    duration: Mapped[timedelta | None] = mapped_column(INTERVAL)


class OtherTypes(Base):
    __tablename__ = "other_types"
    id: Mapped[int] = mapped_column(primary_key=True)
    yes: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)
    doc: Mapped[Any | None] = mapped_column(JSON)
    tree: Mapped[Any | None] = mapped_column(JSONB, server_default="[]")
    network: Mapped[str | None] = mapped_column(CIDR)
    spot: Mapped[str | None] = mapped_column(Point)


class ListTypes(Base):
    __tablename__ = "list_types"
    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{a,b}")
    numbers: Mapped[list[int] | None] = mapped_column(ARRAY(Integer))
    roles: Mapped[list[Role] | None] = mapped_column(ARRAY(role_type))
    moments: Mapped[list[datetime] | None] = mapped_column(ARRAY(Zoned))


class Category(Base):
    __tablename__ = "Category"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[dict[str, Any]]
    parent_id: Mapped[int | None] = mapped_column("parentId", to("Category.id", "SET NULL"), index=True)


class Product(Base):
    __tablename__ = "Product"
    id: Mapped[str] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(String(40))
    title: Mapped[str]
    category_id: Mapped[int] = mapped_column("categoryId", to("Category.id", "RESTRICT"))
    price: Mapped[Amount]
    currency: Mapped[str] = mapped_column(currencies, server_default="EUR")
    is_active: Mapped[bool] = mapped_column("isActive", server_default="true")
    attributes: Mapped[dict[str, Any] | None]
    __table_args__ = (
        Index("Product_sku_key", "sku", unique=True),
        Index("Product_category_price_idx", "categoryId", desc(text('"price"'))),
        Index(
            "Product_attributes_idx",
            "attributes",
            postgresql_using="gin",
            postgresql_ops={"attributes": "jsonb_path_ops"},
        ),
    )


class Price(Base):
    __tablename__ = "Price"
    product_id: Mapped[str] = mapped_column("productId", to("Product.id"))
    valid_from: Mapped[date] = mapped_column("validFrom")
    currency: Mapped[str] = mapped_column(currencies)
    amount: Mapped[Amount]
    __table_args__ = (PrimaryKeyConstraint("productId", "currency", "validFrom", name="price_key"),)


class Warehouse(Base):
    __tablename__ = "Warehouse"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    __table_args__ = (UniqueConstraint("name", "latitude", "longitude", name="one_name_per_place"),)


class Stock(Base):
    __tablename__ = "Stock"
    product_id: Mapped[str] = mapped_column("productId", to("Product.id"), primary_key=True)
    warehouse_id: Mapped[int] = mapped_column("warehouseId", to("Warehouse.id"), primary_key=True)
    quantity: Mapped[int] = mapped_column(server_default="0")
    __table_args__ = (Index("Stock_warehouseId_idx", "warehouseId", postgresql_using="hash"),)


class Order(Base):
    __tablename__ = "Order"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    account_id: Mapped[str] = mapped_column("accountId", to("Account.id", "RESTRICT"))
    state: Mapped[str] = mapped_column(states, server_default="open")
    note: Mapped[str | None]
    total: Mapped[Amount] = mapped_column(server_default=text("0.00"))
    placed_at: Mapped[datetime] = mapped_column("placedAt", Zoned, server_default=func.now())
    __table_args__ = (Index("Order_accountId_placedAt_idx", "accountId", desc(text('"placedAt"'))),)


class OrderLine(Base):
    __tablename__ = "OrderLine"
    order_id: Mapped[int] = mapped_column("orderId", BigInteger, to("Order.id"), primary_key=True)
    line: Mapped[Small] = mapped_column(primary_key=True, autoincrement=False)
    product_id: Mapped[str] = mapped_column("productId", to("Product.id", "RESTRICT"))
    quantity: Mapped[int] = mapped_column(server_default="1")
    warehouse_id: Mapped[int | None] = mapped_column("warehouseId")
    __table_args__ = (
        ForeignKeyConstraint(
            ["productId", "warehouseId"],
            ["Stock.productId", "Stock.warehouseId"],
            ondelete="RESTRICT",
            onupdate="CASCADE",
        ),
    )


class Shipment(Base):
    __tablename__ = "shipments"
    id: Mapped[uuid.UUID] = mapped_column("shipment_id", primary_key=True, server_default=func.gen_random_uuid())
    order_id: Mapped[int] = mapped_column(BigInteger, to("Order.id", "RESTRICT"))
    shipped_at: Mapped[datetime | None] = mapped_column(Zoned)
    tracking_code: Mapped[str | None]
    __table_args__ = (Index("shipments_by_order", "order_id"),)


class Review(Base):
    __tablename__ = "Review"
    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[str] = mapped_column("productId", to("Product.id"))
    author_id: Mapped[str | None] = mapped_column("authorId", to("Account.id", "SET NULL"))
    stars: Mapped[Small]
    body: Mapped[str | None]
    __table_args__ = (UniqueConstraint("productId", "authorId"),)


class Coupon(Base):
    __tablename__ = "Coupon"
    code: Mapped[str] = mapped_column(primary_key=True)
    percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    valid_until: Mapped[datetime | None] = mapped_column("validUntil", Millis)


class CouponToProduct(Base):
    __tablename__ = "_CouponToProduct"
    coupon: Mapped[str] = mapped_column("A", to("Coupon.code"))
    product: Mapped[str] = mapped_column("B", to("Product.id"))
    __table_args__ = (
        PrimaryKeyConstraint("A", "B", name="_CouponToProduct_AB_pkey"),
        Index("_CouponToProduct_B_index", "B"),
    )


class Follow(Base):
    __tablename__ = "Follow"
    follower_id: Mapped[str] = mapped_column("followerId", to("Account.id"), primary_key=True)
    followed_id: Mapped[str] = mapped_column("followedId", to("Account.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(Millis, server_default=func.now())


class AuditLog(Base):
    __tablename__ = "audit_log"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    actor: Mapped[str | None]
    action: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    at: Mapped[datetime] = mapped_column(Zoned, server_default=func.now(), index=True)
    __table_args__ = (Index("ix_audit_log_id", "id", postgresql_using="brin"),)


class Numbered(Base):
    __tablename__ = "numbered"
    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    width: Mapped[int]
    height: Mapped[int]
    area: Mapped[int | None] = mapped_column(Computed("width * height", persisted=True))
    __table_args__ = (
        CheckConstraint("width > 0", name="positive"),
        CheckConstraint("width + height <= 1000", name="not_too_long"),
        Index("numbered_low", "height", postgresql_where=text("height < 10")),
    )
