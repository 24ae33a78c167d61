from hypothesis import HealthCheck, given, settings

from dbtools.model.apply import apply_all
from dbtools.model.diff import diff
from dbtools.model.schema import Schema
from tests.strategies import schemas

some = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@some
@given(schemas())
def test_a_schema_does_not_differ_from_itself(schema):
    assert diff(schema, schema) == ()


@some
@given(schemas(), schemas())
def test_applying_the_difference_leads_from_one_schema_to_the_other(old, new):
    assert apply_all(old, diff(old, new)) == new


@some
@given(schemas())
def test_a_schema_can_be_made_from_nothing_and_unmade_to_nothing(schema):
    empty = Schema()
    assert apply_all(empty, diff(empty, schema)) == schema
    assert apply_all(schema, diff(schema, empty)) == empty
