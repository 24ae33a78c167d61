"""Every legal name and every type: what a language for diagrams could trip over, all in one schema."""

from __future__ import annotations

from dbtools.model.expression import Name, Type
from dbtools.model.objects import Column, Columns, ForeignKey, PrimaryKey, Table, Unique
from dbtools.model.schema import Schema
from tests.erd.schemas import NASTY, TYPES

# What Mermaid's grammar, Markdown and HTML have words of their own for; a name in PostgreSQL may be any of them.
KEYWORDS = (
    *"erDiagram entity as is default style only one zero many more u 1 0+ 1+ TB BT RL LR accDescr flowchart".split(),
    *"select from user table order group primary foreign references check null true NaN toString valueOf".split(),
    *("one or more", "zero or one", "only one", "many(1)", "optionally to", "accDescr {", "%%{init: {}}%%", "title: x"),
    *("direction", "direction TB", "DIRECTION  rl", "x direction LR y", "my_direction LR", "class a b", "classDef x y"),
    *("||--o{", "}o..o{", "|o", "..", "...", "---", "a--b", "end-user", "to-do", "u-boat", "class-room", "2fa_tokens"),
    *("#quot;", "#34", "&quot;", "&amp;lt;", "$$x^2$$", "$$", "fa:fa-user", "<br/>", "</script>", "<img src=x>"),
    *("javascript:alert(1)", "https://example.org/a?b=c&d=e", "www.example.org", "a@b.org", "[x](y)", "![x](y)"),
    *("`code`", "```", "**b**", "*i*", "__b__", "a_b_c", "_a_b_", "~~s~~", "List~int~", "a^b", "a\\nb", "\\", '\\"'),
    *(
        "1) x",
        "12. x",
        "+ x",
        "> x",
        "=",
        "| x |",
        "x;y",
        "x,y",
        "it's",
        "(x)",
        "[x]",
        "{x}",
        "x:y",
        "?",
        "!",
        "%",
        "@",
    ),
    *(
        "học phí",
        "学费",
        "العربية",
        "עברית",
        "กำไร",
        "हिन्दी",
        "e\u0301",
        "\u00a0",
        "\u200b",
        "🎓",
        "👩‍💻 team",
        "ǅ",
        "ß",
        "½",
        "²",
    ),
    *("x" * 63, "đ" * 31, "🎓" * 15, "word " * 12 + "end", "CamelCase", "UPPER", "x\ty", "\u2028", "\u202eabc"),
)
WORDS = tuple(dict.fromkeys((*NASTY, *KEYWORDS)))
# Every way to write a type: modifiers, words, arrays, namespaces, and whatever a user may have called one.
EVERY_TYPE = (
    *TYPES,
    *map(Type, "smallint bigint real money bytea date xml json cidr inet macaddr tsvector tsquery point".split()),
    *map(Type, "int4range int4multirange pg_lsn bit oid regclass name hstore citext ltree record void".split()),
    Type("timestamp", (0,)), Type("timestamptz", (6,)), Type("time", (3,)), Type("timetz"), Type("interval"),
    Type("varchar", (10485760,)), Type("varchar"), Type("char", (1,)), Type("bit", (8,)), Type("varbit", (8,)),
    Type("numeric"), Type("numeric", (10, -2)), Type("numeric", (10, 2), dimensions=2), Type("vector", (1536,)),
    Type("geography", ("Point", 4326)), Type("double precision", dimensions=1), Type("timestamp", (3,), dimensions=1),
    Type("interval", ("year to month",)),
    *(Type(word, namespace="public") for word in WORDS),
    *(Type(word, namespace="my.schema", dimensions=1) for word in ("kind", "2 kinds", "%", "đ" * 31)),
)  # fmt: skip


def every_name() -> Schema:
    """A table of each name, with keys by these names from one to the next, and columns of every type."""
    return Schema.of([_table(place) for place in range(len(WORDS))])


def _table(place: int) -> Table:
    own, key, other = (WORDS[place - back] for back in (0, 7, 3))
    kinds = EVERY_TYPE[place :: len(WORDS)]
    more = [f"{n} {other}"[:15] for n in range(len(kinds))]
    shown = [Column(key, kinds[0], nullable=place % 2 == 0), Column(other, kinds[-1], nullable=False, comment=own)]
    namespace = "my.schema" if place % 4 == 0 else "public"
    target = Name("gone" if place % 5 == 0 else "my.schema" if (place - 1) % 4 == 0 else "public", WORDS[place - 1])
    return Table(
        Name(namespace, own),
        Columns([*shown, *(Column(name, kind) for name, kind in zip(more, kinds, strict=True))]),
        (
            PrimaryKey("p", (other,)),
            *(Unique(f"u{n}", (name,)) for n, name in enumerate((key, *more))),
            ForeignKey("f", (key,), target, ("x",)),
            ForeignKey("g", (other, key), Name(namespace, own), (other, key), enforced=place % 3 == 0),
        ),
        comment=own,
    )
