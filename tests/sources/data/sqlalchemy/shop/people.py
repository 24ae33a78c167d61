"""Joined and single-table inheritance."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from shop.base import Base, Stamped


class Person(Stamped, Base):
    __mapper_args__ = {"polymorphic_identity": "person", "polymorphic_on": "kind"}

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str]


class Engineer(Person):
    __tablename__ = "engineers"
    __mapper_args__ = {"polymorphic_identity": "engineer"}

    id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    language: Mapped[str]


class Manager(Person):
    __mapper_args__ = {"polymorphic_identity": "manager"}

    budget: Mapped[int] = mapped_column(nullable=True)
    title: Mapped[str] = mapped_column(nullable=True, index=True)


class Director(Manager):
    __mapper_args__ = {"polymorphic_identity": "director"}

    budget: Mapped[int] = mapped_column(nullable=True, use_existing_column=True)
    car: Mapped[str] = mapped_column(nullable=True)
