-- Whether this is the function that erases, at work on a confirmed erasure: as the owner of the tables, in the transaction that
-- confirmed it, by the account that did, with a file judged to be erased. Web roles can bring about none of this by themselves.
CREATE FUNCTION erasure_runs() RETURNS boolean LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT current_user = (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = 'personnel_erasurebatch'::regclass)
    AND EXISTS (
      SELECT FROM personnel_erasurebatch b JOIN personnel_erasureentry e ON e.batch_id = b.id AND e.outcome = 'erased'
      WHERE 'erasure-' || b.id = current_setting('app.batch', true) AND b.approved_at = now()
        AND b.approved_by = NULLIF(current_setting('app.actor', true), '')::bigint)
$$;

-- What was asked stays as it was asked, and an answer stays; an erasure takes the person out of it.
CREATE FUNCTION request_stays_as_asked() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  person text[] := ARRAY['name', 'id_digest', 'post', 'answer', 'answered_on'];
BEGIN
  IF NEW.name = '已清除' AND NEW.post = '' AND (OLD.answer = '' OR (NEW.answer, NEW.answered_on) = (OLD.answer, OLD.answered_on))
    AND to_jsonb(NEW) - person = to_jsonb(OLD) - person AND erasure_runs() THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'what was asked or answered of % never changes', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
DROP TRIGGER request_never_changes ON personnel_transferrequest;
CREATE TRIGGER request_never_changes BEFORE UPDATE ON personnel_transferrequest FOR EACH ROW
  WHEN (OLD.answer <> '' OR (OLD.unit_id, OLD.name, OLD.id_digest, OLD.force, OLD.sponsor, OLD.post, OLD.share, OLD.asked_by, OLD.asked_on, OLD.asked_at)
        IS DISTINCT FROM (NEW.unit_id, NEW.name, NEW.id_digest, NEW.force, NEW.sponsor, NEW.post, NEW.share, NEW.asked_by, NEW.asked_on, NEW.asked_at))
  EXECUTE FUNCTION request_stays_as_asked();

-- A question stays as it was put and a decision as it was made. An open question goes over to the file that absorbs the one it was
-- about, and back with it; an erasure takes the words out.
CREATE FUNCTION question_stays_as_put() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  place text[] := ARRAY['member_id', 'kept_by_id', 'unit_id'];
  words text[] := ARRAY['post', 'reason'];
BEGIN
  IF NEW.post = '' AND NEW.reason = '' AND to_jsonb(NEW) - words = to_jsonb(OLD) - words AND erasure_runs() THEN
    RETURN NEW;
  ELSIF OLD.decision = '' AND current_user <> current_setting('role') AND to_jsonb(NEW) - place = to_jsonb(OLD) - place AND EXISTS (
    SELECT FROM personnel_filemerge g LEFT JOIN personnel_fileunmerge u ON u.merge_id = g.id
    WHERE (g.merged_at = now() AND (g.absorbed_id, g.survivor_id) = (OLD.member_id, NEW.member_id))
       OR (u.undone_at = now() AND (g.survivor_id, g.absorbed_id) = (OLD.member_id, NEW.member_id))) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'what was asked or decided of % never changes', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
DROP TRIGGER question_never_changes ON personnel_transferconsent;
CREATE TRIGGER question_never_changes BEFORE UPDATE ON personnel_transferconsent FOR EACH ROW
  WHEN (OLD.decision <> '' OR (OLD.request_id, OLD.member_id, OLD.to_unit_id, OLD.asked_by, OLD.asked_on, OLD.force, OLD.sponsor, OLD.post, OLD.share)
        IS DISTINCT FROM (NEW.request_id, NEW.member_id, NEW.to_unit_id, NEW.asked_by, NEW.asked_on, NEW.force, NEW.sponsor, NEW.post, NEW.share))
  EXECUTE FUNCTION question_stays_as_put();

-- As before; a number that was corrected, or that of an absorbed file, leads to its person as long as nobody else bears it.
CREATE OR REPLACE FUNCTION route_transfer_request() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO personnel_transferconsent (request_id, member_id, unit_id, kept_by_id, to_unit_id, asked_by, asked_on,
                                         force, sponsor, post, share, decision, reason)
  SELECT NEW.id, m.id, m.unit_id, m.unit_id, NEW.unit_id, NEW.asked_by, NEW.asked_on,
         NEW.force, NEW.sponsor, NEW.post, NEW.share, '', ''
  FROM personnel_member m
  WHERE m.name = NEW.name AND m.unit_id <> NEW.unit_id AND m.id = (
    SELECT found.id FROM (
      SELECT o.id, 0 AS place, 0 AS former FROM personnel_member o WHERE o.id_digest = NEW.id_digest
      UNION ALL
      SELECT f.member_id, 1, -f.id FROM personnel_formernumber f JOIN personnel_member o ON o.id = f.member_id AND o.name = NEW.name
      WHERE f.number_digest = NEW.id_digest AND f.dropped_at IS NULL) found
    ORDER BY found.place, found.former LIMIT 1)
  FOR KEY SHARE OF m;
  RETURN NULL;
END $$;

-- Open questions about a file go to the one that absorbs it. One's own people are not asked for: if the asker keeps that file, the
-- request lapses.
CREATE FUNCTION questions_follow_merged_file() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE personnel_transferrequest r SET answer = 'lapsed', answered_on = (now() AT TIME ZONE 'Asia/Shanghai')::date
  FROM personnel_transferconsent c, personnel_member m
  WHERE c.member_id = NEW.absorbed_id AND c.decision = '' AND r.id = c.request_id AND r.answer = ''
    AND m.id = NEW.survivor_id AND m.unit_id = c.to_unit_id;
  UPDATE personnel_transferconsent c SET member_id = m.id, kept_by_id = m.unit_id, unit_id = m.unit_id
  FROM personnel_member m WHERE c.member_id = NEW.absorbed_id AND c.decision = '' AND m.id = NEW.survivor_id;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION questions_follow_merged_file() FROM PUBLIC;
CREATE TRIGGER questions_follow_merged_file AFTER INSERT ON personnel_filemerge
  FOR EACH ROW EXECUTE FUNCTION questions_follow_merged_file();

-- A file is back when its rows are; its cards come back, and of a merge that is taken back the open questions for its number.
CREATE OR REPLACE FUNCTION file_is_back() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
  UPDATE personnel_transferconsent c SET member_id = w.member_id, kept_by_id = w.unit_id, unit_id = w.unit_id
  FROM personnel_filemerge g, personnel_fileunmerge u, personnel_transferrequest r
  WHERE g.id = w.merge_id AND u.merge_id = g.id AND u.undone_at = now() AND c.member_id = g.survivor_id AND c.decision = ''
    AND r.id = c.request_id AND r.id_digest = w.number_digest;
  NEW.returned_at := now();
  NEW.actor := who;
  RETURN NEW;
END $$;
