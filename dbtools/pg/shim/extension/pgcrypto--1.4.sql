-- Stand-in for pgcrypto on throw-away servers: what migrations use while they run, without its C code.

CREATE FUNCTION gen_random_uuid() RETURNS uuid
LANGUAGE sql VOLATILE PARALLEL SAFE
AS 'SELECT pg_catalog.gen_random_uuid()';

-- Each 32 bytes are a digest of two random UUIDs, so they carry 244 random bits, not 256.
CREATE FUNCTION gen_random_bytes(wanted integer) RETURNS bytea
LANGUAGE plpgsql VOLATILE STRICT PARALLEL SAFE
AS $$
BEGIN
  IF wanted NOT BETWEEN 1 AND 1024 THEN
    RAISE EXCEPTION 'Length not in range' USING ERRCODE = 'external_routine_invocation_exception';
  END IF;
  RETURN (
    SELECT substring(string_agg(sha256(uuid_send(pg_catalog.gen_random_uuid()) || uuid_send(pg_catalog.gen_random_uuid())), '') FROM 1 FOR wanted)
    FROM generate_series(1, (wanted + 31) / 32)
  );
END
$$;

CREATE FUNCTION digest(data bytea, algorithm text) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
  CASE lower(algorithm)
    WHEN 'md5' THEN RETURN decode(md5(data), 'hex');
    WHEN 'sha224' THEN RETURN sha224(data);
    WHEN 'sha256' THEN RETURN sha256(data);
    WHEN 'sha384' THEN RETURN sha384(data);
    WHEN 'sha512' THEN RETURN sha512(data);
    ELSE
      RAISE EXCEPTION 'the stand-in for pgcrypto has no algorithm "%"', algorithm USING ERRCODE = 'feature_not_supported';
  END CASE;
END
$$;

-- The same algorithms on the text's bytes. Written out, since a function cannot name its neighbour
-- without knowing the schema that a relocatable extension is in.
CREATE FUNCTION digest(data text, algorithm text) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
  bytes bytea := convert_to(data, 'UTF8');
BEGIN
  CASE lower(algorithm)
    WHEN 'md5' THEN RETURN decode(md5(bytes), 'hex');
    WHEN 'sha224' THEN RETURN sha224(bytes);
    WHEN 'sha256' THEN RETURN sha256(bytes);
    WHEN 'sha384' THEN RETURN sha384(bytes);
    WHEN 'sha512' THEN RETURN sha512(bytes);
    ELSE
      RAISE EXCEPTION 'the stand-in for pgcrypto has no algorithm "%"', algorithm USING ERRCODE = 'feature_not_supported';
  END CASE;
END
$$;
