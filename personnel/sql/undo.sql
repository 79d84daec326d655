-- What an undo may delete is told by the trail, which no web role can write: only what came into being in the transaction of
-- that import. A record of an import and its rows can be written by anybody who works in the unit; they alone prove nothing.
-- Nested loops are for finding the import's entries by their index: an undo forbids them for its own joins.
CREATE OR REPLACE FUNCTION created_by_undone_import(of_table text) RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp SET enable_nestloop = on AS $$
  SELECT t.row FROM personnel_rosterimport i JOIN organization_trail t ON t.batch = i.id::text
  WHERE i.undone_at = now() AND t.action = 'I' AND t.table_name = of_table AND t.at >= i.sent_at
$$;
ALTER POLICY of_staff_undo ON personnel_member
  USING (unit_id BETWEEN NULLIF(current_setting('app.unit_low', true), '')::bigint
                     AND NULLIF(current_setting('app.unit_high', true), '')::bigint
         AND id IN (SELECT created_by_undone_import('personnel_member')));
ALTER POLICY of_whole_undo ON personnel_member USING (id IN (SELECT created_by_undone_import('personnel_member')));
ALTER POLICY of_staff_undo ON personnel_emergencycontact
  USING (unit_id BETWEEN NULLIF(current_setting('app.unit_low', true), '')::bigint
                     AND NULLIF(current_setting('app.unit_high', true), '')::bigint
         AND id IN (SELECT created_by_undone_import('personnel_emergencycontact')));
ALTER POLICY of_whole_undo ON personnel_emergencycontact
  USING (id IN (SELECT created_by_undone_import('personnel_emergencycontact')));
-- A service is taken back by those who keep its force.
ALTER POLICY of_staff_undo ON personnel_assignment
  USING (unit_id BETWEEN NULLIF(current_setting('app.unit_low', true), '')::bigint
                     AND NULLIF(current_setting('app.unit_high', true), '')::bigint
         AND force = ANY (string_to_array(current_setting('app.forces', true), ','))
         AND id IN (SELECT created_by_undone_import('personnel_assignment')));
ALTER POLICY of_whole_undo ON personnel_assignment
  USING (force = ANY (string_to_array(current_setting('app.forces', true), ','))
         AND id IN (SELECT created_by_undone_import('personnel_assignment')));

-- What was sent, imported and undone stays told as it was: a record goes forward only, and at the time of its transaction.
CREATE FUNCTION roster_goes_forward() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.committed_at IS NULL AND NEW.undone_at IS NULL THEN RETURN NEW; END IF;
  ELSIF (NEW.unit_id, NEW.account, NEW.sha256, NEW.sent_at) IS NOT DISTINCT FROM (OLD.unit_id, OLD.account, OLD.sha256, OLD.sent_at)
    AND NEW.committed_at IS NOT DISTINCT FROM COALESCE(OLD.committed_at, CASE WHEN NEW.committed_at = now() THEN now() END)
    AND NEW.undone_at IS NOT DISTINCT FROM COALESCE(OLD.undone_at, CASE WHEN NEW.undone_at = now() THEN now() END)
    AND (OLD.committed_at IS NULL
         OR (NEW.counts, NEW.sheets, NEW.file_name) IS NOT DISTINCT FROM (OLD.counts, OLD.sheets, OLD.file_name))
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the record of an import is kept' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER roster_goes_forward BEFORE INSERT OR UPDATE ON personnel_rosterimport
  FOR EACH ROW EXECUTE FUNCTION roster_goes_forward();

-- Rows are recorded before their import is closed, and none is added afterwards: an undo would believe it.
CREATE FUNCTION imported_rows_are_complete() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM personnel_rosterimport i WHERE i.committed_at IS NOT NULL AND i.id IN (SELECT roster_id FROM new_rows)) THEN
    RAISE EXCEPTION 'the rows of an import are complete' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF EXISTS (SELECT roster_id FROM new_rows EXCEPT SELECT i.id FROM personnel_rosterimport i) THEN
    RAISE EXCEPTION 'there is no such import' USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER imported_rows_are_complete AFTER INSERT ON personnel_importedrow REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imported_rows_are_complete();
