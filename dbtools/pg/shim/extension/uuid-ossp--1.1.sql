-- Stand-in for uuid-ossp on throw-away servers: the functions that migrations use, without its C code.

CREATE FUNCTION uuid_generate_v4() RETURNS uuid
LANGUAGE sql VOLATILE STRICT PARALLEL SAFE
AS 'SELECT pg_catalog.gen_random_uuid()';

-- RFC 9562, 5.1: 100 ns since 1582-10-15, then a random clock sequence and a random node (multicast bit set).
CREATE FUNCTION uuid_generate_v1() RETURNS uuid
LANGUAGE sql VOLATILE STRICT PARALLEL SAFE
AS $$
  SELECT (substr(ticks, 8, 8) || substr(ticks, 4, 4) || '1' || substr(ticks, 1, 3) || substr(random, 17, 4) || '01' || substr(random, 23, 10))::uuid
  FROM (
    SELECT lpad(to_hex((extract(epoch FROM clock_timestamp()) * 10000000)::bigint + 122192928000000000), 15, '0') AS ticks,
           replace(pg_catalog.gen_random_uuid()::text, '-', '') AS random
  ) AS parts
$$;

CREATE FUNCTION uuid_nil() RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$SELECT '00000000-0000-0000-0000-000000000000'::uuid$$;
