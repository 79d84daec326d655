-- One proposes in one's own name, today, for a force that one keeps. Who decides is the personnel office, or governance for the
-- forces of that office; in one's own name and today. The office's own commands have no actor. A day is allowed for midnight.
-- What was proposed stays as it was proposed, and a decision stays: afterwards only the words about the person go, when their time is
-- up. Nobody is approved who was not taken in, and where the rule of the force asks for it, nobody without a background check.
CREATE FUNCTION entry_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  actor bigint := NULLIF(current_setting('app.actor', true), '')::bigint;
  duty text := current_setting('app.duty', true);
  is_ours boolean := COALESCE(NEW.force = ANY (string_to_array(current_setting('app.forces', true), ',')), false);
  today date := (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date;
  person text[] := ARRAY['name', 'document', 'id_sealed', 'id_digest', 'id_mask', 'birth_date', 'phone_sealed', 'education', 'post',
                         'reason', 'exception', 'answer', 'wiped_on'];
  number text[] := ARRAY['id_sealed', 'id_digest', 'phone_sealed'];
  decided text[] := ARRAY['decision', 'decided_by', 'decider_name', 'decided_on', 'answer', 'member_id', 'made_for'];
  whose text[] := ARRAY['member_id'];
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF actor IS NULL OR (NEW.decision = '' AND NEW.proposed_by = actor AND today - NEW.proposed_on IN (0, 1) AND is_ours) THEN
      RETURN NEW;
    END IF;
    RAISE EXCEPTION 'this entry is not for % to propose', duty USING ERRCODE = 'insufficient_privilege';
  ELSIF OLD.decision <> '' THEN
    IF (to_jsonb(NEW) - whose = to_jsonb(OLD) - whose AND current_user <> current_setting('role'))
      OR (to_jsonb(NEW) - person = to_jsonb(OLD) - person AND NEW.wiped_on IS NOT NULL
          AND (erasure_runs() OR (actor IS NULL AND OLD.decision <> 'approved' AND today - OLD.decided_on >= 30))) THEN
      RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what was decided about an entry never changes' USING ERRCODE = 'integrity_constraint_violation';
  ELSIF NEW.decision = '' THEN
    IF to_jsonb(NEW) - 'unit_id' = to_jsonb(OLD) - 'unit_id' THEN  -- the unit closes
      RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what was proposed never changes' USING ERRCODE = 'integrity_constraint_violation';
  ELSIF to_jsonb(NEW) - decided - number <> to_jsonb(OLD) - decided - number THEN
    RAISE EXCEPTION 'what was proposed never changes' USING ERRCODE = 'integrity_constraint_violation';
  ELSIF actor IS NOT NULL AND NOT (
    NEW.decided_by = actor AND today - NEW.decided_on IN (0, 1)
    AND CASE NEW.decision WHEN 'withdrawn' THEN is_ours
        ELSE duty = 'hr' OR (duty = 'governance' AND NEW.force IN ('auxiliary', 'patrol', 'guard')) END) THEN
    RAISE EXCEPTION 'this entry is not for % to decide', duty USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NEW.decision = 'approved' THEN
    IF NOT EXISTS (SELECT FROM personnel_member m JOIN personnel_assignment a ON a.member_id = m.id AND a.unit_id = m.unit_id
                   WHERE m.id = NEW.member_id AND m.unit_id = NEW.unit_id AND m.id_digest = OLD.id_digest
                     AND a.force = NEW.force AND a.ended_on IS NULL) THEN
      RAISE EXCEPTION 'nobody was taken in' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF COALESCE((SELECT r.needs_check FROM personnel_eligibilityrule r
                 WHERE r.force = NEW.force AND r.valid_from <= NEW.decided_on
                   AND (r.valid_until IS NULL OR r.valid_until > NEW.decided_on)
                 ORDER BY r.valid_from DESC LIMIT 1), NEW.force <> 'volunteer')
      AND NOT EXISTS (SELECT FROM personnel_backgroundcheck c WHERE c.entry_id = NEW.id AND c.takes_back_id IS NULL
                        AND NOT EXISTS (SELECT FROM personnel_backgroundcheck b WHERE b.takes_back_id = c.id)) THEN
      RAISE EXCEPTION 'nobody is taken in without a background check' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER entry_guard BEFORE INSERT OR UPDATE ON personnel_entry FOR EACH ROW EXECUTE FUNCTION entry_guard();

-- A check is recorded in one's own name, at that moment, of a file in sight or of an entry that is open; and never rewritten. Only
-- whose it is, and where that file is kept, changes by the functions below.
CREATE FUNCTION background_check_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  actor bigint := NULLIF(current_setting('app.actor', true), '')::bigint;
  whose text[] := ARRAY['unit_id', 'member_id', 'made_for'];
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF current_user <> current_setting('role') AND to_jsonb(NEW) - whose = to_jsonb(OLD) - whose THEN
      RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a background check is not rewritten' USING ERRCODE = 'insufficient_privilege';
  END IF;
  NEW.made_for := NEW.member_id;
  IF actor IS NULL THEN RETURN NEW; END IF;
  NEW.recorded_by := actor;
  NEW.recorded_at := now();
  IF NEW.member_id IS NOT NULL THEN
    PERFORM FROM personnel_member m WHERE m.id = NEW.member_id AND m.unit_id = NEW.unit_id FOR KEY SHARE;
  ELSE
    PERFORM FROM personnel_entry e
      WHERE e.id = NEW.entry_id AND e.unit_id = NEW.unit_id AND e.force = NEW.force AND e.decision = '' FOR UPDATE;
  END IF;
  IF NOT FOUND OR (NEW.takes_back_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM personnel_backgroundcheck c WHERE c.id = NEW.takes_back_id AND c.takes_back_id IS NULL
      AND c.member_id IS NOT DISTINCT FROM NEW.member_id AND (NEW.member_id IS NOT NULL OR c.entry_id = NEW.entry_id)))
  THEN
    RAISE EXCEPTION 'there is nobody here to be checked' USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER background_check_guard BEFORE INSERT OR UPDATE ON personnel_backgroundcheck
  FOR EACH ROW EXECUTE FUNCTION background_check_guard();

