-- Where the range of a division code ends: 12 digits of 2+2+2+3+3, trailing zero groups are open.
CREATE FUNCTION division_high(code bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN code % 10000000000 = 0 THEN code + 9999999999
    WHEN code % 100000000 = 0 THEN code + 99999999
    WHEN code % 1000000 = 0 THEN code + 999999
    WHEN code % 1000 = 0 THEN code + 999
    ELSE code END
$$;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % never changes', TG_ARGV[0], TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
