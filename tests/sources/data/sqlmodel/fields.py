"""Fields of SQLModel."""

import enum
import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import ClassVar, List, Optional

from sqlalchemy import JSON, Column, DateTime, Index, Text, UniqueConstraint, func
from sqlmodel import Field, Relationship, SQLModel


class Kind(str, enum.Enum):
    small = "s"
    large = "l"


class HeroBase(SQLModel):
    name: str = Field(index=True, max_length=50)
    secret: str
    age: Optional[int] = Field(default=None, index=True)
    note: str | None = None


class Team(SQLModel, table=True):
    __tablename__ = "teams"
    __table_args__ = (UniqueConstraint("name", "city"), Index("team_city", "city"))
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    city: str = "Hanoi"
    heroes: List["Hero"] = Relationship(back_populates="team")


class Hero(HeroBase, table=True):
    limit: ClassVar[int] = 5
    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    team_id: Optional[int] = Field(default=None, foreign_key="teams.id", ondelete="SET NULL")
    kind: Kind = Kind.small
    price: Decimal = Field(max_digits=8, decimal_places=2, default=0)
    free: Decimal
    born: date
    made: datetime = Field(sa_type=DateTime, sa_column_kwargs={"server_default": func.now()})
    took: timedelta | None
    data: dict = Field(sa_column=Column(JSON, nullable=False))
    long: str = Field(sa_type=Text, nullable=False)
    rate: float = 0.5
    ok: bool = Field(default=True)
    team: Team | None = Relationship(back_populates="heroes")
