"""Mappings and sets of which copies are cheap are mappings and sets all the same, and so are their indexes."""

import pickle

from hypothesis import given
from hypothesis import strategies as st

from dbtools.model.apply import apply
from dbtools.model.entries import Entries, Members
from dbtools.model.found import Opaques, Tables, Views
from dbtools.model.schema import Schema
from dbtools.sql.walk import fold, statements

KEYS = st.integers(0, 40)
CHANGES = st.lists(st.tuples(st.booleans(), KEYS, st.integers()), max_size=120)


@given(CHANGES)
def test_entries_are_what_a_dict_would_be_and_earlier_copies_stay_as_they_were(changes):
    plain, entries, before = {}, Entries(), []
    for adds, key, value in changes:
        before.append((entries, dict(plain)))
        if adds:
            plain[key] = value
            entries = entries.having(key, value)
        else:
            plain.pop(key, None)
            entries = entries.without(key)
    for found, wanted in [*before, (entries, plain)]:
        assert found == wanted
        assert len(found) == len(wanted)
        assert dict(found.items()) == wanted
        assert [found.get(key) for key in range(41)] == [wanted.get(key) for key in range(41)]
        assert [key in found for key in range(41)] == [key in wanted for key in range(41)]


@given(CHANGES)
def test_members_are_what_a_set_would_be(changes):
    plain, members = set(), Members()
    for adds, member, other in changes:
        if adds:
            plain |= {member, other}
            members = members.having(member, other)
        else:
            plain -= {member}
            members = members.without(member)
        assert members == plain
        assert hash(members) == hash(frozenset(plain))
    assert members | {99} == plain | {99}
    assert {1, 2, 3} - members == {1, 2, 3} - plain


def test_entries_keep_the_order_in_which_they_came():
    entries = Entries()
    for number in range(100):
        entries = entries.having(number, number)
    assert list(entries.having(3, "again")) == list(range(100))
    assert list(pickle.loads(pickle.dumps(entries))) == list(range(100))


WORDS = st.sampled_from(("a", "b", "c", "d"))
SQL = st.one_of(
    st.builds("CREATE TABLE {} (id int PRIMARY KEY, x int REFERENCES {}, k kind);".format, WORDS, WORDS),
    st.builds("CREATE TABLE {} PARTITION OF {} DEFAULT;".format, WORDS, WORDS),
    st.builds("CREATE TABLE {} (id int) PARTITION BY LIST (id);".format, WORDS),
    st.builds("CREATE VIEW {} AS SELECT * FROM {};".format, WORDS, WORDS),
    st.builds("CREATE TRIGGER {} BEFORE UPDATE ON {} FOR EACH ROW EXECUTE FUNCTION f();".format, WORDS, WORDS),
    st.builds("ALTER TABLE {} RENAME TO {};".format, WORDS, WORDS),
    st.builds("ALTER TABLE {} ADD COLUMN {} int UNIQUE;".format, WORDS, WORDS),
    st.builds("ALTER TABLE {} DROP COLUMN {} CASCADE;".format, WORDS, st.sampled_from(("id", "x", "k", "a"))),
    st.builds("ALTER TABLE {} INHERIT {};".format, WORDS, WORDS),
    st.builds("CREATE INDEX {} ON {} (id);".format, WORDS, WORDS),
    st.builds("DROP TABLE {} CASCADE;".format, WORDS),
    st.builds("DROP VIEW {} CASCADE;".format, WORDS),
    st.sampled_from(("CREATE TYPE kind AS ENUM ('x');", "DROP TYPE kind CASCADE;", "ALTER TYPE kind RENAME TO sort;")),
)


@given(st.lists(SQL, max_size=25))
def test_an_index_that_was_kept_up_to_date_finds_what_one_made_anew_finds(script):
    schema = Schema()
    list(schema.owning(next(iter(fold(Schema(), ["CREATE TABLE z (id int);"]).tables))))  # from here on it is kept
    for sql in script:
        for statement in statements(sql):
            for operation in statement.operations:
                schema = apply(schema, operation)
        for kept, kind in ((schema.tables, Tables), (schema.views, Views), (schema.opaques, Opaques)):
            anew = kind(dict(kept))
            names = {name for value in kept.values() for topic in kind.topics(value) for name in topic}
            for topic in range(kind.TOPICS):
                for name in names:
                    assert sorted(kept.by(topic, name), key=repr) == sorted(anew.by(topic, name), key=repr)


def test_a_table_keeps_the_name_it_is_found_by():
    schema = fold(Schema(), ["CREATE TABLE a (id int); ALTER TABLE a RENAME TO b; CREATE INDEX i ON b (id);"])
    assert all(name == table.name for name, table in schema.tables.items())
