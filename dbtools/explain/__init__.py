"""Tell what a rule is: its name -> Report."""

from dbtools.explain.pages import explain, rule_page

__all__ = ["explain", "rule_page"]
