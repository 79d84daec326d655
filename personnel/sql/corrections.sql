-- A withdrawn file is kept whole before its rows may go: this trigger alone says what was in it, as the account sees it. What the
-- account does not see still hangs on the member, and its foreign key refuses the removal.
CREATE FUNCTION keep_withdrawn_file() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  kept personnel_member;
  who bigint := NULLIF(current_setting('app.actor', true), '')::bigint;
BEGIN
  SELECT * INTO kept FROM personnel_member m WHERE m.id = NEW.member_id FOR UPDATE;
  IF kept.id IS NULL THEN
    RAISE EXCEPTION 'there is no such file' USING ERRCODE = 'foreign_key_violation';
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
    'personnel_card', COALESCE((SELECT jsonb_agg(c.unit_id ORDER BY c.unit_id) FROM personnel_card c WHERE c.member_id = kept.id), '[]'));
  RETURN NEW;
END $$;
CREATE TRIGGER keep_withdrawn_file BEFORE INSERT ON personnel_withdrawnfile FOR EACH ROW EXECUTE FUNCTION keep_withdrawn_file();

-- A file is back when its rows are: the record may not say so before. The cards of units that kept the file without a service
-- there come back as well; they are written by triggers alone.
CREATE FUNCTION file_is_back() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  w personnel_withdrawnfile;
  who bigint := NULLIF(current_setting('app.actor', true), '')::bigint;
BEGIN
  SELECT * INTO w FROM personnel_withdrawnfile f WHERE f.id = NEW.withdrawn_id;
  IF w.merge_id IS NULL AND current_setting('app.duty', true) = 'clerk' AND w.actor IS DISTINCT FROM who THEN
    RAISE EXCEPTION 'not this clerk''s withdrawal' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NOT EXISTS (SELECT FROM personnel_member m WHERE m.id = w.member_id AND m.unit_id = w.unit_id) OR w.unit_id <> NEW.unit_id THEN
    RAISE EXCEPTION 'the file is not back' USING ERRCODE = 'foreign_key_violation';
  END IF;
  INSERT INTO personnel_card (member_id, unit_id, name, pinyin, initials, other_pinyin, mask, sex, birth_date, education)
  SELECT m.id, u.unit::bigint, m.name, m.pinyin, m.initials, m.other_pinyin, m.id_mask, m.sex, m.birth_date, m.education
  FROM personnel_member m, jsonb_array_elements_text(w.file -> 'personnel_card') AS u (unit) WHERE m.id = w.member_id
  ON CONFLICT DO NOTHING;
  NEW.returned_at := now();
  NEW.actor := who;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION file_is_back() FROM PUBLIC;
CREATE TRIGGER file_is_back BEFORE INSERT ON personnel_returnedfile FOR EACH ROW EXECUTE FUNCTION file_is_back();

-- When something was merged or taken back is the time of its transaction, whatever is sent.
CREATE FUNCTION merged_now() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  NEW.merged_at := now();
  NEW.actor := NULLIF(current_setting('app.actor', true), '')::bigint;
  RETURN NEW;
END $$;
CREATE TRIGGER merged_now BEFORE INSERT ON personnel_filemerge FOR EACH ROW EXECUTE FUNCTION merged_now();
CREATE FUNCTION unmerged_now() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  NEW.undone_at := now();
  NEW.actor := NULLIF(current_setting('app.actor', true), '')::bigint;
  RETURN NEW;
END $$;
CREATE TRIGGER unmerged_now BEFORE INSERT ON personnel_fileunmerge FOR EACH ROW EXECUTE FUNCTION unmerged_now();

-- What happened stays where it happened. Whose it is changes only between the two files of a merge, in the transaction that merges
-- them or takes that back. Other history tables may use this function for the same trigger.
CREATE FUNCTION stays_unless_merged() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.unit_id = OLD.unit_id AND EXISTS (
    SELECT FROM personnel_filemerge g LEFT JOIN personnel_fileunmerge u ON u.merge_id = g.id
    WHERE g.survivor_id IN (OLD.member_id, NEW.member_id)
      AND ((g.merged_at = now() AND (g.absorbed_id, g.survivor_id) = (OLD.member_id, NEW.member_id))
        OR (u.undone_at = now() AND (g.survivor_id, g.absorbed_id) = (OLD.member_id, NEW.member_id)))) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'unit of % never changes', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
