"""SQLAlchemy models read as the database that SQLAlchemy itself would build, and nothing of them is run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbtools.errors import SourceError
from dbtools.model.expression import Name, Type
from dbtools.model.finding import Location
from dbtools.model.objects import Column, ColumnRef, Index, Table
from dbtools.model.reader import ASPECTS, Reader, Reading
from dbtools.sources import sqlalchemy_import
from dbtools.sources.migrations import read_texts as read_migrations
from dbtools.sources.sqlalchemy import read, read_texts
from tests.steps import steps

ROOT = Path(__file__).parents[2]
DATA = Path(__file__).parent / "data" / "sqlalchemy"
BASE = """
import enum
import os
from datetime import datetime
from typing import Annotated, Any, Optional
import sqlalchemy as sa
from sqlalchemy import *
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import *
from company import Mixin, magic, Money

class Base(DeclarativeBase):
    pass
"""
KEY = "id: Mapped[int] = mapped_column(primary_key=True)"
T = f"class T(Base):\n    __tablename__ = 't'\n    {KEY}\n"
SHORT = "def short(n=5):\n    if n is None:\n        n = 1\n    return Column(String(n))"
LOOP = "def column_of(kind):\n    for name in ('a', 'id'):\n        if name == kind:\n            return Column(Text)"
MADE = "def made(*args, **kwargs):\n    kwargs.setdefault('index', True)\n    return mapped_column(*args, **kwargs)"
USER = """
class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
"""


@pytest.fixture(autouse=True)
def _python(monkeypatch):
    monkeypatch.setenv(sqlalchemy_import.PYTHON, sys.executable)


def said(**files: str) -> Reading:
    return read_texts({f"{name}.py": text for name, text in files.items()}, "models")


def model(*lines: str, before: str = "") -> Reading:
    body = "\n    ".join(('__tablename__ = "t"', "id: Mapped[int] = mapped_column(primary_key=True)", *lines))
    return said(m=f"{BASE}{before}\nclass T(Base):\n    {body}\n")


def table(reading: Reading, name: str = "t") -> Table:
    return reading.schema.tables[Name("public", name)]


def column(line: str, before: str = "") -> Column:
    reading = model(line, before=before)
    assert reading.unknown == ()
    return table(reading).columns[-1]


def index(line: str) -> Index:
    reading = model("a: Mapped[str]", "b: Mapped[int]", f"__table_args__ = ({line},)")
    assert reading.unknown == ()
    (found,) = table(reading).indexes
    return found


def unread(reading: Reading) -> list[tuple[str, str, str]]:
    return [(str(each.ref or ""), each.aspect, each.what) for each in reading.unknown]


# What SQLAlchemy prints ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["all_types.py", "keys.py", "shop"])
def test_what_is_read_is_what_sqlalchemy_prints(name):
    static = read(DATA / name)
    printed = sqlalchemy_import.read(name.removesuffix(".py"), DATA)
    assert static.unknown == ()
    assert static.schema.tables.keys() == printed.schema.tables.keys()
    for each, found in printed.schema.tables.items():
        assert {one.name: one for one in static.schema.tables[each].columns} == {one.name: one for one in found.columns}
        assert static.schema.tables[each] == found
    assert static.schema == printed.schema


@pytest.mark.parametrize("name", ["all_types.py", "keys.py", "shop"])
def test_the_client_fills_in_the_same_when_it_is_imported(name):
    static = read(DATA / name)
    printed = sqlalchemy_import.read(name.removesuffix(".py"), DATA)
    assert static.client_defaults.keys() == printed.client_defaults.keys()


def test_the_models_of_the_reference_project_are_its_migrations():
    ups = {path.as_posix(): path.read_text(encoding="utf-8") for path in (ROOT / "migrations").glob("*.up.sql")}
    reading = read(ROOT / "schema" / "models.py")
    assert reading.unknown == ()
    assert reading.schema == read_migrations(ups, "migrations").schema


def test_the_reference_models_are_what_sqlalchemy_prints():
    assert read(ROOT / "schema" / "models.py").schema == sqlalchemy_import.read("models", ROOT / "schema").schema


# Where, who, what else ----------------------------------------------------------------------------


def test_every_table_column_and_enum_says_where_it_was_written():
    reading = read(DATA / "shop")
    wanted = {ColumnRef(enum) for enum in reading.schema.enums}
    for name, found in reading.schema.tables.items():
        wanted |= {ColumnRef(name), *(ColumnRef(name, each.name) for each in found.columns)}
    assert wanted <= reading.origins.keys()
    place = reading.origins[ColumnRef(Name("public", "orders"), "created_at")]
    line = Path(place.path).read_text(encoding="utf-8").splitlines()[place.line - 1]
    assert line[place.column - 1 :].startswith("created_at: Mapped[stamp]")


def test_a_model_reads_and_writes_its_columns():
    reading = said(m=BASE + USER)
    ref = ColumnRef(Name("public", "users"), "name")
    assert Reader(ref, "SQLAlchemy model User", Location("m.py", 18, 5), "reads and writes") in reading.readers


def test_a_core_table_reads_its_columns_too():
    reading = said(m=f'{BASE}\nlog = Table("log", Base.metadata, Column("id", Integer, primary_key=True))')
    assert [reader.source for reader in reading.readers] == ["SQLAlchemy table log"]


@pytest.mark.parametrize(
    ("line", "default"),
    [
        ("x: Mapped[int] = mapped_column(default=5)", "default=5"),
        ("x: Mapped[int] = mapped_column(insert_default=func.random())", "insert_default=func.random()"),
        ("x: Mapped[datetime] = mapped_column(default=datetime.now)", "default=datetime.datetime.now"),
        ("x: Mapped[int] = mapped_column(default=lambda: 5)", "default=a lambda"),
        ("x: Mapped[Optional[int]] = mapped_column(default=None)", ""),
        ("x: Mapped[int] = mapped_column(onupdate=5)", ""),
        ("x: Mapped[int] = mapped_column(server_default='5')", ""),
    ],
)
def test_what_the_client_fills_in_on_insert_is_told_from_what_the_database_does(line, default):
    reading = model(line)
    assert reading.client_defaults.get(ColumnRef(Name("public", "t"), "x"), "") == default
    assert (table(reading).columns[-1].default is None) is ("server_default" not in line)


def test_it_can_say_all_but_what_sqlalchemy_has_no_word_for():
    assert said(m=BASE + USER).expressible == ASPECTS - {"view", "insert", "ts type"}


# Python followed without running it -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "before", "kind"),
    [
        ("x = Column(String(N * 2))", "N = 10", Type("varchar", (20,))),
        ("x = Column(String(SIZES['name']))", "SIZES = {**{'name': 7}, 'other': 3}", Type("varchar", (7,))),
        ("x = Column(String(max_length))", "max_length, other = 8, 9", Type("varchar", (8,))),
        ("x = short()", SHORT, Type("varchar", (5,))),
        ("x = short(n=6)", "short = lambda n: Column(String(n))", Type("varchar", (6,))),
        ("x = column_of('id')", LOOP, Type("text")),
        ("x = made(String(4), nullable=False)", MADE, Type("varchar", (4,))),
        ("x: Mapped[name]", "name = Annotated[str, mapped_column(String(9))]", Type("varchar", (9,))),
        ("x: 'Mapped[Optional[str]]'", "", Type("varchar")),
        ("x: Mapped['datetime | None']", "", Type("timestamp")),
        ("x = Column(Integer if True else Text)", "", Type("integer")),
        ("x: sa.orm.Mapped[int]", "", Type("integer")),
        ("x = sa.Column(sa.types.Numeric(precision=5, scale=1))", "", Type("numeric", (5, 1))),
    ],
)  # fmt: skip
def test_constants_helpers_and_aliases_are_followed(line, before, kind):
    assert column(line, before).type == kind


def test_names_are_followed_across_files_in_every_way_of_importing():
    base = "from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase): pass\n__all__ = ['Base']"
    files = {
        "src/app/__init__.py": "",
        "src/app/db/__init__.py": "from .base import *",
        "src/app/db/base.py": base,
        "src/app/mixins.py": "from sqlalchemy.orm import Mapped\nclass Named:\n    name: Mapped[str]",
        "src/app/models.py": "import app.mixins as m\nfrom sqlalchemy.orm import Mapped, mapped_column as mc\n"
        "from .db import Base as B\nclass T(m.Named, B):\n    __tablename__ = 't'\n"
        "    id: Mapped[int] = mc(primary_key=True)",
        "src/app/more.py": "from app import models\nfrom app.models import T\nfrom sqlalchemy import *\n"
        "u = Table('u', T.metadata, Column('t', ForeignKey(models.T.id), primary_key=True))",
    }
    reading = read_texts(files, "src")
    assert reading.unknown == ()
    assert [each.name for each in table(reading).columns] == ["name", "id"]
    assert table(reading, "u").foreign_keys[0].target == Name("public", "t")


def test_a_module_of_the_project_does_not_hide_one_of_python():
    files = {"app/datetime.py": "nothing = 1", "app/models.py": BASE + USER + "    at: Mapped[datetime]\n"}
    assert table(read_texts(files, "app"), "users").columns[-1].type == Type("timestamp")


def test_nothing_of_the_models_is_run(tmp_path):
    trap = tmp_path / "trap"
    text = f"{BASE}\nopen({str(trap)!r}, 'w').write('run')\n{USER}"
    assert table(read_texts({"m.py": text}, "m"), "users").columns
    assert not trap.exists()


def test_what_is_there_for_type_checkers_only_does_not_hide_what_is_there():
    text = BASE.replace(
        "class Base(DeclarativeBase):\n    pass",
        "if TYPE_CHECKING:\n    Base = Any\nelse:\n    Base = declarative_base()",
    )
    assert table(said(m=text + USER), "users").columns


def test_a_name_in_a_class_may_hide_what_it_is_made_of():
    base = "class Base(DeclarativeBase):\n    registry = registry(type_annotation_map={str: Text})"
    found = table(said(m=BASE.replace("class Base(DeclarativeBase):\n    pass", base) + USER), "users")
    assert found.column("name").type == Type("text")


def test_models_inside_of_migrations_are_history():
    migration = f"down_revision: str = 'a'\n{BASE}{USER.replace('name', 'old_name')}"
    found = table(said(a=migration, m=BASE + USER), "users")
    assert [each.name for each in found.columns] == ["id", "name"]


def test_flask_sqlalchemy_names_tables_by_itself():
    text = (
        "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass BlogPost(db.Model):\n"
        "    id = db.Column(db.Integer, primary_key=True)\n    title = db.Column(db.String(80), nullable=False)\n"
    )
    found = table(said(m=text), "blog_post")
    assert [(each.name, each.nullable) for each in found.columns] == [("id", False), ("title", False)]


def test_fields_of_sqlmodel_are_columns():
    reading = read(DATA.parent / "sqlmodel" / "fields.py")
    assert reading.unknown == ()
    assert {name.local for name in reading.schema.tables} == {"teams", "hero"}
    hero = {each.name: each for each in table(reading, "hero").columns}
    assert {name: (str(each.type), each.nullable) for name, each in hero.items()} == {
        "id": ("uuid", False), "name": ("varchar(50)", False), "secret": ("varchar", False), "age": ("integer", True),
        "note": ("varchar", True), "team_id": ("integer", True), "kind": ("kind", False), "free": ("numeric", False),
        "price": ("numeric(8,2)", False), "born": ("date", False), "made": ("timestamp", False),
        "took": ("interval", True), "data": ("json", False), "long": ("text", False), "ok": ("boolean", False),
        "rate": ("double precision", False),
    }  # fmt: skip
    (key,) = table(reading, "hero").foreign_keys
    assert (key.columns, key.target, key.on_delete) == (("team_id",), Name("public", "teams"), "SET NULL")
    assert {ref.column for ref in reading.client_defaults} == {"id", "kind", "price", "rate", "ok", "city"}
    assert [each.name for each in table(reading, "hero").indexes] == ["ix_hero_age", "ix_hero_name"]


def test_what_depends_on_the_version_of_sqlmodel_is_unknown():
    text = (
        "from datetime import datetime\nfrom sqlmodel import *\nclass T(SQLModel, table=True):\n"
        "    id: int = Field(primary_key=True)\n    at: datetime\n"
    )
    assert [(ref, aspect) for ref, aspect, _ in unread(said(m=text))] == [("t.at", "type")]


def test_a_registry_maps_classes_that_it_decorates():
    text = (
        "from sqlalchemy.orm import *\nreg = registry()\n@reg.mapped\nclass A:\n    __tablename__ = 'a'\n"
        "    id: Mapped[int] = mapped_column(primary_key=True)\n@reg.mapped_as_dataclass\nclass B:\n"
        "    __tablename__ = 'b'\n    id: Mapped[int] = mapped_column(primary_key=True, init=False)\n"
    )
    assert {name.local for name in said(m=text).schema.tables} == {"a", "b"}


def test_a_naming_convention_may_be_set_afterwards():
    text = f"{BASE}\nBase.metadata.naming_convention = {{'pk': 'key_of_%(table_name)s'}}\n{USER}"
    assert table(said(m=text), "users").primary_key.name == "key_of_users"


def test_an_index_for_one_database_only_is_read_where_that_is_postgresql():
    assert index("Index('i', 'b').ddl_if(dialect='postgresql'), Index('j', 'b').ddl_if(dialect='mysql')").name == "i"


def test_a_descending_key_starts_with_nulls():
    (key,) = index("Index('i', b.desc())").keys
    assert (key.column, key.descending, key.nulls_first) == ("b", True, True)


# What is not known ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "column_name", "aspect"),
    [
        ("x = Column(Money)", "x", "type"),
        ("x: Mapped[magic]", "x", "type"),
        ("x: Mapped[dict[str, Any]]", "x", "type"),
        ("x = Column(String(int(os.environ['SIZE'])))", "x", "type"),
        ("x = Column(Enum('a', 'b'))", "x", "type"),
        ("x = Column(Enum(*magic()))", "x", ""),
        ("x: Mapped[int] = mapped_column(server_default=magic())", "x", "default"),
        ("x: Mapped[int] = mapped_column(server_default=5)", "x", "default"),
        ("x: Mapped[str] = mapped_column(nullable=magic())", "x", "nullability"),
        ("x: Mapped[str] = mapped_column(unique=magic())", "x", "unique"),
        ("x: Mapped[str] = mapped_column(index=os.getenv('I'))", "x", "index"),
        ("x: Mapped[str] = mapped_column(comment=magic())", "x", "comment"),
        ("x: Mapped[int] = mapped_column(Computed('id * 2'))", "x", "generated"),
        ("x: Mapped[int] = mapped_column(ForeignKey('nowhere.id'), type_=Integer)", "x", "foreign key"),
        ("x: Mapped[int] = mapped_column(Integer, ForeignKey('t.nothing'))", "x", "foreign key"),
        ("x: Mapped[int] = mapped_column(Integer, ForeignKey('t.id', ondelete='EXPLODE'))", "x", "foreign key"),
        ("x: Mapped[str] = magic()", "x", ""),
        ("__table_args__ = (UniqueConstraint('nothing'),)", "", "unique"),
        ("__table_args__ = (CheckConstraint(magic()),)", "", "check"),
        ("__table_args__ = (Index('i', magic('id')),)", "", "index"),
        ("__table_args__ = (Index('i', 'nothing'),)", "", "index"),
        ("__table_args__ = (magic(),)", "", ""),
        ("__table_args__ = (ForeignKeyConstraint(['id'], ['a.b', 'a.c']),)", "", "foreign key"),
    ],
)  # fmt: skip
def test_what_cannot_be_evaluated_is_unknown_with_its_place_and_the_rest_is_read(line, column_name, aspect):
    reading = model("name: Mapped[str]", line)
    (found,) = [each for each in reading.unknown if each.aspect == aspect]
    assert found.ref == ColumnRef(Name("public", "t"), column_name)
    assert found.location.path == "m.py"
    assert "name: Mapped[str]" in reading.schema.tables or table(reading).column("name").type == Type("varchar")
    lines = BASE.count("\n") + 1
    assert lines + 4 <= found.location.line <= lines + 5 or not column_name
    assert (reading.schema.uncertain == {Name("public", "t")}) is (not aspect)


def test_a_base_that_is_not_among_the_files_makes_its_tables_uncertain():
    reading = said(m=f"{BASE}{USER}\n{T.replace('(Base)', '(Mixin, Base)')}")
    assert "company.Mixin is not among the files" in unread(reading)[0][2]
    assert reading.schema.uncertain == {Name("public", "t")}
    assert not reading.schema.complete


def test_a_missing_declarative_base_is_named_once():
    text = "from app.db import Base\nfrom sqlalchemy.orm import *\n" + "".join(
        f"class T{n}(Base):\n    __tablename__ = 't{n}'\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
        for n in range(3)
    )
    reading = said(m=text)
    assert len(reading.unknown) == 1
    assert len(reading.schema.tables) == len(reading.schema.uncertain) == 3


def test_two_classes_with_one_table_are_reported_and_the_first_counts():
    reading = said(m=BASE + USER + USER.replace("class User", "class Other").replace("name:", "title:"))
    assert [what for _, _, what in unread(reading)] == ["the table users is defined twice, first at m.py:15"]
    assert table(reading, "users").column("name") is not None


def test_an_enum_with_other_labels_under_the_same_name_is_reported():
    reading = model("x = Column(sa.Enum('a', name='e'))", "y = Column(sa.Enum('b', name='e'))")
    assert [(ref, aspect) for ref, aspect, _ in unread(reading)] == [("t.y", "enum")]


def test_broken_python_costs_only_its_statement():
    reading = said(m=f"{BASE}{USER}\ndef broken(:\n    pass\n\n{T}")
    assert {name.local for name in reading.schema.tables} == {"users", "t"}
    (found,) = reading.unknown
    assert (found.location.line, found.what.startswith("Python cannot parse it")) == (20, True)
    assert not reading.schema.complete


def test_newer_python_is_read_by_an_older_one():
    text = (
        f"{BASE}\ntype Name = str\nclass Box[T](Base):\n    __abstract__ = True\n    name: Mapped[Name]\n"
        "class T(Box):\n    __tablename__ = 't'\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
        "    def load[X](self, x: X) -> X:\n        try:\n            return x\n        except ValueError, TypeError:\n"
        "            raise\n"
    )
    reading = said(m=text)
    assert reading.unknown == ()
    assert {each.name: each.type for each in table(reading).columns} == {"name": Type("varchar"), "id": Type("integer")}


def test_a_table_in_a_function_that_nothing_calls_is_told_and_one_that_is_called_is_read():
    make = """from sqlalchemy import Column, Integer, MetaData, Table
