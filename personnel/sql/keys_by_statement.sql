-- Three foreign keys that a large roster fills are checked once for each statement, not once for each row: the unit that keeps a file,
-- and the unit and the member of a service. 60,000 checks one by one took 0.4 s at the commit. The rest of a foreign key is kept:
-- what is referred to is locked against deletion until the commit, a deletion sees what was committed while it waited, and all of it
-- looks past the policies, as foreign keys do. Unlike them it does not wait for the commit: first the file, then its services.
-- Statements of one transaction see what others committed in between (READ COMMITTED, the only level that the site uses).
CREATE FUNCTION unit_of_members_is_there() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  units bigint[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    units := array(SELECT DISTINCT n.unit_id FROM new_rows n);
  ELSE
    units := array(SELECT n.unit_id FROM new_rows n EXCEPT SELECT o.unit_id FROM old_rows o);
  END IF;
  PERFORM units_are_there(units, 'personnel_member', 'member_has_its_unit');
  RETURN NULL;
END $$;

CREATE FUNCTION units_are_there(units bigint[], of_table text, rule text) RETURNS void LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM organization_unit u WHERE u.code = ANY (units) ORDER BY u.code FOR KEY SHARE;
  IF (SELECT count(*) FROM organization_unit u WHERE u.code = ANY (units)) < cardinality(units) THEN
    RAISE EXCEPTION 'there is no such unit' USING ERRCODE = 'foreign_key_violation', TABLE = of_table, CONSTRAINT = rule;
  END IF;
END $$;

CREATE FUNCTION unit_and_member_of_services_are_there() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  units bigint[];
  members bigint[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    units := array(SELECT DISTINCT n.unit_id FROM new_rows n);
    members := array(SELECT DISTINCT n.member_id FROM new_rows n);
  ELSE
    units := array(SELECT n.unit_id FROM new_rows n EXCEPT SELECT o.unit_id FROM old_rows o);
    members := array(SELECT n.member_id FROM new_rows n EXCEPT SELECT o.member_id FROM old_rows o);
  END IF;
  PERFORM units_are_there(units, 'personnel_assignment', 'service_has_its_unit');
  -- Files that this transaction wrote itself nobody else deletes before its end: they need no lock.
  PERFORM FROM personnel_member m WHERE m.id = ANY (members) AND m.xmin <> pg_current_xact_id()::xid ORDER BY m.id FOR KEY SHARE;
  IF (SELECT count(*) FROM personnel_member m WHERE m.id = ANY (members)) < cardinality(members) THEN
    RAISE EXCEPTION 'there is no such member'
      USING ERRCODE = 'foreign_key_violation', TABLE = 'personnel_assignment', CONSTRAINT = 'service_has_its_member';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION no_member_or_service_is_of_unit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM personnel_member m WHERE m.unit_id IN (SELECT o.code FROM old_rows o)) THEN
    RAISE EXCEPTION 'a file is kept by this unit'
      USING ERRCODE = 'foreign_key_violation', TABLE = 'personnel_member', CONSTRAINT = 'member_has_its_unit';
  END IF;
  IF EXISTS (SELECT FROM personnel_assignment a WHERE a.unit_id IN (SELECT o.code FROM old_rows o)) THEN
    RAISE EXCEPTION 'a service is in this unit'
      USING ERRCODE = 'foreign_key_violation', TABLE = 'personnel_assignment', CONSTRAINT = 'service_has_its_unit';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION no_service_is_of_member() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM old_rows o JOIN personnel_assignment a ON a.member_id = o.id) THEN
    RAISE EXCEPTION 'a service hangs on this member'
      USING ERRCODE = 'foreign_key_violation', TABLE = 'personnel_assignment', CONSTRAINT = 'service_has_its_member';
  END IF;
  RETURN NULL;
END $$;

REVOKE ALL ON FUNCTION unit_of_members_is_there(), units_are_there(bigint[], text, text), unit_and_member_of_services_are_there(),
  no_member_or_service_is_of_unit(), no_service_is_of_member() FROM PUBLIC;

CREATE TRIGGER unit_is_there_insert AFTER INSERT ON personnel_member REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION unit_of_members_is_there();
CREATE TRIGGER unit_is_there_update AFTER UPDATE ON personnel_member REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION unit_of_members_is_there();
CREATE TRIGGER unit_and_member_are_there_insert AFTER INSERT ON personnel_assignment REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION unit_and_member_of_services_are_there();
CREATE TRIGGER unit_and_member_are_there_update AFTER UPDATE ON personnel_assignment
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION unit_and_member_of_services_are_there();
CREATE TRIGGER nobody_is_of_unit AFTER DELETE ON organization_unit REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION no_member_or_service_is_of_unit();
CREATE TRIGGER no_service_is_of_member AFTER DELETE ON personnel_member REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION no_service_is_of_member();
