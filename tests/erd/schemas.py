"""Schemas as values: one by hand that holds every trap we know, and any that hypothesis can think of."""

from __future__ import annotations

from hypothesis import strategies as st

from dbtools.erd import DomainPages, Pages
from dbtools.model.expression import Expression, Name, Type
from dbtools.model.objects import (
    Check,
    Column,
    Columns,
    Constraint,
    Enum,
    Exclusion,
    ForeignKey,
    Generated,
    Index,
    IndexKey,
    PartitionBy,
    PartitionOf,
    PrimaryKey,
    Table,
    Unique,
    View,
)
from dbtools.model.schema import Schema

UUID, TEXT, INT, JSONB = Type("uuid"), Type("text"), Type("integer"), Type("jsonb")
TIMESTAMP = Type("timestamp", (3,))


def name(text: str) -> Name:
    namespace, _, local = text.rpartition(".")
    return Name(namespace or "public", local)


def expression(text: str) -> Expression:
    return Expression(text=text, meaning=text)


def columns(*words: str, kind: Type = UUID) -> list[Column]:
    """``owner?`` may be null."""
    return [Column(word.removesuffix("?"), kind, nullable=word.endswith("?")) for word in words]


def primary(*names: str) -> PrimaryKey:
    return PrimaryKey("pkey", names)


def foreign(child: str, target: str, there: str = "id", **more) -> ForeignKey:
    ours = tuple(child.split(","))
    return ForeignKey(f"{'_'.join(ours)}_fkey", ours, name(target), tuple(there.split(",")), **more)


def table(of: str, shown: list[Column], *parts: Constraint | Index, **more) -> Table:
    constraints = tuple(part for part in parts if not isinstance(part, Index))
    indexes = tuple(part for part in parts if isinstance(part, Index))
    return Table(name(of), Columns(shown), constraints, indexes, **more)


def simple(of: str, *targets: str) -> Table:
    """A table with an id, and one foreign key to each target."""
    keys = [foreign(f"{target.rpartition('.')[2]}Id", target) for target in targets]
    return table(of, columns("id", *(key.columns[0] for key in keys)), primary("id"), *keys)