m = MetaData()
def make(name):
    return Table(name, m, Column("id", Integer, primary_key=True))
def never():
    return Table("u", m, Column("id", Integer, primary_key=True))
def reflected():
    return Table("v", m, autoload_with=engine)
t = make("t")
"""
    reading = said(m=make)
    assert {name.local for name in reading.schema.tables} == {"t"}
    assert [(unread.location.line, unread.what) for unread in reading.unknown] == [
        (6, "a table that never() makes, which nothing in these files calls")
    ]
    assert not reading.schema.complete


def test_names_and_functions_that_need_themselves_are_unknown():
    before = "a = b\nb = a\ndef loop(n):\n    return loop(n)\n"
    reading = model("x = Column(String(a))", "y = Column(String(loop(1)))", before=before)
    assert [(ref, "defined by itself" in what) for ref, _, what in unread(reading)] == [("t.x", True), ("t.y", True)]


def test_modules_that_import_each_other_are_read():
    files = {
        "a.py": "from b import *\nfrom b import Y\nfrom sqlalchemy.orm import *\nclass Base(DeclarativeBase): pass\n"
        + USER,
        "b.py": "from a import Base\nfrom a import *\nfrom b import Z\nfrom sqlalchemy.orm import *\n"
        + USER.replace("users", "b"),
    }
    assert {name.local for name in read_texts(files, "x").schema.tables} == {"users", "b"}


def test_what_would_take_for_ever_is_unknown():
    doubling = "\n".join(f"def f{n}(x):\n    return f{n + 1}(x + x) + f{n + 1}(x + 'a')" for n in range(40))
    before = f"{doubling}\ndef f40(x):\n    return x\nimport re\n"
    reading = model("x = Column(String(f0('a')))", "y = Column(re.sub('(a+)+$', '', 'a' * 50), Text)", before=before)
    assert {ref for ref, _, _ in unread(reading)} == {"t.x", "t.y"}


@pytest.mark.parametrize("text", ["", "x = 1", "# nothing", "SELECT 1;", "class A:\n    pass", "\x00"])
def test_what_holds_no_model_is_refused_with_a_hint(text):
    with pytest.raises(SourceError, match="models holds no SQLAlchemy model") as caught:
        said(m=text)
    assert "declarative base" in caught.value.hint


def test_a_missing_file_an_empty_folder_and_bytes_are_refused(tmp_path):
    (tmp_path / "x.py").write_bytes(b"\xff\xfe")
    for where in (tmp_path / "none.py", tmp_path / "x.py"):
        with pytest.raises(SourceError, match="cannot be read"):
            read(where)
    (tmp_path / "x.py").unlink()
    with pytest.raises(SourceError, match="holds no"):
        read(tmp_path)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_to_a_model_is_ever_a_crash(data):
    text = (DATA / "keys.py").read_text(encoding="utf-8")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 200)))
    wreck = text[:start] + data.draw(st.text("{}[]()\"'=,:*\n Aa1._-|", max_size=6)) + text[end:]
    try:
        reading = read_texts({"keys.py": wreck}, "keys")
    except SourceError as error:
        assert error.hint  # noqa: PT017 - refusing is one of two right answers
    else:
        assert all(each.location.line >= 1 for each in reading.unknown)


def test_the_work_grows_with_the_models_not_with_their_square():
    def reading(models):
        text = BASE + "".join(USER.replace("User", f"U{n}").replace("users", f"u{n}") for n in range(models))
        return steps(lambda: said(m=text))

    reading(10)  # what is imported on the way counts for neither
    assert reading(400) < 5 * reading(100)


# Imported -------------------------------------------------------------------------------------------


def test_models_can_be_imported_when_that_is_asked_for():
    reading = sqlalchemy_import.read("shop:Base", DATA)
    place = reading.origin(ColumnRef(Name("public", "orders"), "total"))
    assert reading.kind == "sqlalchemy+import"
    assert place.path == "shop/models.py"
    assert Path(DATA / place.path).read_text(encoding="utf-8").splitlines()[place.line - 1].startswith("class Order(")
    assert {reader.source for reader in reading.readers if reader.column.table.local == "orders"} == {
        "SQLAlchemy model Order"
    }


@pytest.mark.parametrize(
    ("text", "target", "says"),
    [
        ("raise RuntimeError('no database')", "m", "RuntimeError: no database"),
        ("import nothing_like_it", "m", "No module named 'nothing_like_it'"),
        ("x = 1", "m", "m has no MetaData with tables"),
        ("x = 1", "m:y", "has no attribute 'y'"),
        ("x = 1", "other", "No module named 'other'"),
        ("import os; os._exit(3)", "m", "Python exited with 3"),
        ("import time; time.sleep(60)", "m", "took longer than 1 seconds"),
    ],
)
def test_an_import_that_fails_says_why_and_what_to_do(tmp_path, text, target, says):
    (tmp_path / "m.py").write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=says) as caught:
        sqlalchemy_import.read(target, tmp_path, 1 if "sleep" in text else 60)
    assert "DBTOOLS_PYTHON" in caught.value.hint


def test_what_the_models_print_is_no_part_of_what_they_say(tmp_path):
    text = f"print('{{}}')\n{BASE.replace('from company import Mixin, magic, Money', '')}{USER}"
    (tmp_path / "m.py").write_text(text, encoding="utf-8")
    assert table(sqlalchemy_import.read("m", tmp_path), "users").column("name") is not None


def test_the_environment_of_the_project_imports_its_models(tmp_path, monkeypatch):
    monkeypatch.delenv(sqlalchemy_import.PYTHON)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    assert sqlalchemy_import.python_of(tmp_path) == str(tmp_path / ".venv" / "bin" / "python")


# As a user calls it ---------------------------------------------------------------------------------


def dbtools(folder, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "dbtools", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def project(tmp_path):
    """A project whose models say what its migration does."""
    root = tmp_path / "project"
    (root / "migrations").mkdir(parents=True)
    (root / "migrations" / "0001_users.sql").write_text(
        "CREATE TABLE users (id serial PRIMARY KEY, name varchar NOT NULL);", encoding="utf-8"
    )
    (root / "models.py").write_text(
        "from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column\n\n\n"
        f"class Base(DeclarativeBase):\n    pass\n\n{USER}",
        encoding="utf-8",
    )
    (root / "dbtools.yaml").write_text(
        "sources:\n  migrations: migrations\n  sqlalchemy: models.py\n  sqlalchemy+import: models:Base\n", "utf-8"
    )
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "start"]):
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *identity, *command], cwd=root, check=True, capture_output=True)
    return root


def test_drift_agrees_where_models_and_migrations_do(project):
    done = dbtools(project, "drift")
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 sources agree on 1 table, 2 columns" in done.stdout


def test_drift_finds_what_the_models_say_otherwise(project):
    models = project / "models.py"
    models.write_text(models.read_text("utf-8").replace("name: Mapped[str]", "name: Mapped[str | None]"), "utf-8")
    done = dbtools(project, "drift", "--format", "json", "migrations:migrations", "sqlalchemy:models.py")
    (finding,) = json.loads(done.stdout)["findings"]
    assert (finding["rule"], finding["table"], finding["object"]) == ("nullability", "users", "name")


def test_lint_names_the_model_that_reads_a_dropped_column(project):
    path = project / "migrations" / "0002_drop.sql"
    path.write_text("ALTER TABLE users DROP COLUMN name;", "utf-8")
    done = dbtools(project, "lint")
    assert "SQLAlchemy model User (models.py:" in " ".join(done.stdout.split())


def test_lint_never_runs_the_models(project):
    models = project / "models.py"
    models.write_text(models.read_text("utf-8") + "\nopen('trap', 'w').close()\n", "utf-8")
    (project / "migrations" / "0002_drop.sql").write_text("ALTER TABLE users DROP COLUMN name;", "utf-8")
    dbtools(project, "lint")
    assert not (project / "trap").exists()
    dbtools(project, "drift")
    assert (project / "trap").exists()