DROP TRIGGER place_never_changes ON personnel_assignment;
CREATE TRIGGER place_never_changes BEFORE UPDATE OF unit_id, member_id ON personnel_assignment FOR EACH ROW
  WHEN (OLD.unit_id IS DISTINCT FROM NEW.unit_id OR OLD.member_id IS DISTINCT FROM NEW.member_id)
  EXECUTE FUNCTION stays_unless_merged();

-- A service that changed hands takes its card along; one that nothing else is behind does not stay with the other file.
CREATE FUNCTION keep_cards_of_moved_service() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO personnel_card (member_id, unit_id, name, pinyin, initials, other_pinyin, mask, sex, birth_date, education)
  SELECT m.id, NEW.unit_id, m.name, m.pinyin, m.initials, m.other_pinyin, m.id_mask, m.sex, m.birth_date, m.education
  FROM personnel_member m WHERE m.id = NEW.member_id
  ON CONFLICT DO NOTHING;
  DELETE FROM personnel_card c WHERE c.member_id = OLD.member_id AND c.unit_id = OLD.unit_id
    AND NOT EXISTS (SELECT FROM personnel_member m WHERE m.id = c.member_id AND m.unit_id = c.unit_id)
    AND NOT EXISTS (SELECT FROM personnel_assignment a WHERE a.member_id = c.member_id AND a.unit_id = c.unit_id);
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION keep_cards_of_moved_service() FROM PUBLIC;
CREATE TRIGGER cards_of_moved_service AFTER UPDATE OF member_id ON personnel_assignment FOR EACH ROW
  WHEN (OLD.member_id IS DISTINCT FROM NEW.member_id) EXECUTE FUNCTION keep_cards_of_moved_service();

-- The rows of a file go in the transaction that keeps it as withdrawn; beside this, undoing an import deletes as before.
ALTER POLICY of_staff_undo ON personnel_member
  USING (unit_id BETWEEN NULLIF(current_setting('app.unit_low', true), '')::bigint
                     AND NULLIF(current_setting('app.unit_high', true), '')::bigint
         AND (id IN (SELECT created_by_undone_import('personnel_member'))
              OR id IN (SELECT w.member_id FROM personnel_withdrawnfile w WHERE w.withdrawn_at = now())));
ALTER POLICY of_whole_undo ON personnel_member
  USING (id IN (SELECT created_by_undone_import('personnel_member'))
         OR id IN (SELECT w.member_id FROM personnel_withdrawnfile w WHERE w.withdrawn_at = now()));
ALTER POLICY of_staff_undo ON personnel_emergencycontact
  USING (unit_id BETWEEN NULLIF(current_setting('app.unit_low', true), '')::bigint
                     AND NULLIF(current_setting('app.unit_high', true), '')::bigint
         AND (id IN (SELECT created_by_undone_import('personnel_emergencycontact'))
              OR member_id IN (SELECT w.member_id FROM personnel_withdrawnfile w WHERE w.withdrawn_at = now())));
ALTER POLICY of_whole_undo ON personnel_emergencycontact
  USING (id IN (SELECT created_by_undone_import('personnel_emergencycontact'))
         OR member_id IN (SELECT w.member_id FROM personnel_withdrawnfile w WHERE w.withdrawn_at = now()));
ALTER POLICY of_staff_undo ON personnel_assignment
  USING (unit_id BETWEEN NULLIF(current_setting('app.unit_low', true), '')::bigint
                     AND NULLIF(current_setting('app.unit_high', true), '')::bigint
         AND force = ANY (string_to_array(current_setting('app.forces', true), ','))
         AND (id IN (SELECT created_by_undone_import('personnel_assignment'))
              OR member_id IN (SELECT w.member_id FROM personnel_withdrawnfile w WHERE w.withdrawn_at = now())));
ALTER POLICY of_whole_undo ON personnel_assignment
  USING (force = ANY (string_to_array(current_setting('app.forces', true), ','))
         AND (id IN (SELECT created_by_undone_import('personnel_assignment'))
              OR member_id IN (SELECT w.member_id FROM personnel_withdrawnfile w WHERE w.withdrawn_at = now())));
