"""The vocabulary of dbtools: frozen values and pure functions over them, standard library only.

Import from the modules themselves: ``expression`` (names, types, expressions), ``objects`` (tables,
columns, constraints), ``schema``, ``operation``, ``effects``, ``finding``, ``report``, ``reader``;
``apply``, ``diff`` and ``predict`` join them.
"""
