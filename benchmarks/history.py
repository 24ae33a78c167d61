"""A made-up history of migrations as teams write them, the same for the same number of files.

About a third of the files make a table with its keys and indexes, the rest change what is there: columns added, filled
and dropped, types widened, keys, checks and indexes added with and without their safe form, views, functions, enums.
About six statements a file, as in public projects.
"""

from __future__ import annotations

import random
from pathlib import Path

COLUMNS = (
    "name text NOT NULL", "email varchar(255)", "state text DEFAULT 'new' NOT NULL", "amount numeric(12, 2)",
    "created_at timestamptz DEFAULT now() NOT NULL", "data jsonb DEFAULT '{}'::jsonb NOT NULL", "score integer",
    "is_done boolean DEFAULT false NOT NULL", "token uuid DEFAULT gen_random_uuid()", "note text",
    "started timestamp(3)", "tags text[] DEFAULT '{}'",
)  # fmt: skip
WORDS = "account invoice lesson order payment product review session team ticket user vendor".split()


def write_history(folder: Path, files: int) -> list[Path]:
    """Write that many migrations into *folder*; their paths in order."""
    paths = []
    for number, text in enumerate(history(files), start=1):
        path = folder / f"{number:05}_change.sql"
        path.write_text(text)
        paths.append(path)
    return paths


def history(files: int) -> list[str]:
    """The scripts of a history with that many files."""
    made = _Made()
    return [made.file(number) for number in range(1, files + 1)]


class _Made:
    """What stands so far: tables with their columns."""

    def __init__(self) -> None:
        self._random = random.Random(2025)
        self._tables: dict[str, list[str]] = {}
        self._views = 0

    def file(self, number: int) -> str:
        if len(self._tables) < 3 or self._random.random() < 0.3:
            return f"-- {number}: a table\n" + self._table(number)
        changes = self._random.choices(CHANGES, k=self._random.randint(1, 6))
        return f"-- {number}: changes\n" + "".join(change(self, number * 10 + at) for at, change in enumerate(changes))

    def _some(self) -> str:
        return self._random.choice(list(self._tables))

    def _table(self, number: int) -> str:
        table = f"{self._random.choice(WORDS)}_{number}"
        columns = self._random.sample(COLUMNS, k=self._random.randint(4, 10))
        keys = [self._some() for _ in range(self._random.randint(0, 2))] if self._tables else []
        lines = ["id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY", *columns]
        lines += [f"parent_{at} bigint REFERENCES {to} (id) ON DELETE CASCADE" for at, to in enumerate(keys)]
        names = [line.split()[0] for line in lines]
        self._tables[table] = names
        indexed = self._random.sample(names[1:], k=2)
        return (
            f"CREATE TABLE {table} (\n  " + ",\n  ".join(lines) + "\n);\n"
            + "".join(f"CREATE INDEX {table}_{name}_idx ON {table} ({name});\n" for name in indexed)
            + f"COMMENT ON TABLE {table} IS 'made in {number}';\n"
            + "".join(f"ALTER TABLE {table} ADD CONSTRAINT {table}_{name}_set CHECK ({name} IS NOT NULL) NOT VALID;\n"
                      for name in indexed[:1])
        )  # fmt: skip

    def add_column(self, number: int) -> str:
        table = self._some()
        self._tables[table].append(f"extra_{number}")
        kind = self._random.choice(("integer", "text", "boolean DEFAULT false NOT NULL", "timestamptz DEFAULT now()"))
        return f"ALTER TABLE {table} ADD COLUMN extra_{number} {kind};\n"

    def add_key(self, number: int) -> str:
        table, target = self._some(), self._some()
        self._tables[table].append(f"ref_{number}")
        return (
            f"ALTER TABLE {table} ADD COLUMN ref_{number} bigint;\n"
            f"ALTER TABLE {table} ADD CONSTRAINT ref_{number}_fk FOREIGN KEY (ref_{number}) REFERENCES {target} (id)"
            f"{self._random.choice((' NOT VALID', ''))};\nCREATE INDEX ref_{number}_idx ON {table} (ref_{number});\n"
        )

    def add_index(self, number: int) -> str:
        table = self._some()
        column = self._random.choice(self._tables[table])
        where = self._random.choice(("", f" WHERE {column} IS NOT NULL"))
        return f"CREATE INDEX by_{number} ON {table} ({column}, id){where};\n"

    def fill(self, number: int) -> str:
        table = self._some()
        column = self._random.choice(self._tables[table])
        return f"UPDATE {table} SET {column} = {column} WHERE id > {number} AND {column} IS NOT NULL;\n"

    def widen(self, number: int) -> str:
        table = self._some()
        self._tables[table].append(f"wide_{number}")
        return (
            f"ALTER TABLE {table} ADD COLUMN wide_{number} varchar(50);\n"
            f"ALTER TABLE {table} ALTER COLUMN wide_{number} TYPE varchar(200);\n"
        )

    def drop_column(self, number: int) -> str:
        table = self._some()
        names = [name for name in self._tables[table] if name.startswith("extra_")]
        if not names:
            return self.add_column(number)
        self._tables[table].remove(names[0])
        return f"ALTER TABLE {table} DROP COLUMN {names[0]};\n"

    def require(self, number: int) -> str:
        table = self._some()
        column = self._random.choice(self._tables[table][1:])
        return f"ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL; -- {number}\n"

    def check(self, number: int) -> str:
        table = self._some()
        return f"ALTER TABLE {table} ADD CONSTRAINT positive_{number} CHECK (id > 0 AND length(id::text) < 20);\n"

    def view(self, number: int) -> str:
        table = self._some()
        other = self._some()
        return f"CREATE VIEW view_{number} AS SELECT a.id, b.id AS b FROM {table} a JOIN {other} b ON b.id = a.id;\n"

    def function(self, number: int) -> str:
        table = self._some()
        return (
            f"CREATE FUNCTION touch_{number}() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n  NEW.id := NEW.id;\n"
            f"  RETURN NEW;\nEND\n$$;\nCREATE TRIGGER touch_{number} BEFORE UPDATE ON {table} FOR EACH ROW "
            f"EXECUTE FUNCTION touch_{number}();\n"
        )

    def enum(self, number: int) -> str:
        table = self._some()
        self._tables[table].append(f"kind_{number}")
        return (
            f"CREATE TYPE kind_{number} AS ENUM ('a', 'b', 'c');\n"
            f"ALTER TABLE {table} ADD COLUMN kind_{number} kind_{number};\n"
        )

    def insert(self, number: int) -> str:
        return f"INSERT INTO {self._some()} DEFAULT VALUES; -- {number}\n"


CHANGES = (
    _Made.add_column, _Made.add_column, _Made.add_column, _Made.add_key, _Made.add_index, _Made.add_index, _Made.fill,
    _Made.widen, _Made.drop_column, _Made.require, _Made.check, _Made.view, _Made.function, _Made.enum, _Made.insert,
)  # fmt: skip
