-- As before, but a member who has a dossier is only locked: trying to insert another one costs five times as much for every row.
CREATE OR REPLACE FUNCTION open_dossier() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM personnel_member m
  WHERE m.id = NEW.member_id AND (TG_NARGS = 0 OR m.unit_id = NEW.unit_id)
  FOR KEY SHARE;
  IF FOUND AND NOT EXISTS (SELECT FROM personnel_dossier d WHERE d.member_id = NEW.member_id) THEN
    INSERT INTO personnel_dossier (member_id, unit_id)
    SELECT m.id, m.unit_id FROM personnel_member m WHERE m.id = NEW.member_id
    ON CONFLICT DO NOTHING;
  END IF;
  RETURN NEW;
END $$;
