-- Who is to be merged: whoever serves in the merged force on the programme's day; as long as a proposal stands, the people it
-- froze. Somebody with two services of the force is one candidate, by the larger one. It sees what the asker sees.
CREATE FUNCTION merger_candidates(programme bigint)
RETURNS TABLE (member_id bigint, unit_id bigint, service_id bigint, outcome varchar) LANGUAGE sql STABLE AS $$
  SELECT p.member_id, p.unit_id, p.service_id, p.outcome FROM personnel_placement p WHERE p.programme_id = programme
  UNION ALL
  SELECT f.member_id, f.unit_id, f.id, 'pending' FROM (
    SELECT DISTINCT ON (a.member_id) a.member_id, a.unit_id, a.id
    FROM personnel_programme g JOIN personnel_assignment a
      ON a.force = g.from_force AND a.started_on <= g.merged_on AND (a.ended_on IS NULL OR a.ended_on > g.merged_on)
    WHERE g.id = programme AND NOT EXISTS (
      SELECT FROM personnel_placementbatch b WHERE b.programme_id = programme AND b.rejected_at IS NULL AND b.reverted_at IS NULL)
    ORDER BY a.member_id, a.share DESC, a.id) f
  WHERE NOT EXISTS (SELECT FROM personnel_placement p WHERE p.programme_id = programme AND p.member_id = f.member_id)
$$;

-- A proposal goes forward only: proposed, then sent back or confirmed, carried out, taken back; each in one's own name and now.
CREATE FUNCTION batch_goes_forward() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  actor bigint := NULLIF(current_setting('app.actor', true), '')::bigint;
BEGIN
  IF actor IS NULL THEN RETURN NEW; END IF;
  IF TG_OP = 'INSERT' THEN
    IF NEW.proposed_by = actor AND NEW.proposed_at = now()
      AND (NEW.confirmed_at, NEW.rejected_at, NEW.carried_out_at, NEW.reverted_at) IS NOT DISTINCT FROM
          (NULL::timestamptz, NULL::timestamptz, NULL::timestamptz, NULL::timestamptz)
    THEN RETURN NEW; END IF;
  ELSIF (NEW.programme_id, NEW.unit_id, NEW.mark, NEW.proposed_at, NEW.proposed_by) IS NOT DISTINCT FROM
        (OLD.programme_id, OLD.unit_id, OLD.mark, OLD.proposed_at, OLD.proposed_by)
    AND ((NEW.confirmed_at, NEW.confirmed_by, NEW.appeals_until) IS NOT DISTINCT FROM (OLD.confirmed_at, OLD.confirmed_by, OLD.appeals_until)
         OR (OLD.confirmed_at IS NULL AND NEW.confirmed_at = now() AND NEW.confirmed_by = actor))
    AND ((NEW.rejected_at, NEW.rejected_by) IS NOT DISTINCT FROM (OLD.rejected_at, OLD.rejected_by)
         OR (OLD.rejected_at IS NULL AND NEW.rejected_at = now() AND NEW.rejected_by = actor))
    AND ((NEW.carried_out_at, NEW.carried_out_by) IS NOT DISTINCT FROM (OLD.carried_out_at, OLD.carried_out_by)
         OR (OLD.carried_out_at IS NULL AND NEW.carried_out_at = now() AND NEW.carried_out_by = actor))
    AND ((NEW.reverted_at, NEW.reverted_by) IS NOT DISTINCT FROM (OLD.reverted_at, OLD.reverted_by)
         OR (OLD.reverted_at IS NULL AND NEW.reverted_at = now() AND NEW.reverted_by = actor))
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a proposal goes forward only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER batch_goes_forward BEFORE INSERT OR UPDATE ON personnel_placementbatch
  FOR EACH ROW EXECUTE FUNCTION batch_goes_forward();

-- What was proposed and confirmed is what is carried out: the terms stay as long as a proposal stands.
CREATE FUNCTION programme_is_settled() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF (NEW.unit_id, NEW.from_force, NEW.into_force, NEW.merged_on, NEW.cycle_id, NEW.employer_id, NEW.exempt_cohorts, NEW.appeal_days, NEW.confirming_roles)
     IS DISTINCT FROM
     (OLD.unit_id, OLD.from_force, OLD.into_force, OLD.merged_on, OLD.cycle_id, OLD.employer_id, OLD.exempt_cohorts, OLD.appeal_days, OLD.confirming_roles)
    AND EXISTS (SELECT FROM personnel_placementbatch b
                WHERE b.programme_id = NEW.id AND b.rejected_at IS NULL AND b.reverted_at IS NULL)
  THEN
    RAISE EXCEPTION 'a proposal stands on these terms' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER programme_is_settled BEFORE UPDATE ON personnel_programme
  FOR EACH ROW EXECUTE FUNCTION programme_is_settled();

-- Nobody lands but by a confirmed proposal in the moment it is carried out, and nobody comes back but with the whole of it.
CREATE FUNCTION placement_lands_once() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  before personnel_placementbatch;
BEGIN
  IF NULLIF(current_setting('app.actor', true), '') IS NULL THEN RETURN NEW; END IF;
  IF TG_OP = 'INSERT' THEN
    IF NEW.outcome = 'pending' AND NEW.batch_id IS NULL THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'a candidate begins as pending' USING ERRCODE = 'insufficient_privilege';
  END IF;
  SELECT * INTO before FROM personnel_placementbatch b WHERE b.id = OLD.batch_id;
  IF NEW.outcome <> OLD.outcome THEN
    IF NEW.outcome = 'pending' AND before.reverted_at = now() THEN RETURN NEW; END IF;
    IF OLD.outcome <> 'pending' OR NEW.batch_id IS DISTINCT FROM OLD.batch_id OR before.carried_out_at IS DISTINCT FROM now() THEN
      RAISE EXCEPTION 'nobody lands twice, or without a confirmed proposal' USING ERRCODE = 'insufficient_privilege';
    END IF;
  END IF;
  IF OLD.batch_id IS NOT NULL AND (NEW.batch_id, NEW.verdict, NEW.service_id) IS DISTINCT FROM (OLD.batch_id, OLD.verdict, OLD.service_id)
    AND before.rejected_at IS DISTINCT FROM now() AND before.carried_out_at IS DISTINCT FROM now()
    AND NOT (before.carried_out_at IS NULL
             AND ((before.confirmed_at IS NULL AND NEW.batch_id IS NULL)
                  OR EXISTS (SELECT FROM personnel_appeal a
                             WHERE a.member_id = NEW.member_id AND a.is_upheld AND a.decided_at = now())))
  THEN
    RAISE EXCEPTION 'what was decided stands' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER placement_lands_once BEFORE INSERT OR UPDATE ON personnel_placement
  FOR EACH ROW EXECUTE FUNCTION placement_lands_once();

-- The services that the merger taken back in this transaction had begun, by the trail, which no web role can write:
-- placements could be made up by whoever works with them and prove nothing.
CREATE FUNCTION begun_by_reverted_merger() RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp SET enable_nestloop = on AS $$
  SELECT t.row FROM personnel_placementbatch b JOIN organization_trail t ON t.batch = 'merger-' || b.id
  WHERE b.reverted_at = now() AND t.action = 'I' AND t.table_name = 'personnel_assignment' AND t.at >= b.confirmed_at
$$;
