-- Where those go who do not pass, and what follows, are terms that stay as long as a proposal stands.
CREATE OR REPLACE FUNCTION programme_is_settled() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF (NEW.unit_id, NEW.from_force, NEW.into_force, NEW.merged_on, NEW.cycle_id, NEW.employer_id, NEW.exempt_cohorts, NEW.appeal_days, NEW.confirming_roles, NEW.standin_roles, NEW.failed_sponsor, NEW.follow_ups)
     IS DISTINCT FROM
     (OLD.unit_id, OLD.from_force, OLD.into_force, OLD.merged_on, OLD.cycle_id, OLD.employer_id, OLD.exempt_cohorts, OLD.appeal_days, OLD.confirming_roles, OLD.standin_roles, OLD.failed_sponsor, OLD.follow_ups)
    AND EXISTS (SELECT FROM personnel_placementbatch b
                WHERE b.programme_id = NEW.id AND b.rejected_at IS NULL AND b.reverted_at IS NULL)
  THEN
    RAISE EXCEPTION 'a proposal stands on these terms' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
