"""PostgreSQL itself: connecting, a throw-away server, the catalog, and what a statement really does.

The only package that knows the driver. It needs the extra ``server``; importing it does not.
"""
