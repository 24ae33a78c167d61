"""Migrations as values: which files, in which order, run how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from dataclasses import dataclass

    from dbtools.model.expression import Name
else:
    from dbtools.model.value import dataclass

# What runners keep account in, in small letters; it exists though no migration makes it.
BOOKKEEPING = frozenset(
    """
    schema_migrations schema_migration _prisma_migrations __drizzle_migrations goose_db_version flyway_schema_history
    alembic_version django_migrations knex_migrations knex_migrations_lock kysely_migration kysely_migration_lock
    sequelizemeta pgmigrations ar_internal_metadata databasechangelog databasechangeloglock atlas_schema_revisions
    gorp_migrations __efmigrationshistory typeorm_metadata mikro_orm_migrations dbmate_migrations _sqlx_migrations
    __diesel_schema_migrations
    """.split()
)
TransactionMode = Literal["batch", "file", "query", "statement", "none"]


def is_bookkeeping(relation: Name) -> bool:
    """Whether *relation* is a table in which a runner keeps account."""
    return relation.local.lower() in BOOKKEEPING


@dataclass(frozen=True, slots=True)
class Script:
    """A file of SQL; ``path`` is relative to the repository, with forward slashes."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of a history.

    ``transaction``: ``batch`` when its runner opens one transaction for all migrations that are pending, ``file`` when
    it opens one for the whole file, ``query`` when it sends the file as one query, which PostgreSQL itself makes a
    transaction as soon as it holds several statements, ``statement`` or ``none`` when each runs by itself. ``down`` is
    None where the layout knows no way back, or none was written; ``reversible`` says whether the layout has ways down
    at all. Where one file holds both ways, each script is the whole file with the other way blanked. ``presumed``:
    nobody says that it runs in a transaction, and it holds only what none takes.
    """

    name: str
    up: Script
    down: Script | None = None
    transaction: TransactionMode = "file"
    reversible: bool = False
    down_transaction: TransactionMode | None = None
    presumed: bool = False

    @property
    def back(self) -> Migration | None:
        """The way down as a migration of its own; it runs as the way up does where its runner knows no difference."""
        if self.down is None:
            return None
        return Migration(self.name, self.down, transaction=self.down_transaction or self.transaction)
