"""How much of something one object can have: what PostgreSQL refuses, and what we do not follow any further."""

MOST_COLUMNS = 1600  # of a table (manual, appendix K)
MOST_KEYS = 32  # of an index or a key (likewise)

# Indexes, and constraints, that are kept of one table. PostgreSQL sets no limit, and nobody has nearly as many. Past it
# a table is in doubt, so that a statement on it costs no more however many have gone before.
MOST_OF_A_TABLE = 256
MOST_LABELS = 5000  # of an enum, likewise
MOST_LEVELS = 64  # of partitions of partitions, likewise