-- Checks move with the file, whoever moves it: most of those may not see them. They keep a file from being deleted, unless it is
-- withdrawn: then they stay where they are, and the file finds them again when it comes back.
CREATE FUNCTION checks_follow_members() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET enable_nestloop = on AS $$
DECLARE
  members bigint[];
  units bigint[];
BEGIN
  IF TG_OP = 'UPDATE' THEN
    SELECT array_agg(d.id), array_agg(d.unit_id) INTO members, units
    FROM (SELECT n.id, n.unit_id FROM new_rows n EXCEPT SELECT o.id, o.unit_id FROM old_rows o) d;
    IF members IS NOT NULL THEN
      UPDATE personnel_backgroundcheck c SET unit_id = w.unit FROM unnest(members, units) AS w (member, unit)
        WHERE c.member_id = w.member AND c.unit_id <> w.unit;
    END IF;
  ELSIF (SELECT count(*) FROM personnel_backgroundcheck c JOIN old_rows o ON c.member_id = o.id
         WHERE NOT EXISTS (SELECT FROM personnel_withdrawnfile w WHERE w.member_id = o.id AND w.withdrawn_at = now())) > 0 THEN
    RAISE EXCEPTION 'a row hangs on this member' USING ERRCODE = 'foreign_key_violation', TABLE = 'personnel_backgroundcheck';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER checks_update AFTER UPDATE ON personnel_member REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION checks_follow_members();
CREATE TRIGGER checks_delete AFTER DELETE ON personnel_member REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION checks_follow_members();

-- Checks become the person's with the approval, and are gone with an entry whose person is forgotten. Checks and entries go over to
-- the file that absorbs theirs, and back when the merge is taken back: those made for that file and for what it had absorbed itself.
CREATE FUNCTION checks_follow_files() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  w personnel_withdrawnfile;
  g personnel_filemerge;
  kept_in bigint;
  files bigint[];
