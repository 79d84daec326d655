-- What hangs on a member and moves with it is checked, moved and kept from being orphaned once for each statement, not once for each
-- row: a foreign key took 0.2 s and more for each of seven tables when 20,000 people were taken back, whether or not a row was there.
-- The rest of a foreign key is kept: what is referred to is locked against deletion and moves until the commit, whoever waited sees
-- what was committed meanwhile, and all of it looks past the policies, as foreign keys do. A member that is not kept in the unit of
-- the row is not even looked at: hidden or missing, it is refused alike.
-- Statements of one transaction see what others committed in between (READ COMMITTED, the only level that the site uses).
-- Who writes many rows has switched nested loops off for his own joins; here one row must not cost a look through a whole table.

-- On a table that follows: its arguments are the name of the rule and, where a row goes along with its member instead of keeping it
-- from being deleted, 'goes along'. Such a table has one row for each member.
CREATE FUNCTION rows_follow_member() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET enable_nestloop = on AS $$
DECLARE
  members bigint[];
  units bigint[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT array_agg(d.member_id), array_agg(d.unit_id) INTO members, units
    FROM (SELECT DISTINCT n.member_id, n.unit_id FROM new_rows n) d;
  ELSIF TG_NARGS = 1 THEN
    -- Row by row: a row that takes the place of another one is as new to its member as any.
    SELECT array_agg(d.member_id), array_agg(d.unit_id) INTO members, units
    FROM (SELECT DISTINCT c.member_id, c.unit_id FROM (
            SELECT n.id, n.member_id, n.unit_id FROM new_rows n
            EXCEPT SELECT o.id, o.member_id, o.unit_id FROM old_rows o) c) d;
  ELSE
    SELECT array_agg(d.member_id), array_agg(d.unit_id) INTO members, units
    FROM (SELECT n.member_id, n.unit_id FROM new_rows n EXCEPT SELECT o.member_id, o.unit_id FROM old_rows o) d;
  END IF;
  IF members IS NULL THEN RETURN NULL; END IF;
  -- Files that this transaction wrote itself nobody else deletes or moves before its end: they need no lock.
  PERFORM FROM unnest(members, units) AS w (member, unit) JOIN personnel_member m ON m.id = w.member AND m.unit_id = w.unit
    WHERE m.xmin <> pg_current_xact_id()::xid ORDER BY m.id FOR KEY SHARE OF m;
  IF (SELECT count(*) FROM unnest(members, units) AS w (member, unit)
      JOIN personnel_member m ON m.id = w.member AND m.unit_id = w.unit) < cardinality(members)
  THEN
    RAISE EXCEPTION 'there is no such member (%)', TG_ARGV[0]
      USING ERRCODE = 'foreign_key_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_ARGV[0];
  END IF;
  RETURN NULL;
END $$;

-- Which tables follow: those that have the trigger. A new one needs nothing else.
CREATE FUNCTION followers_of_members(OUT of_table regclass, OUT rule text, OUT goes_along boolean) RETURNS SETOF record
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT t.tgrelid::regclass, split_part(a.told, '\000', 1), t.tgnargs > 1
  FROM pg_trigger t CROSS JOIN LATERAL encode(t.tgargs, 'escape') AS a (told)
  WHERE t.tgname = 'follows_insert' AND t.tgfoid = 'rows_follow_member()'::regprocedure
  ORDER BY t.tgrelid::regclass::text
$$;

CREATE FUNCTION no_row_loses_its_member() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET enable_nestloop = on AS $$
DECLARE
  follower record;
  hanging bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM old_rows) THEN RETURN NULL; END IF;
  FOR follower IN SELECT * FROM followers_of_members() LOOP
    IF follower.goes_along THEN
      EXECUTE format('DELETE FROM %s c USING old_rows o WHERE c.member_id = o.id', follower.of_table);
      CONTINUE;
    END IF;
    -- Counted, not asked for one: nearly always there is none, and a plan that hopes for an early one takes longer.
    EXECUTE format('SELECT count(*) FROM %s c JOIN old_rows o ON c.member_id = o.id', follower.of_table) INTO hanging;
    IF hanging > 0 THEN
      RAISE EXCEPTION 'a row hangs on this member (%)', follower.rule
        USING ERRCODE = 'foreign_key_violation', TABLE = follower.of_table::text, CONSTRAINT = follower.rule;
    END IF;
  END LOOP;
  RETURN NULL;
END $$;

CREATE FUNCTION rows_move_with_their_member() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET enable_nestloop = on AS $$
DECLARE
  follower record;
  members bigint[];
  units bigint[];
BEGIN
  SELECT array_agg(d.id), array_agg(d.unit_id) INTO members, units
  FROM (SELECT n.id, n.unit_id FROM new_rows n EXCEPT SELECT o.id, o.unit_id FROM old_rows o) d;
  IF members IS NULL THEN RETURN NULL; END IF;
  FOR follower IN SELECT * FROM followers_of_members() LOOP
    EXECUTE format('UPDATE %s c SET unit_id = w.unit FROM unnest($1, $2) AS w (member, unit)'
                   ' WHERE c.member_id = w.member AND c.unit_id <> w.unit', follower.of_table) USING members, units;
  END LOOP;
  RETURN NULL;
END $$;

REVOKE ALL ON FUNCTION rows_follow_member(), followers_of_members(), no_row_loses_its_member(), rows_move_with_their_member()
  FROM PUBLIC;

CREATE TRIGGER followers_delete AFTER DELETE ON personnel_member REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION no_row_loses_its_member();
CREATE TRIGGER followers_update AFTER UPDATE ON personnel_member REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION rows_move_with_their_member();