TORTURE = Schema.of(
    [
        table(
            "User",
            [
                Column("id", UUID, nullable=False, default=expression("gen_random_uuid()")),
                Column("email", Type("varchar", (255,)), nullable=False),
                Column("role", Type("Role", namespace="public"), nullable=False, default=expression("'STUDENT'")),
                Column("tags", Type("text", dimensions=1), comment="free-form; 50% of users have ~3 ~tags~ | pipe"),
                *columns("invitedById?"),
                Column("updatedAt", TIMESTAMP, nullable=False),
            ],
            primary("id"),
            Unique("User_email_key", ("email",)),
            foreign("invitedById", "User", on_delete="SET NULL"),
            Check("points", expression("points >= 0 || '`'")),
            Index("lower", (IndexKey(expression=expression("lower(email)")),), unique=True),
            comment='A learner, teacher or "admin"\n- <b>not</b> a list',
            row_security=True,
        ),
        table(
            "Profile",
            [
                *columns("userId"),
                Column("balance", Type("numeric", (12, 2)), nullable=False, default=expression("0")),
                Column("score", Type("double precision"), default=expression("'a' || 'b'")),
            ],
            primary("userId"),
            foreign("userId", "User", on_delete="CASCADE"),
        ),
        table(
            "Course",
            [*columns("id"), Column("slug", TEXT, nullable=False), *columns("ownerId"), Column("meta", JSONB)],
            primary("id"),
            Unique("Course_slug_key", ("slug",)),
            foreign("ownerId", "User", on_delete="RESTRICT"),
            Index("gin", (IndexKey("meta", opclass="jsonb_path_ops"),), method="gin"),
            comment="A course a learner can enrol in.",
        ),
        table(
            "Lesson",
            [*columns("id", "courseId"), *columns("order", kind=INT), *columns("prevId?")],
            primary("id"),
            Unique("Lesson_courseId_order_key", ("courseId", "order")),
            Unique("Lesson_prevId_key", ("prevId",), nulls_distinct=False),
            foreign("courseId", "Course", on_delete="CASCADE"),
            foreign("prevId", "Lesson"),
        ),
        table(
            "UserProgress",
            [
                *columns("userId", "lessonId"),
                Column("status", Type("ProgressStatus", namespace="public"), nullable=False),
                Column("at", TIMESTAMP, nullable=False),
            ],
            primary("userId", "lessonId"),
            foreign("userId", "User"),
            foreign("lessonId", "Lesson"),
        ),
        table(
            "ProgressNote",
            [Column("id", Type("bigint"), nullable=False, identity="always"), *columns("userId", "lessonId?")],
            primary("id"),
            foreign("userId,lessonId", "UserProgress", "userId,lessonId", validated=False, on_update="SET NULL"),
        ),
        table(
            "_CourseToTag_",
            [*columns("A"), *columns("B", kind=INT)],
            primary("A", "B"),
            foreign("A", "Course"),
            foreign("B", "tag", "pk"),
        ),
        table(
            "tag",
            [
                Column("pk", INT, nullable=False, identity="serial"),
                Column("display name", Type("varchar", (64,)), nullable=False),
                Column("color", Type("char", (7,))),
                Column("isActive?", Type("boolean")),
                Column("direction", Type("direction", namespace="public")),
                Column("LRU", Type("direction", namespace="public")),
                Column("2fa", Type("2fa kind", namespace="audit")),
                Column("học phí", Type("numeric", (10, 2)), generated=Generated(expression("price * 2"))),
                Column('"', TEXT),
            ],
            primary("pk"),
            *(
                Unique(f"u{n}", (column,))
                for n, column in enumerate(("display name", "isActive?", "direction", "LRU", "2fa", "học phí", '"'))
            ),
        ),
        table(
            "Follow",
            columns("followerId", "followedId"),
            primary("followerId", "followedId"),
            foreign("followerId", "User"),
            foreign("followedId", "User", enforced=False),
        ),
        table(
            "audit.BehaviorLog",
            [
                Column("id", Type("bigint"), nullable=False, identity="serial"),
                *columns("at", kind=TIMESTAMP),
                *columns("userId?"),
            ],
            primary("id", "at"),
            foreign("userId", "User"),
            Index("recent", (IndexKey("userId"), IndexKey("at", descending=True, nulls_first=True)), include=("id",)),
            Index(
                "some", (IndexKey("userId", nulls_first=True),), where=expression('"userId" IS NOT NULL'), valid=False
            ),
            partition_by=PartitionBy("RANGE", ("at",)),
        ),
        table(
            "audit.BehaviorLog_2026",
            [Column("id", Type("bigint"), nullable=False), Column("at", TIMESTAMP), *columns("userId?", "courseId?")],
            foreign("userId", "User"),
            foreign("courseId", "Course"),
            partition_of=PartitionOf(name("audit.BehaviorLog"), "FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')"),
        ),
        table(
            "direction LR",
            columns("id", "logId?", "__proto__"),
            primary("id"),
            Exclusion("no_overlap", "EXCLUDE USING gist (id WITH =)"),
            foreign("logId", "audit.BehaviorLog_2026"),
            foreign("__proto__", "elsewhere.Gone%"),
            persistence="unlogged",
        ),
        table('1. we%ird \\"quoted\\"', columns("direction LR"), foreign("direction LR", "direction LR")),
        table("we_ird", columns("id"), foreign("id", "a%b")),
        table("a%b", columns("id"), primary("id"), inherits=(name("a_b"),)),
        table("a_b", columns("id", "style: x~y~ `z` **b** <i> ¶ﬂ"), foreign("style: x~y~ `z` **b** <i> ¶ﬂ", "a%b")),
        table("🎓 " + "đ" * 30, columns("pk-x"), foreign("pk-x", "constructor")),
        table("constructor", columns("id"), primary("id"), foreign("id", "__proto__")),
        table("__proto__", columns("id", "fk"), primary("id"), foreign("fk", "to")),
        table("to", columns("id", "title", "end"), primary("id"), foreign("title", "- end"), foreign("end", "class")),
        table("- end", columns("id"), primary("id")),
        table("class", columns("id"), primary("id")),
        table("Tables", columns("id", "x|y"), primary("id"), foreign("x|y", "tables")),
        table("tables", columns("id"), primary("id")),
        table("Nothing-Linked", [], comment="  "),
    ],
    enums=[
        Enum(name("Role"), ("STUDENT", "TEACHER", "ADMIN")),
        Enum(name("ProgressStatus"), ("STARTED", "IN_PROGRESS", "COMPLETED")),
        Enum(name("direction"), ("", "a`b", "c|d")),
    ],
    views=[
        View(name("active_users"), "SELECT 1", mentions=(name("User"), name("gone")), comment="seen lately"),
        View(name("log"), "SELECT 1", materialized=True, mentions=(name("audit.BehaviorLog_2026"),)),
    ],
)

