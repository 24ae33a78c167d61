"""The live database as a source; it is only ever read."""

from __future__ import annotations

from dbtools.model.reader import ASPECTS, Reading


def read(url: str, where: str) -> Reading:
    """The schema of the database at *url*; *where* names it in reports, since a URL may hold a password."""
    from dbtools.pg.catalog import catalog
    from dbtools.pg.connect import connect

    with connect(url) as connection:
        connection.execute("SET default_transaction_read_only = on")
        connection.execute("SET timezone = 'UTC'")  # moments in bounds and defaults are spelled in it
        return Reading("live", where, catalog(connection), expressible=ASPECTS)
