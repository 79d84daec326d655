-- Before a row hangs on a member, the member has a dossier. It looks past the policies as a foreign key does, and tells as little:
-- it changes nothing but the dossier, and the foreign key of the row says afterwards whether the row may be. Where the row follows
-- the file (an argument is given), a member that is not kept in the unit of the row is not even looked at.
-- The lock is that of a foreign key to the member: who holds a file for a decision finds all that hangs on it.
CREATE FUNCTION open_dossier() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO personnel_dossier (member_id, unit_id)
  SELECT m.id, m.unit_id FROM personnel_member m
  WHERE m.id = NEW.member_id AND (TG_NARGS = 0 OR m.unit_id = NEW.unit_id)
  FOR KEY SHARE
  ON CONFLICT DO NOTHING;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION open_dossier() FROM PUBLIC;