BEGIN
  IF TG_TABLE_NAME = 'personnel_entry' THEN
    IF OLD.decision = '' AND NEW.decision = 'approved' THEN
      UPDATE personnel_backgroundcheck SET member_id = NEW.member_id, made_for = NEW.member_id, unit_id = NEW.unit_id
        WHERE entry_id = NEW.id AND member_id IS NULL;
    ELSIF NEW.wiped_on IS NOT NULL THEN
      DELETE FROM personnel_backgroundcheck WHERE entry_id = NEW.id AND member_id IS NULL;
    ELSIF OLD.unit_id <> NEW.unit_id THEN
      UPDATE personnel_backgroundcheck SET unit_id = NEW.unit_id WHERE entry_id = NEW.id AND member_id IS NULL;
    END IF;
    RETURN NULL;
  ELSIF TG_TABLE_NAME = 'personnel_withdrawnfile' THEN
    SELECT * INTO g FROM personnel_filemerge m WHERE m.id = NEW.merge_id;
    SELECT m.unit_id INTO kept_in FROM personnel_member m WHERE m.id = g.survivor_id;
    UPDATE personnel_backgroundcheck SET member_id = g.survivor_id, unit_id = kept_in WHERE member_id = NEW.member_id;
    UPDATE personnel_entry SET member_id = g.survivor_id WHERE member_id = NEW.member_id;
    RETURN NULL;
  END IF;
  SELECT * INTO w FROM personnel_withdrawnfile f WHERE f.id = NEW.withdrawn_id;
  SELECT * INTO g FROM personnel_filemerge m WHERE m.id = w.merge_id;
  IF g.id IS NULL THEN RETURN NULL; END IF;
  WITH RECURSIVE mine (id) AS (
    SELECT w.member_id
    UNION
    SELECT m.absorbed_id FROM mine JOIN personnel_filemerge m ON m.survivor_id = mine.id
    WHERE NOT EXISTS (SELECT FROM personnel_fileunmerge u WHERE u.merge_id = m.id))
  SELECT array_agg(id) INTO files FROM mine;
  UPDATE personnel_backgroundcheck SET member_id = w.member_id, unit_id = w.unit_id
    WHERE member_id = g.survivor_id AND made_for = ANY (files);
  UPDATE personnel_entry SET member_id = w.member_id WHERE member_id = g.survivor_id AND made_for = ANY (files);
  RETURN NULL;
END $$;
CREATE TRIGGER checks_of_entry AFTER UPDATE ON personnel_entry FOR EACH ROW EXECUTE FUNCTION checks_follow_files();
CREATE TRIGGER checks_of_absorbed AFTER INSERT ON personnel_withdrawnfile FOR EACH ROW WHEN (NEW.merge_id IS NOT NULL)
  EXECUTE FUNCTION checks_follow_files();
CREATE TRIGGER checks_of_returned AFTER INSERT ON personnel_returnedfile FOR EACH ROW EXECUTE FUNCTION checks_follow_files();
REVOKE ALL ON FUNCTION checks_follow_members(), checks_follow_files() FROM PUBLIC;

-- The personnel office writes checks, governance sees that there are some (`OnlyFor`). Nobody changes one.
ALTER POLICY of_staff ON personnel_backgroundcheck
  WITH CHECK (unit_id BETWEEN NULLIF(current_setting('app.unit_low', true), '')::bigint
                          AND NULLIF(current_setting('app.unit_high', true), '')::bigint
              AND current_setting('app.duty', true) = 'hr');
ALTER POLICY of_whole ON personnel_backgroundcheck WITH CHECK (current_setting('app.duty', true) = 'hr');
DO $$
DECLARE
  part text;
BEGIN
  FOREACH part IN ARRAY ARRAY['_staff', '_whole'] LOOP
    EXECUTE format('REVOKE UPDATE ON personnel_backgroundcheck FROM %I', current_database() || part);
  END LOOP;
END $$;
