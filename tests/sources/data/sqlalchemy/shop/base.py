"""A declarative base, mixins, aliases and helpers that the models of the package use."""

import re
import uuid
from datetime import datetime
from functools import partial
from typing import Annotated, ClassVar, Optional

from sqlalchemy import ARRAY, BigInteger, DateTime, ForeignKey, MetaData, String, Uuid, func, text
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, has_inherited_table, mapped_column

__all__ = ["Base", "Stamped", "WithId", "big", "code", "intpk", "money", "owned_by", "required", "stamp"]

NAMES = {"ix": "%(column_0_N_label)s_idx", "uq": "%(table_name)s_%(column_0_name)s_uq", "pk": "%(table_name)s_pk"}
LENGTH = 40

intpk = Annotated[int, mapped_column(primary_key=True)]
big = Annotated[int, mapped_column(BigInteger, index=True)]
stamp = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]
code = Annotated[Optional[str], mapped_column(String(LENGTH // 2), unique=True)]
owned = Annotated[int, mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))]
required = partial(mapped_column, nullable=False)


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def money(scale: int = 2, **options):
    """A column for an amount."""
    from sqlalchemy import Numeric

    options.setdefault("nullable", False)
    return mapped_column(Numeric(12, scale), **options)


def owned_by(table, *, on_delete=None, column="id"):
    if on_delete is None:
        on_delete = "RESTRICT"
    return mapped_column(ForeignKey(f"{table}.{column}", ondelete=on_delete), index=True)


class Base(DeclarativeBase):
    __abstract__ = True
    registry_note: ClassVar[str] = "not a column"
    metadata = MetaData(naming_convention=NAMES)

    @declared_attr.directive
    def __tablename__(cls) -> Optional[str]:
        if has_inherited_table(cls):
            return None
        return _snake(cls.__name__) + "s"


class WithId:
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4, sort_order=-1)


class Stamped:
    created_at: Mapped[stamp]
    updated_at: Mapped[Optional[datetime]] = mapped_column(onupdate=func.now())

    @declared_attr
    def version(cls) -> Mapped[int]:
        return mapped_column(server_default=text("1"), comment=f"version of {cls.__name__}")


class Audited(Stamped):
    """Overrides what it inherits."""

    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    deleted_at = mapped_column(DateTime, nullable=True)
