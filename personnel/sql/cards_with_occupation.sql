-- What somebody did before (GB/T 2261.4) stands on the cards as education does, so that lists and figures can tell people apart by it.
CREATE OR REPLACE FUNCTION keep_cards_of_members() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
SET enable_nestloop = on SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM personnel_card c USING old_rows o WHERE c.member_id = o.id;
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    UPDATE personnel_card c
    SET name = d.name, pinyin = d.pinyin, initials = d.initials, other_pinyin = d.other_pinyin, mask = d.id_mask,
        sex = d.sex, birth_date = d.birth_date, education = d.education, occupation = d.occupation
    FROM (SELECT n.id, n.name, n.pinyin, n.initials, n.other_pinyin, n.id_mask, n.sex, n.birth_date, n.education, n.occupation FROM new_rows n
          EXCEPT
          SELECT o.id, o.name, o.pinyin, o.initials, o.other_pinyin, o.id_mask, o.sex, o.birth_date, o.education, o.occupation FROM old_rows o) d
    WHERE c.member_id = d.id;
    INSERT INTO personnel_card (member_id, unit_id, name, pinyin, initials, other_pinyin, mask, sex, birth_date, education, occupation)
    SELECT m.id, m.unit_id, m.name, m.pinyin, m.initials, m.other_pinyin, m.id_mask, m.sex, m.birth_date, m.education, m.occupation
    FROM (SELECT n.id, n.unit_id FROM new_rows n EXCEPT SELECT o.id, o.unit_id FROM old_rows o) d
      JOIN personnel_member m ON m.id = d.id
    ON CONFLICT DO NOTHING;
    RETURN NULL;
  END IF;
  INSERT INTO personnel_card (member_id, unit_id, name, pinyin, initials, other_pinyin, mask, sex, birth_date, education, occupation)
  SELECT n.id, n.unit_id, n.name, n.pinyin, n.initials, n.other_pinyin, n.id_mask, n.sex, n.birth_date, n.education, n.occupation FROM new_rows n;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION keep_cards_of_services() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
SET enable_nestloop = on SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
BEGIN
  INSERT INTO personnel_card (member_id, unit_id, name, pinyin, initials, other_pinyin, mask, sex, birth_date, education, occupation)
  SELECT DISTINCT m.id, n.unit_id, m.name, m.pinyin, m.initials, m.other_pinyin, m.id_mask, m.sex, m.birth_date, m.education, m.occupation
  FROM new_rows n JOIN personnel_member m ON m.id = n.member_id WHERE n.unit_id <> m.unit_id
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION keep_cards_of_moved_service() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE personnel_certificate SET member_id = NEW.member_id WHERE service_id = NEW.id;
  INSERT INTO personnel_card (member_id, unit_id, name, pinyin, initials, other_pinyin, mask, sex, birth_date, education, occupation)
  SELECT m.id, NEW.unit_id, m.name, m.pinyin, m.initials, m.other_pinyin, m.id_mask, m.sex, m.birth_date, m.education, m.occupation
  FROM personnel_member m WHERE m.id = NEW.member_id
  ON CONFLICT DO NOTHING;
  DELETE FROM personnel_card c WHERE c.member_id = OLD.member_id AND c.unit_id = OLD.unit_id
    AND NOT EXISTS (SELECT FROM personnel_member m WHERE m.id = c.member_id AND m.unit_id = c.unit_id)
    AND NOT EXISTS (SELECT FROM personnel_assignment a WHERE a.member_id = c.member_id AND a.unit_id = c.unit_id);
  RETURN NULL;
END $$;

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
  INSERT INTO personnel_card (member_id, unit_id, name, pinyin, initials, other_pinyin, mask, sex, birth_date, education, occupation)
  SELECT m.id, u.unit::bigint, m.name, m.pinyin, m.initials, m.other_pinyin, m.id_mask, m.sex, m.birth_date, m.education, m.occupation
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
