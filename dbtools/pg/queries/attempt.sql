-- What each of a list of statements is answered with, undone before the next; and the row that each of a list selects.
CREATE OR REPLACE FUNCTION pg_temp.dbtools_tried(
  statements text[], OUT number int, OUT code text, OUT message text, OUT about_constraint text, OUT about_column text
) RETURNS SETOF record LANGUAGE plpgsql AS $$
BEGIN
  SET CONSTRAINTS ALL IMMEDIATE;
  FOR place IN 1 .. cardinality(statements) LOOP
    BEGIN
      EXECUTE statements[place];
      RAISE EXCEPTION USING ERRCODE = 'DBT00';
    EXCEPTION WHEN OTHERS THEN
      GET STACKED DIAGNOSTICS
        code = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
        about_constraint = CONSTRAINT_NAME, about_column = COLUMN_NAME;
      number := place;
      IF code <> 'DBT00' THEN
        RETURN NEXT;
      END IF;
    END;
  END LOOP;
END
$$;
CREATE OR REPLACE FUNCTION pg_temp.dbtools_asked(queries text[], OUT number int, OUT row_values text[])
RETURNS SETOF record LANGUAGE plpgsql AS $$
BEGIN
  FOR place IN 1 .. cardinality(queries) LOOP
    BEGIN
      number := place;
      row_values := NULL;
      EXECUTE queries[place] INTO row_values;
    EXCEPTION WHEN OTHERS THEN
      row_values := NULL;
    END;
    RETURN NEXT;
  END LOOP;
END
$$;