TORTURE_PAGES = Pages(
    domains=(
        DomainPages(
            "learning", ("Course", "Lesson", "*Progress*", "_Course*", "tag"), description="- Courses, `lessons`"
        ),
        DomainPages("identity", ("User", "Profile", "Follow"), title='Id "x" %% direction LR', owner="@identity-team"),
        DomainPages("Audit log", ("audit.*",)),
        DomainPages("other", ("?ables",)),
    ),
    max_tables=6,
)
NASTY = (
    *"pk FK-x uk direction LR title style class classDef click subgraph end accTitle to one __proto__ _x_".split(),
    *'a%b a_b a|b %% a\\b a"b " ` ~x~ <b> #35; 2fa Tables tables tables-1 Diagram x]y(z) isActive? học_phí'.split(),
    *"👩‍💻 ﬂ°°35¶ß --> } { ]:::ghost".split(),
    *("direction LR", "1. x", "- x", "* x", "# x", " ", "a\nb", "a  b", "é" * 31, "%" * 63),
)
TYPES = (
    UUID, TIMESTAMP, Type("numeric", (10, 2)), Type("text", dimensions=1), Type("double precision"),
    Type("geometry", ("Point", 4326)), Type("interval", ("day to second", 3)), Type("my direction", namespace="public"),
    Type("2fa%", namespace="audit"), Type("pk", namespace="public"), Type("loại", namespace="public"),
)  # fmt: skip


def fits(text: str) -> bool:
    """PostgreSQL keeps 63 bytes of a name."""
    return 0 < len(text.encode()) <= 63


@st.composite
def tables(draw: st.DrawFn, own: Name, names: list[Name]) -> Table:
    words = draw(st.lists(WORDS, max_size=6, unique=True))
    shown = [Column(word, draw(st.sampled_from(TYPES)), draw(st.booleans()), comment=draw(COMMENTS)) for word in words]
    constraints: list[Constraint] = []
    if words:
        some = st.lists(st.sampled_from(words), min_size=1, max_size=2, unique=True).map(tuple)
        targets = st.sampled_from([*names, Name("gone", "%")])
        keys = draw(st.lists(st.tuples(some, targets, st.booleans()), max_size=5))
        constraints = [
            ForeignKey(f"f{n}", ours, target, tuple("x" for _ in ours), enforced=enforced)
            for n, (ours, target, enforced) in enumerate(keys)
        ]
        constraints += [Unique(f"u{n}", some_words) for n, some_words in enumerate(draw(st.lists(some, max_size=2)))]
    return Table(own, Columns(shown), tuple(constraints), comment=draw(COMMENTS))


@st.composite
def schemas(draw: st.DrawFn) -> Schema:
    """Any tables, with any legal names, that refer to each other in any way."""
    names = [Name("public", word) for word in draw(st.lists(WORDS, max_size=9, unique=True))]
    names += [Name("audit", "pk")] if draw(st.booleans()) else []
    return Schema.of([draw(tables(own, names)) for own in names])


WORDS = st.sampled_from(NASTY) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")).filter(fits)
COMMENTS = st.none() | st.sampled_from(
    ("", " ", "- a\n- b", "a | b", "===", "<!-- dbtools:keep notes -->", "1. [x](y#z)")
)
