-- As in keys_by_statement.sql, but that files written by this transaction are known within a savepoint as well: their rows carry its number,
-- not that of the transaction. An import writes within one, and had locked each of its 20,000 people; it looked at each twice besides.
CREATE OR REPLACE FUNCTION unit_and_member_of_services_are_there() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  units bigint[];
  members bigint[];
  others bigint[];
  there bigint;
  savepoint xid;
BEGIN
  IF TG_OP = 'INSERT' THEN
    units := array(SELECT DISTINCT n.unit_id FROM new_rows n);
    members := array(SELECT DISTINCT n.member_id FROM new_rows n);
  ELSE
    units := array(SELECT n.unit_id FROM new_rows n EXCEPT SELECT o.unit_id FROM old_rows o);
    members := array(SELECT n.member_id FROM new_rows n EXCEPT SELECT o.member_id FROM old_rows o);
  END IF;
  PERFORM units_are_there(units, 'personnel_assignment', 'service_has_its_unit');
  -- Files that this transaction wrote itself nobody else deletes before its end: they need no lock. The services that
  -- were just written tell under which number it writes now.
  savepoint := (SELECT a.xmin FROM personnel_assignment a WHERE a.id = (SELECT n.id FROM new_rows n LIMIT 1));
  SELECT count(*),
         array_agg(m.id) FILTER (WHERE m.xmin IS DISTINCT FROM savepoint AND m.xmin <> pg_current_xact_id()::xid)
  INTO there, others FROM personnel_member m WHERE m.id = ANY (members);
  IF others IS NOT NULL THEN
    PERFORM FROM personnel_member m WHERE m.id = ANY (others) ORDER BY m.id FOR KEY SHARE;
    there := there - cardinality(others) + (SELECT count(*) FROM personnel_member m WHERE m.id = ANY (others));
  END IF;
  IF there < cardinality(members) THEN
    RAISE EXCEPTION 'there is no such member'
      USING ERRCODE = 'foreign_key_violation', TABLE = 'personnel_assignment', CONSTRAINT = 'service_has_its_member';
  END IF;
  RETURN NULL;
END $$;
