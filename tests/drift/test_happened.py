"""The drift that happened: one layer of three described another database, and nobody saw it."""

from pathlib import Path

import pytest

from dbtools.change import Project, Scope, gather
from tests.drift.shop import compare

DATA = Path(__file__).parents[1] / "data" / "drift-happened"
EXPECTED = {
    ("type", "User", "id"), ("default", "User", "id"), ("renamed-column", "User", "passwordHash"),
    ("type", "User", "role"), ("missing-column", "User", "preferredLocale"),
    ("missing-column", "User", "preferredLanguage"), ("missing-column", "User", "failedLoginAttempts"),
    ("missing-column", "User", "lockedUntil"), ("missing-column", "User", "stripeCustomerId"),
    ("precision", "User", "createdAt"), ("precision", "User", "updatedAt"), ("default", "User", "updatedAt"),
    ("index-unique", "User", "(email)"), ("type", "UserStreak", "id"), ("default", "UserStreak", "id"),
    ("type", "UserStreak", "userId"), ("precision", "UserStreak", "lastActivityDate"),
    ("precision", "UserStreak", "createdAt"), ("precision", "UserStreak", "updatedAt"),
    ("default", "UserStreak", "updatedAt"), ("index-unique", "UserStreak", "(userId)"),
}  # fmt: skip


def reading(kind, name):
    change = gather(Project(DATA, {kind: (name,)}, ""), Scope(everything=True))
    assert change.problems == ()
    return change.readings[0]


def layer():
    """The third one."""
    return reading("drizzle", "drizzle.ts")


def summed(report):
    return {(each.rule, each.table, each.object) for each in report.findings}


def test_the_two_layers_that_agreed_are_silent():
    assert compare(reading("sql", "schema.sql"), reading("prisma", "schema.prisma")).findings == ()


def test_every_difference_of_the_third_layer_is_found_once_and_it_is_alone():
    other = layer()
    report = compare(reading("sql", "schema.sql"), reading("prisma", "schema.prisma"), other, truth="schema.sql")
    assert summed(report) == EXPECTED
    assert all("(drizzle is alone)" in each.message for each in report.findings if len(each.values) == 3)
    assert {each.location.path for each in report.findings} == {other.where}


def test_the_database_that_the_third_layer_would_make_differs_in_the_same():
    assert compare(reading("sql", "drizzle.sql"), layer()).findings == ()
    assert summed(compare(reading("sql", "schema.sql"), reading("sql", "drizzle.sql"))) == EXPECTED


@pytest.mark.parametrize("kind", ["sql", "prisma"])
def test_each_of_the_two_sees_the_same_of_the_third(kind):
    truth = reading(kind, "schema.sql" if kind == "sql" else "schema.prisma")
    assert summed(compare(truth, layer(), truth=str(truth))) == EXPECTED
