"""SQL as values: split, read, judge, qualify, render. The only package that knows postgast and sqlglot.

postgast (libpg_query, PostgreSQL's own grammar) says what kind of statement stands where; sqlglot says what a
type change, an expression or a query means.
"""
