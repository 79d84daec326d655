-- As before, with photo, documents seen, notices given, correction requests and holds: what hangs on a person entered by mistake
-- goes along with the file, and comes back with it.
CREATE OR REPLACE FUNCTION keep_withdrawn_file() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  kept personnel_member;
  who bigint := NULLIF(current_setting('app.actor', true), '')::bigint;
BEGIN
  SELECT * INTO kept FROM personnel_member m WHERE m.id = NEW.member_id FOR UPDATE;
  IF kept.id IS NULL THEN
    RAISE EXCEPTION 'there is no such file' USING ERRCODE = 'foreign_key_violation';
  END IF;
  -- What is left of an erased file is counted history; without the person there is nothing to correct in it.
  IF kept.erased_on IS NOT NULL THEN
    RAISE EXCEPTION 'an erased file is not withdrawn' USING ERRCODE = 'insufficient_privilege';
  END IF;
  -- A clerk takes back what he entered by mistake, the same day; later it is for a superior.
  IF NEW.merge_id IS NULL AND current_setting('app.duty', true) = 'clerk' AND NOT EXISTS (
    SELECT FROM organization_trail_masked t
    WHERE t.member_id = kept.id AND t.table_name = 'personnel_member' AND t.action = 'I' AND t.actor = who
      AND (t.at AT TIME ZONE 'Asia/Shanghai')::date = (now() AT TIME ZONE 'Asia/Shanghai')::date) THEN
    RAISE EXCEPTION 'not this clerk''s entry of today' USING ERRCODE = 'insufficient_privilege';
  END IF;
  NEW.unit_id := kept.unit_id;
  NEW.name := kept.name;
  NEW.sex := kept.sex;
  NEW.birth_date := kept.birth_date;
  NEW.number_digest := kept.id_digest;
  NEW.withdrawn_at := now();
  NEW.actor := who;
  NEW.file := jsonb_build_object(
    'personnel_member', jsonb_build_array(to_jsonb(kept)),
    'personnel_assignment', COALESCE((SELECT jsonb_agg(to_jsonb(t) ORDER BY t.id) FROM personnel_assignment t WHERE t.member_id = kept.id), '[]'),
    'personnel_emergencycontact', COALESCE((SELECT jsonb_agg(to_jsonb(t) ORDER BY t.id) FROM personnel_emergencycontact t WHERE t.member_id = kept.id), '[]'),
    'personnel_healthrecord', COALESCE((SELECT jsonb_agg(to_jsonb(t) ORDER BY t.id) FROM personnel_healthrecord t WHERE t.member_id = kept.id), '[]'),
    'personnel_bankaccount', COALESCE((SELECT jsonb_agg(to_jsonb(t) ORDER BY t.id) FROM personnel_bankaccount t WHERE t.member_id = kept.id), '[]'),
    'personnel_formernumber', COALESCE((SELECT jsonb_agg(to_jsonb(t) ORDER BY t.id) FROM personnel_formernumber t WHERE t.member_id = kept.id), '[]'),
    'personnel_photo', COALESCE((SELECT jsonb_agg(to_jsonb(t) ORDER BY t.id) FROM personnel_photo t WHERE t.member_id = kept.id), '[]'),
    'personnel_documentsighting', COALESCE((SELECT jsonb_agg(to_jsonb(t) ORDER BY t.id) FROM personnel_documentsighting t WHERE t.member_id = kept.id), '[]'),
    'personnel_noticegiven', COALESCE((SELECT jsonb_agg(to_jsonb(t) ORDER BY t.id) FROM personnel_noticegiven t WHERE t.member_id = kept.id), '[]'),
    'personnel_correctionrequest', COALESCE((SELECT jsonb_agg(to_jsonb(t) ORDER BY t.id) FROM personnel_correctionrequest t WHERE t.member_id = kept.id), '[]'),
    'personnel_erasurehold', COALESCE((SELECT jsonb_agg(to_jsonb(t) ORDER BY t.id) FROM personnel_erasurehold t WHERE t.member_id = kept.id), '[]'),
    'personnel_card', COALESCE((SELECT jsonb_agg(c.unit_id ORDER BY c.unit_id) FROM personnel_card c WHERE c.member_id = kept.id), '[]'));
  RETURN NEW;
END $$;

-- What was seen is told by whoever saw it, and never rewritten. Only a file that comes back brings along, to the letter, what was
-- kept with it.
CREATE OR REPLACE FUNCTION sighting_is_kept() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  actor bigint := NULLIF(current_setting('app.actor', true), '')::bigint;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF actor IS NOT NULL AND (NEW.account <> actor OR NEW.recorded_at <> now()) AND NOT EXISTS (
      SELECT FROM personnel_withdrawnfile w,
        jsonb_populate_recordset(NULL::personnel_documentsighting, w.file -> 'personnel_documentsighting') kept
      WHERE w.member_id = NEW.member_id AND kept IS NOT DISTINCT FROM NEW) THEN
      RAISE EXCEPTION 'nobody records what another account saw' USING ERRCODE = 'insufficient_privilege';
    END IF;
  ELSIF to_jsonb(NEW) - 'unit_id' IS DISTINCT FROM to_jsonb(OLD) - 'unit_id' THEN
    RAISE EXCEPTION 'what was seen is not rewritten' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE INDEX withdrawn_file_by_member ON personnel_withdrawnfile (member_id);

-- A service that changed hands takes along its card and the certificates that speak of it; a card that nothing else is behind does
-- not stay with the other file.
CREATE OR REPLACE FUNCTION keep_cards_of_moved_service() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE personnel_certificate SET member_id = NEW.member_id WHERE service_id = NEW.id;
  INSERT INTO personnel_card (member_id, unit_id, name, pinyin, initials, other_pinyin, mask, sex, birth_date, education)
  SELECT m.id, NEW.unit_id, m.name, m.pinyin, m.initials, m.other_pinyin, m.id_mask, m.sex, m.birth_date, m.education
  FROM personnel_member m WHERE m.id = NEW.member_id
  ON CONFLICT DO NOTHING;
  DELETE FROM personnel_card c WHERE c.member_id = OLD.member_id AND c.unit_id = OLD.unit_id
    AND NOT EXISTS (SELECT FROM personnel_member m WHERE m.id = c.member_id AND m.unit_id = c.unit_id)
    AND NOT EXISTS (SELECT FROM personnel_assignment a WHERE a.member_id = c.member_id AND a.unit_id = c.unit_id);
  RETURN NULL;
END $$;
