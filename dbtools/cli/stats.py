"""Export how big the tables of a database are, for lint to say how long things take.

    dbtools stats export postgresql://reader@replica/app > stats.json

PostgreSQL's own statistics are read and no row; nothing is written to the database. The file holds rows, bytes and
writes per second of every table, neither data nor the server's name. Name it as sizes.file in dbtools.yaml, or give it
to dbtools lint --stats.
"""

from __future__ import annotations

import click

from dbtools.cli._call import Call
from dbtools.cli._command import document_command


@document_command
@click.argument("action", type=click.Choice(["export"]))
@click.argument("url", envvar="DATABASE_URL", metavar="URL")
def command(call: Call, action: str, url: str) -> str:
    from dbtools.pg.connect import connect, redact
    from dbtools.pg.sizes import sizes
    from dbtools.sources.sizes import text_of

    del action  # there is one so far
    with connect(url) as connection:
        connection.execute("SET default_transaction_read_only = on")
        found = sizes(connection)
    call.note(f"{len(found.tables)} tables of {redact(url)}")
    return text_of(found)
