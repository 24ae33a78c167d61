"""Every rule, found by a walk over the folders: a new file is a new rule."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from dbtools.rules.base import Context, Harm, Rule

__all__ = ["Context", "Harm", "Rule", "migration_rules"]


@cache
def migration_rules() -> tuple[Rule, ...]:
    """The rules about one operation of a migration, by name."""
    package = import_module("dbtools.rules.migration")
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    return tuple(_load(f"{package.__name__}.{name}", name) for name in names)


def _load(module: str, name: str) -> Rule:
    found = getattr(import_module(module), name)
    if not isinstance(found, Rule):
        raise TypeError(f"{module} must define the rule {name}")
    return found
