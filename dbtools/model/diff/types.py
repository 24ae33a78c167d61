"""Enums and domains turned into those that shall be; what cannot be altered is set aside until no column has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import count

from dbtools.model import operation as op
from dbtools.model.diff.plan import Plan
from dbtools.model.expression import Name
from dbtools.model.naming import is_relation, truncated
from dbtools.model.objects import Domain, Enum


def set_types_aside(plan: Plan) -> None:
    """Rename the enums that lose or reorder labels, the domains over another type, and those whose name is taken."""
    for name, enum in sorted(plan.now.enums.items()):
        wanted = plan.wanted.enums.get(name)
        if _is_taken(plan, name) or (wanted and not _grows(enum, wanted)):
            _set_aside(plan, name)
    for name in _bases_first(plan.now.domains):
        base = plan.wanted.domains.get(name)
        if _is_taken(plan, name) or (base and base.base != plan.now.domains[name].base):
            _set_aside(plan, name)


def _is_taken(plan: Plan, name: Name) -> bool:
    """Whether another kind of object shall have the name; relations have row types, which are types too."""
    if is_relation(plan.wanted, name):
        return True
    return name in (plan.wanted.domains if name in plan.now.enums else plan.wanted.enums)


def _grows(old: Enum, new: Enum) -> bool:
    labels = iter(new.labels)
    return all(label in labels for label in old.labels)


def _set_aside(plan: Plan, name: Name) -> None:
    taken = {*plan.now.enums, *plan.now.domains, *plan.wanted.enums, *plan.wanted.domains}
    tries = (truncated(f"old{number or ''}_{name.local}") for number in count())
    plan.do(op.Rename("type", name, next(local for local in tries if Name(name.namespace, local) not in taken)))


def _bases_first(domains: Mapping[Name, Domain]) -> list[Name]:
    def depth(name: Name) -> int:
        return 1 + depth(domains[name].base.name) if name in domains else 0

    return sorted(domains, key=lambda name: (depth(name), name))


def create_types(plan: Plan) -> None:
    """Make the types that are not there yet, and alter those that are."""
    for name, enum in sorted(plan.wanted.enums.items()):
        if name not in plan.now.enums:
            plan.do(op.CreateEnum(replace(enum, comment=None)))
        _grow(plan, enum)
        if plan.now.enums[name].comment != enum.comment:
            plan.do(op.Comment("type", name, enum.comment))
    for name in _bases_first(plan.wanted.domains):
        domain = plan.wanted.domains[name]
        if name not in plan.now.domains:
            plan.do(op.CreateDomain(replace(domain, checks=tuple(each for each in domain.checks if each.validated))))
        if plan.now.domains[name] != domain:
            _alter(plan, domain)


def _grow(plan: Plan, enum: Enum) -> None:
    for place, label in enumerate(enum.labels):
        labels = plan.now.enums[enum.name].labels
        if label in labels:
            continue
        if place == len(labels):
            plan.do(op.AddEnumValue(enum.name, label))
        elif place:
            plan.do(op.AddEnumValue(enum.name, label, enum.labels[place - 1]))
        else:
            plan.do(op.AddEnumValue(enum.name, label, labels[0], before=True))


def _alter(plan: Plan, new: Domain) -> None:
    old = plan.now.domains[new.name]
    kept = {check.name: check for check in new.checks}
    for check in old.checks:
        if kept.get(check.name) == replace(check, validated=True) != check:
            plan.do(op.AlterDomain(new.name, "validate", check.name))
        elif kept.get(check.name) != check:
            plan.do(op.AlterDomain(new.name, "drop constraint", check.name))
    if old.default != new.default:
        plan.do(op.AlterDomain(new.name, "default", default=new.default))
    if old.nullable != new.nullable:
        plan.do(op.AlterDomain(new.name, "nullable" if new.nullable else "not null"))
    there = {check.name for check in plan.now.domains[new.name].checks}
    for check in new.checks:
        if check.name not in there:
            plan.do(op.AddDomainCheck(new.name, check))


def drop_types(plan: Plan) -> None:
    """Drop the types that shall not be, those set aside among them."""
    for name in reversed(_bases_first(plan.now.domains)):
        if name not in plan.wanted.domains:
            plan.do(op.DropType(name))
    for name in sorted(plan.now.enums):
        if name not in plan.wanted.enums:
            plan.do(op.DropType(name))
