-- What refers to services (certificates, placements, discipline cases) is asked for once for each statement that deletes services, not
-- four times for each of them: to take back an import of 20,000 people took 0.34 s for that alone. The rest of a foreign key is kept as
-- it is for units and members (keys_by_statement.sql): whoever refers to a service holds it against deletion until the commit, a
-- deletion sees what was committed while it waited, and all of it looks past the policies.
CREATE FUNCTION services_referred_to_are_there() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  referring text;
  services bigint[];
  there bigint;
BEGIN
  FOREACH referring IN ARRAY TG_ARGV LOOP
    IF TG_OP = 'INSERT' THEN
      EXECUTE format('SELECT array(SELECT DISTINCT n.%1$I FROM new_rows n WHERE n.%1$I IS NOT NULL)', referring) INTO services;
    ELSE
      EXECUTE format('SELECT array(SELECT n.%1$I FROM new_rows n WHERE n.%1$I IS NOT NULL EXCEPT SELECT o.%1$I FROM old_rows o)', referring)
        INTO services;
    END IF;
    IF cardinality(services) > 0 THEN
      PERFORM FROM personnel_assignment a WHERE a.id = ANY (services) ORDER BY a.id FOR KEY SHARE;
      GET DIAGNOSTICS there = ROW_COUNT;
      IF there < cardinality(services) THEN
        RAISE EXCEPTION 'there is no such service'
          USING ERRCODE = 'foreign_key_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'service_is_there';
      END IF;
    END IF;
  END LOOP;
  RETURN NULL;
END $$;

CREATE FUNCTION nothing_refers_to_services() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  referring text := CASE
    WHEN EXISTS (SELECT FROM old_rows o JOIN personnel_certificate c ON c.service_id = o.id) THEN 'personnel_certificate'
    WHEN EXISTS (SELECT FROM old_rows o JOIN personnel_placement p ON p.service_id = o.id) THEN 'personnel_placement'
    WHEN EXISTS (SELECT FROM old_rows o JOIN personnel_placement p ON p.new_service_id = o.id) THEN 'personnel_placement'
    WHEN EXISTS (SELECT FROM old_rows o JOIN personnel_disciplinecase d ON d.service_id = o.id) THEN 'personnel_disciplinecase'
  END;
BEGIN
  IF referring IS NOT NULL THEN
    RAISE EXCEPTION 'something refers to this service'
      USING ERRCODE = 'foreign_key_violation', TABLE = referring, CONSTRAINT = 'service_is_there';
  END IF;
  RETURN NULL;
END $$;

REVOKE ALL ON FUNCTION services_referred_to_are_there(), nothing_refers_to_services() FROM PUBLIC;

CREATE TRIGGER services_are_there_insert AFTER INSERT ON personnel_certificate REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION services_referred_to_are_there('service_id');
CREATE TRIGGER services_are_there_update AFTER UPDATE ON personnel_certificate REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION services_referred_to_are_there('service_id');
CREATE TRIGGER services_are_there_insert AFTER INSERT ON personnel_placement REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION services_referred_to_are_there('service_id', 'new_service_id');
CREATE TRIGGER services_are_there_update AFTER UPDATE ON personnel_placement REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION services_referred_to_are_there('service_id', 'new_service_id');
CREATE TRIGGER services_are_there_insert AFTER INSERT ON personnel_disciplinecase REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION services_referred_to_are_there('service_id');
CREATE TRIGGER services_are_there_update AFTER UPDATE ON personnel_disciplinecase REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION services_referred_to_are_there('service_id');
CREATE TRIGGER nothing_refers_to_services AFTER DELETE ON personnel_assignment REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION nothing_refers_to_services();
