-- A request reaches the unit that keeps the file, if number and name fit; the asker learns neither whether nor where. The file is
-- held while the question is put, so that it does not move away in between.
CREATE OR REPLACE FUNCTION route_transfer_request() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO personnel_transferconsent (request_id, member_id, unit_id, kept_by_id, to_unit_id, asked_by, asked_on,
                                         force, sponsor, post, share, decision, reason)
  SELECT NEW.id, m.id, m.unit_id, m.unit_id, NEW.unit_id, NEW.asked_by, NEW.asked_on,
         NEW.force, NEW.sponsor, NEW.post, NEW.share, '', ''
  FROM personnel_member m WHERE m.id_digest = NEW.id_digest AND m.name = NEW.name AND m.unit_id <> NEW.unit_id
  FOR KEY SHARE OF m;
  RETURN NULL;
END $$;

-- What was asked stays as it was asked, and an answer stays.
CREATE TRIGGER request_never_changes BEFORE UPDATE ON personnel_transferrequest FOR EACH ROW
  WHEN (OLD.answer <> '' OR (OLD.unit_id, OLD.name, OLD.id_digest, OLD.force, OLD.sponsor, OLD.post, OLD.share, OLD.asked_by, OLD.asked_on, OLD.asked_at)
        IS DISTINCT FROM (NEW.unit_id, NEW.name, NEW.id_digest, NEW.force, NEW.sponsor, NEW.post, NEW.share, NEW.asked_by, NEW.asked_on, NEW.asked_at))
  EXECUTE FUNCTION refuse_change('what was asked or answered');
CREATE TRIGGER question_never_changes BEFORE UPDATE ON personnel_transferconsent FOR EACH ROW
  WHEN (OLD.decision <> '' OR (OLD.request_id, OLD.member_id, OLD.to_unit_id, OLD.asked_by, OLD.asked_on, OLD.force, OLD.sponsor, OLD.post, OLD.share)
        IS DISTINCT FROM (NEW.request_id, NEW.member_id, NEW.to_unit_id, NEW.asked_by, NEW.asked_on, NEW.force, NEW.sponsor, NEW.post, NEW.share))
  EXECUTE FUNCTION refuse_change('what was asked or decided');

