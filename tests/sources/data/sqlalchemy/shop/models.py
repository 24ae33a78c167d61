from __future__ import annotations

from typing import TYPE_CHECKING, List

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, composite, deferred, mapped_column, relationship

from . import base as b
from .base import Audited, Base, Stamped, WithId, big, code, intpk, money, owned, owned_by, required
from .kinds import Status

if TYPE_CHECKING:
    from .people import Person

order_tags = sa.Table(
    "order_tags",
    Base.metadata,
    sa.Column("order_id", sa.ForeignKey("orders.id"), primary_key=True),
    sa.Column("tag", sa.String(30), primary_key=True),
)


class Customer(Base):
    id: Mapped[intpk]
    code: Mapped[code]
    phone: Mapped[big]
    person_id: Mapped[int | None] = owned_by("persons", on_delete="SET NULL")
    notes: Mapped[str] = deferred(mapped_column(sa.Text))
    person: Mapped[Person | None] = relationship()


class Order(WithId, Audited, Base):
    customer_id: Mapped[owned]
    status: Mapped[Status] = mapped_column(server_default=Status.NEW.name)
    total: Mapped[float] = money(3)
    tax: Mapped[float | None] = money(nullable=True, comment="of it")
    place: Mapped[str] = required(sa.String(b.LENGTH * 2), unique=True)
    tags: Mapped[List[str]] = relationship(secondary=order_tags)


class Line(Stamped, Base):
    __table_args__ = (sa.UniqueConstraint("order_id", "number"),)

    order_id = mapped_column(sa.ForeignKey(Order.id), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    point = composite(lambda x, y: (x, y), mapped_column("x", sa.Integer), mapped_column("y", sa.Integer))


class Mapped_(Base):
    __table__ = sa.Table(
        "mapped_table",
        Base.metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        *[sa.Column(f"slot_{number}", sa.Integer) for number in (1, 2, 3)],
    )
