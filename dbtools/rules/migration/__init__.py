"""Rules about one operation of a migration, each in the file of its name."""
