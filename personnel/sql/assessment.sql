-- Who may score whom, and until when. These guards ask the account that acts; the office itself (set-up, demo) has none.
CREATE FUNCTION assessment_is_fair() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  actor bigint := NULLIF(current_setting('app.actor', true), '')::bigint;
  cycle personnel_assessmentcycle;
BEGIN
  IF actor IS NULL THEN RETURN NEW; END IF;
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.cycle_id, NEW.entered_by, NEW.scores, NEW.weights) IS NOT DISTINCT FROM (OLD.cycle_id, OLD.entered_by, OLD.scores, OLD.weights)
    THEN RETURN NEW; END IF;
    -- What an upheld appeal corrects, in the transaction that decides it; the examiner stays named.
    IF (NEW.cycle_id, NEW.entered_by, NEW.weights) IS NOT DISTINCT FROM (OLD.cycle_id, OLD.entered_by, OLD.weights)
      AND EXISTS (SELECT FROM personnel_appeal a WHERE a.assessment_id = NEW.id AND a.is_upheld AND a.decided_at = now())
    THEN RETURN NEW; END IF;
    IF NEW.cycle_id <> OLD.cycle_id THEN
      RAISE EXCEPTION 'a result stays in its cycle' USING ERRCODE = 'insufficient_privilege';
    END IF;
  END IF;
  -- Whoever closes a cycle, or proposes by it, holds this lock alone: no score slips in while they count. (A row lock
  -- would not do: an examiner of a town may not write the cycle of the district.)
  PERFORM pg_advisory_xact_lock_shared(7262, NEW.cycle_id::integer);
  SELECT * INTO STRICT cycle FROM personnel_assessmentcycle c WHERE c.id = NEW.cycle_id;
  IF cycle.closed_on IS NOT NULL OR EXISTS (
    SELECT FROM personnel_placement p JOIN personnel_programme g ON g.id = p.programme_id
    WHERE p.member_id = NEW.member_id AND p.batch_id IS NOT NULL AND g.cycle_id = NEW.cycle_id)
  THEN
    RAISE EXCEPTION 'the result is settled' USING ERRCODE = 'insufficient_privilege';
  END IF;
  -- New weights reach the sheets by the foreign key; nobody scored anew.
  IF TG_OP = 'UPDATE' AND NEW.scores = OLD.scores AND NEW.entered_by = OLD.entered_by THEN RETURN NEW; END IF;
  IF NEW.entered_by <> actor THEN
    RAISE EXCEPTION 'scores are entered in one''s own name' USING ERRCODE = 'insufficient_privilege';
  END IF;
  -- Where the file is out of sight, so are its declarations of kinship.
  IF NOT EXISTS (SELECT FROM personnel_member m WHERE m.id = NEW.member_id)
    OR EXISTS (SELECT FROM personnel_kinship k
               WHERE k.member_id = NEW.member_id AND k.account_id = actor AND k.withdrawn_on IS NULL)
  THEN
    RAISE EXCEPTION 'relatives do not score' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NOT EXISTS (SELECT FROM personnel_examiner e
                 WHERE e.cycle_id = NEW.cycle_id AND e.account_id = actor
                   AND (e.until IS NULL OR e.until > (now() AT TIME ZONE 'Asia/Shanghai')::date)
                   AND NEW.unit_id BETWEEN e.unit_id AND division_high(e.unit_id))
  THEN
    RAISE EXCEPTION 'only an examiner of this cycle scores' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER assessment_is_fair BEFORE INSERT OR UPDATE ON personnel_assessment
  FOR EACH ROW EXECUTE FUNCTION assessment_is_fair();

-- Closed results stay closed, and what they were counted by stays as well.
CREATE FUNCTION cycle_stays_closed() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF OLD.closed_on IS NOT NULL
    AND (NEW.closed_on, NEW.closed_by, NEW.items, NEW.weights, NEW.forces, NEW.excellent_from, NEW.qualified_from, NEW.basic_from, NEW.unit_id)
        IS DISTINCT FROM
        (OLD.closed_on, OLD.closed_by, OLD.items, OLD.weights, OLD.forces, OLD.excellent_from, OLD.qualified_from, OLD.basic_from, OLD.unit_id)
  THEN
    RAISE EXCEPTION 'the results are closed' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER cycle_stays_closed BEFORE UPDATE ON personnel_assessmentcycle
  FOR EACH ROW EXECUTE FUNCTION cycle_stays_closed();

-- An appeal names examiner, proposer and last day as the database knows them, so that nobody can choose their own judge.
CREATE FUNCTION appeal_is_heard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  actor bigint := NULLIF(current_setting('app.actor', true), '')::bigint;
  sheet personnel_assessment;
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT * INTO sheet FROM personnel_assessment s WHERE s.id = NEW.assessment_id;
    NEW.member_id := sheet.member_id;
    NEW.unit_id := sheet.unit_id;
    NEW.examiner := sheet.entered_by;
    SELECT b.proposed_by, b.appeals_until INTO NEW.proposer, NEW.last_day
    FROM personnel_placement p JOIN personnel_programme g ON g.id = p.programme_id JOIN personnel_placementbatch b ON b.id = p.batch_id
    WHERE p.member_id = sheet.member_id AND g.cycle_id = sheet.cycle_id AND b.confirmed_at IS NOT NULL AND b.carried_out_at IS NULL
    ORDER BY b.id DESC LIMIT 1;
    IF NEW.last_day IS NULL THEN
      SELECT c.closed_on + c.appeal_days INTO NEW.last_day FROM personnel_assessmentcycle c
      WHERE c.id = sheet.cycle_id AND c.closed_on IS NOT NULL;
    END IF;
    IF NEW.last_day IS NULL THEN
      RAISE EXCEPTION 'no result is announced yet' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.decided_at IS NOT NULL OR (actor IS NOT NULL AND NEW.recorded_by <> actor) THEN
      RAISE EXCEPTION 'an appeal is recorded before it is decided' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.decided_at IS NOT NULL
    OR (NEW.assessment_id, NEW.member_id, NEW.unit_id, NEW.received_on, NEW.last_day, NEW.grounds, NEW.recorded_by, NEW.examiner, NEW.proposer)
       IS DISTINCT FROM
       (OLD.assessment_id, OLD.member_id, OLD.unit_id, OLD.received_on, OLD.last_day, OLD.grounds, OLD.recorded_by, OLD.examiner, OLD.proposer)
    OR (actor IS NOT NULL AND (NEW.decided_by IS DISTINCT FROM actor OR NEW.decided_at IS DISTINCT FROM now()))
  THEN
    RAISE EXCEPTION 'an appeal is decided once, in one''s own name' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER appeal_is_heard BEFORE INSERT OR UPDATE ON personnel_appeal
  FOR EACH ROW EXECUTE FUNCTION appeal_is_heard();
