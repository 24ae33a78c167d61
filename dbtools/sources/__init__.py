"""Doors in: each module reads one language that describes a database, ``read(where) -> Reading``.

They know nothing of each other, import nothing from the project they read, and report what they cannot evaluate
as ``Unread`` instead of guessing.
"""
