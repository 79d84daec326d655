-- A case goes forward alone, each step by the account that acts, at the moment at which it does: recorded and proposed by the
-- personnel office, confirmed or withdrawn by another account. The owner's functions alone, which move a case with a merged file or
-- erase what it says, are not asked.
CREATE FUNCTION discipline_case_goes_forward() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  who bigint := NULLIF(current_setting('app.actor', true), '')::bigint;
  duty text := current_setting('app.duty', true);
  facts text[] := ARRAY['occurred_on', 'reported_on', 'category', 'source', 'summary_sealed'];
  proposal text[] := ARRAY['decided_on', 'outcome', 'document', 'proposed_by', 'proposed_at'];
  confirmation text[] := ARRAY['confirmed_by', 'confirmed_at'];
  asked text[] := ARRAY['withdrawal_reason', 'withdrawal_asked_by', 'withdrawal_asked_at'];
  withdrawal text[] := ARRAY['withdrawn_by', 'withdrawn_at'];
  was jsonb;
  is_now jsonb := to_jsonb(NEW);
BEGIN
  IF current_user = (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = 'personnel_disciplinecase'::regclass) THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF duty IS DISTINCT FROM 'hr' OR NEW.recorded_by IS DISTINCT FROM who OR NEW.recorded_at <> now()
      OR NEW.proposed_by IS NOT NULL OR NEW.confirmed_by IS NOT NULL OR NEW.withdrawal_asked_by IS NOT NULL OR NEW.withdrawn_by IS NOT NULL THEN
      RAISE EXCEPTION 'a case is recorded by the personnel office, without a decision' USING ERRCODE = 'insufficient_privilege';
    END IF;
  ELSE
    was := to_jsonb(OLD);
    IF OLD.withdrawn_by IS NOT NULL
      OR is_now - facts - proposal - confirmation - asked - withdrawal <> was - facts - proposal - confirmation - asked - withdrawal THEN
      RAISE EXCEPTION 'a withdrawn case stays as it is, and whose it is never changes' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.confirmed_by IS NOT NULL AND is_now - asked - withdrawal <> was - asked - withdrawal THEN
      RAISE EXCEPTION 'a confirmed case stays as it is' USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- What a second account looks at must be what was proposed: with another fact the proposal is made anew.
    IF is_now - proposal - confirmation - asked - withdrawal <> was - proposal - confirmation - asked - withdrawal
      AND (duty IS DISTINCT FROM 'hr' OR NEW.proposed_by IS NOT NULL) THEN
      RAISE EXCEPTION 'facts are changed by the personnel office, before a decision is proposed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.proposed_by IS NOT NULL
      AND (NEW.decided_on, NEW.outcome, NEW.document, NEW.proposed_by, NEW.proposed_at)
        IS DISTINCT FROM (OLD.decided_on, OLD.outcome, OLD.document, OLD.proposed_by, OLD.proposed_at)
      AND (duty IS DISTINCT FROM 'hr' OR NEW.proposed_by IS DISTINCT FROM who OR NEW.proposed_at <> now() OR NEW.confirmed_by IS NOT NULL) THEN
      RAISE EXCEPTION 'a decision is proposed in one''s own name' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.confirmed_by IS NULL AND NEW.confirmed_by IS NOT NULL
      AND (OLD.proposed_by IS NULL OR NEW.confirmed_by IS DISTINCT FROM who OR NEW.confirmed_at <> now()) THEN
      RAISE EXCEPTION 'a decision that was proposed is confirmed in one''s own name' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.withdrawal_asked_by IS NOT NULL
      AND (NEW.withdrawal_reason, NEW.withdrawal_asked_by, NEW.withdrawal_asked_at)
        IS DISTINCT FROM (OLD.withdrawal_reason, OLD.withdrawal_asked_by, OLD.withdrawal_asked_at)
      AND (duty IS DISTINCT FROM 'hr' OR NEW.withdrawal_asked_by IS DISTINCT FROM who OR NEW.withdrawal_asked_at <> now() OR NEW.withdrawn_by IS NOT NULL) THEN
      RAISE EXCEPTION 'a withdrawal is asked for in one''s own name' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.withdrawn_by IS NOT NULL
      AND (OLD.withdrawal_asked_by IS NULL OR NEW.withdrawn_by IS DISTINCT FROM who OR NEW.withdrawn_at <> now()) THEN
      RAISE EXCEPTION 'a withdrawal that was asked for is confirmed in one''s own name' USING ERRCODE = 'insufficient_privilege';
    END IF;
  END IF;
  IF TG_OP = 'INSERT' OR NEW.occurred_on <> OLD.occurred_on THEN
    PERFORM FROM personnel_assignment a
      WHERE a.id = NEW.service_id AND (a.member_id, a.unit_id, a.force) = (NEW.member_id, NEW.unit_id, NEW.force)
        AND a.started_on <= NEW.occurred_on AND (a.ended_on IS NULL OR a.ended_on > NEW.occurred_on);
    IF NOT FOUND THEN
      RAISE EXCEPTION 'the person did not serve there on that day' USING ERRCODE = 'check_violation', CONSTRAINT = 'discipline_case_is_of_that_service';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER discipline_case_goes_forward BEFORE INSERT OR UPDATE ON personnel_disciplinecase
  FOR EACH ROW EXECUTE FUNCTION discipline_case_goes_forward();

-- A case goes with the service it speaks of, when that changes hands in a merge of two files or goes back; whoever merges need not
-- see it.
DROP TRIGGER place_never_changes ON personnel_disciplinecase;
CREATE TRIGGER place_never_changes BEFORE UPDATE OF unit_id, member_id ON personnel_disciplinecase FOR EACH ROW
  WHEN (OLD.unit_id IS DISTINCT FROM NEW.unit_id OR OLD.member_id IS DISTINCT FROM NEW.member_id)
  EXECUTE FUNCTION stays_unless_merged();
CREATE FUNCTION cases_follow_service() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE personnel_disciplinecase SET member_id = NEW.member_id WHERE service_id = NEW.id;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION cases_follow_service() FROM PUBLIC;
CREATE TRIGGER cases_of_moved_service AFTER UPDATE OF member_id ON personnel_assignment FOR EACH ROW
  WHEN (OLD.member_id IS DISTINCT FROM NEW.member_id) EXECUTE FUNCTION cases_follow_service();
