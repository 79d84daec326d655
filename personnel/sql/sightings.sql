-- Who saw which document is told as it happened: by the account that says so, at that moment, and never rewritten. Only the
-- unit changes, when the file moves.
CREATE FUNCTION sighting_is_kept() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  actor bigint := NULLIF(current_setting('app.actor', true), '')::bigint;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF actor IS NOT NULL AND (NEW.account <> actor OR NEW.recorded_at <> now()) THEN
      RAISE EXCEPTION 'nobody records what another account saw' USING ERRCODE = 'insufficient_privilege';
    END IF;
  ELSIF to_jsonb(NEW) - 'unit_id' IS DISTINCT FROM to_jsonb(OLD) - 'unit_id' THEN
    RAISE EXCEPTION 'what was seen is not rewritten' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER sighting_is_kept BEFORE INSERT OR UPDATE ON personnel_documentsighting
  FOR EACH ROW EXECUTE FUNCTION sighting_is_kept();
