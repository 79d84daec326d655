-- A list is signed by the account that signs, at that moment.
CREATE FUNCTION snapshot_is_signed_now() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  actor bigint := NULLIF(current_setting('app.actor', true), '')::bigint;
BEGIN
  IF actor IS NOT NULL AND (NEW.account <> actor OR NEW.signed_at <> now()) THEN
    RAISE EXCEPTION 'nobody signs for another account or at another time' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER snapshot_is_signed_now BEFORE INSERT ON personnel_rostersnapshot
  FOR EACH ROW EXECUTE FUNCTION snapshot_is_signed_now();

-- The entries of a list are written in the transaction that signs it; afterwards nobody adds to it.
CREATE FUNCTION snapshot_entries_are_complete() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM new_rows n LEFT JOIN personnel_rostersnapshot s
               ON s.id = n.snapshot_id AND s.unit_id = n.unit_id AND s.force = n.force AND s.signed_at = now()
             WHERE s.id IS NULL) THEN
    RAISE EXCEPTION 'a signed list is closed' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER snapshot_entries_are_complete AFTER INSERT ON personnel_snapshotentry REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION snapshot_entries_are_complete();

-- A new office begins with half-years, from the one it is founded in; it edits them as its own regulations say.
INSERT INTO personnel_confirmationcycle (starts_on, ends_on)
SELECT half::date, (half + interval '6 months')::date
FROM generate_series(date_trunc('year', now() AT TIME ZONE 'Asia/Shanghai'), timestamp '2059-07-01', interval '6 months') AS half
WHERE half + interval '6 months' > now() AT TIME ZONE 'Asia/Shanghai'
ON CONFLICT DO NOTHING;