-- One asks in one's own name, today, for a force that one keeps; the asking side may give a request up, never grant it. In a function
-- of the owner the user is not the role that was taken, and the office's own commands have no actor. A day is allowed for midnight.
CREATE FUNCTION transfer_request_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  actor bigint := NULLIF(current_setting('app.actor', true), '')::bigint;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.answer = '' AND (actor IS NULL OR (
         NEW.asked_by = actor
         AND (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date - NEW.asked_on IN (0, 1)
         AND NEW.force = ANY (string_to_array(current_setting('app.forces', true), ','))))
    THEN
      RETURN NEW;
    END IF;
  ELSIF NEW.answer NOT IN ('agreed', 'refused') OR current_user <> current_setting('role') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'this transfer request is not for % to write', current_setting('app.duty', true) USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER transfer_request_guard BEFORE INSERT OR UPDATE ON personnel_transferrequest
  FOR EACH ROW EXECUTE FUNCTION transfer_request_guard();

-- An open question follows the file; a decision stays where it was made. Who keeps the person's force decides, or the governance
-- office as the superior of both sides for the forces of towns and villages; in one's own name and today.
CREATE FUNCTION transfer_consent_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  actor bigint := NULLIF(current_setting('app.actor', true), '')::bigint;
  forces text[] := string_to_array(COALESCE(current_setting('app.forces', true), ''), ',');
  held text;
BEGIN
  IF NEW.decision = '' THEN
    NEW.unit_id := NEW.kept_by_id;
    RETURN NEW;
  END IF;
  NEW.kept_by_id := NULL;
  IF current_user <> current_setting('role') OR actor IS NULL THEN
    RETURN NEW;
  END IF;
  SELECT a.force INTO held FROM personnel_assignment a WHERE a.member_id = NEW.member_id
    ORDER BY a.unit_id <> NEW.unit_id, a.ended_on DESC NULLS FIRST, a.started_on DESC LIMIT 1;
  IF NEW.decision IN ('agreed', 'refused') AND NEW.decided_by = actor
     AND (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date - NEW.decided_on IN (0, 1)
     AND (COALESCE(held = ANY (forces), forces <> '{}')
          OR (current_setting('app.duty', true) = 'governance' AND COALESCE(held NOT IN ('auxiliary', 'patrol', 'guard'), true)))
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'this transfer is not for % to decide', current_setting('app.duty', true) USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER transfer_consent_guard BEFORE UPDATE ON personnel_transferconsent
  FOR EACH ROW EXECUTE FUNCTION transfer_consent_guard();

-- Carry out what was agreed, as it was asked: the one place where something is written in two units. A transfer ends the services
-- that run and begins the new one on the day of consent, and moves the file; a second service leaves the file where it is. Who is a
-- volunteer beside a paid service stays with the file where that service is.
CREATE OR REPLACE FUNCTION carry_out_transfer(consent bigint) RETURNS void LANGUAGE plpgsql SECURITY INVOKER SET search_path = public, pg_temp AS $$
DECLARE
  c personnel_transferconsent;
  r personnel_transferrequest;
  part integer;
  first_free integer := 0;
BEGIN
  SELECT * INTO c FROM personnel_transferconsent t WHERE t.id = consent AND t.decision = 'agreed';
  SELECT * INTO r FROM personnel_transferrequest t WHERE t.id = c.request_id AND t.answer = '' FOR UPDATE;
  IF r.id IS NULL THEN
    RAISE EXCEPTION 'no agreed transfer' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM FROM personnel_member WHERE id = c.member_id FOR UPDATE;
  part := CASE r.force WHEN 'volunteer' THEN 0 ELSE r.share END;
  IF r.share = 100 AND (part = 100 OR NOT EXISTS (
       SELECT FROM personnel_assignment a WHERE a.member_id = c.member_id AND a.share > 0 AND (a.ended_on IS NULL OR a.ended_on > c.decided_on)))
  THEN
    UPDATE personnel_assignment SET ended_on = c.decided_on, ending = 'transferred'
      WHERE member_id = c.member_id AND (ended_on IS NULL OR ended_on > c.decided_on) AND (share > 0 OR part = 0);
    UPDATE personnel_member SET unit_id = r.unit_id WHERE id = c.member_id;
  ELSIF part > 0 THEN
    WITH running AS (SELECT a.share_from AS low, a.share_from + a.share AS high FROM personnel_assignment a
                     WHERE a.member_id = c.member_id AND a.share > 0 AND (a.ended_on IS NULL OR a.ended_on > c.decided_on))
    SELECT min(f.low) INTO first_free FROM (SELECT 0 AS low UNION SELECT high FROM running) f
    WHERE f.low + part <= 100 AND NOT EXISTS (SELECT FROM running u WHERE u.low < f.low + part AND f.low < u.high);
    IF first_free IS NULL THEN
      RAISE EXCEPTION 'more than full time' USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'assignment_no_more_than_full_time';
    END IF;
  END IF;
  INSERT INTO personnel_assignment (member_id, unit_id, force, category, sponsor, post, grade, badge, former_title, share, share_from,
                                    started_on, beginning, ending, ending_note)
  VALUES (c.member_id, r.unit_id, r.force, '', r.sponsor, r.post, '', '', '', part, first_free,
          c.decided_on, CASE r.share WHEN 100 THEN 'transferred' ELSE 'second' END, '', '');
  UPDATE personnel_transferrequest SET answer = 'agreed', answered_on = c.decided_on WHERE id = r.id;
END $$;
REVOKE ALL ON FUNCTION carry_out_transfer(bigint) FROM PUBLIC;

-- To agree is to carry out, and to refuse is to answer: no decision waits for a second step. An answer that the request already
-- has stays.
CREATE FUNCTION answer_transfer_request() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.decision = 'agreed' THEN
    PERFORM carry_out_transfer(NEW.id);
  ELSE
    UPDATE personnel_transferrequest SET answer = NEW.decision, answered_on = NEW.decided_on WHERE id = NEW.request_id AND answer = '';
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION answer_transfer_request() FROM PUBLIC;
CREATE TRIGGER answer_transfer_request AFTER UPDATE OF decision ON personnel_transferconsent FOR EACH ROW
  WHEN (OLD.decision = '' AND NEW.decision IN ('agreed', 'refused')) EXECUTE FUNCTION answer_transfer_request();

-- A request that was given up, or that nobody answered in time, waits for nobody any more.
CREATE FUNCTION close_transfer_consent() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE personnel_transferconsent SET decision = NEW.answer, decided_on = NEW.answered_on WHERE request_id = NEW.id AND decision = '';
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION close_transfer_consent() FROM PUBLIC;
CREATE TRIGGER close_transfer_consent AFTER UPDATE OF answer ON personnel_transferrequest FOR EACH ROW
  WHEN (OLD.answer = '' AND NEW.answer IN ('lapsed', 'withdrawn')) EXECUTE FUNCTION close_transfer_consent();

-- Questions come from requests alone; of them, the web decides and nothing else.
DO $$
DECLARE
  part text;
BEGIN
  FOREACH part IN ARRAY ARRAY['_staff', '_whole'] LOOP
    EXECUTE format('REVOKE INSERT, UPDATE ON personnel_transferconsent FROM %I', current_database() || part);
    EXECUTE format('GRANT UPDATE (decision, decided_by, decided_on, reason) ON personnel_transferconsent TO %I', current_database() || part);
  END LOOP;
END $$;
