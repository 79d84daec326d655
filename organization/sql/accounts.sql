-- What one person may do to an account. The office's own commands have no actor, the gate has column grants: neither is asked here.
CREATE FUNCTION account_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  actor bigint := NULLIF(current_setting('app.actor', true), '')::bigint;
  duty text := COALESCE(current_setting('app.duty', true), '');
  closing boolean := COALESCE(current_setting('app.batch', true), '') <> '';  -- a closed unit's accounts go to its successor
  own boolean;
BEGIN
  IF actor IS NULL THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF duty = 'sysadmin' AND NEW.role IS NULL AND NOT NEW.is_demo THEN
      RETURN NEW;
    END IF;
    RAISE EXCEPTION 'only the system administrator adds accounts, without a role' USING ERRCODE = 'insufficient_privilege';
  END IF;
  own := OLD.id = actor;
  IF NEW.is_demo IS DISTINCT FROM OLD.is_demo OR NEW.username IS DISTINCT FROM OLD.username
    OR (NEW.unit_id IS DISTINCT FROM OLD.unit_id AND NOT closing AND (duty <> 'sysadmin' OR own OR NEW.role IS NOT NULL))
    OR (NEW.role IS DISTINCT FROM OLD.role AND (own OR NOT (
      duty = 'secadmin' OR (duty = 'sysadmin' AND NEW.role IS NULL AND NEW.unit_id <> OLD.unit_id))))
    OR (NEW.is_active IS DISTINCT FROM OLD.is_active AND (duty <> 'sysadmin' OR own))
    OR (NEW.name IS DISTINCT FROM OLD.name AND NOT (duty = 'sysadmin' OR (duty = 'staff' AND OLD.role = 'clerk' AND NOT own)))
    OR ((NEW.password, NEW.issued_at, NEW.issued_used_at, NEW.session_epoch)
          IS DISTINCT FROM (OLD.password, OLD.issued_at, OLD.issued_used_at, OLD.session_epoch)
        AND NOT (own OR duty = 'secadmin' OR (duty = 'staff' AND OLD.role = 'clerk')))
  THEN
    RAISE EXCEPTION 'this is not for % to change on account %', duty, OLD.id USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER account_guard BEFORE INSERT OR UPDATE ON organization_account FOR EACH ROW EXECUTE FUNCTION account_guard();

-- Demonstration accounts, which need no second factor, exist in demonstration databases only; and no database changes its kind.
CREATE FUNCTION account_demo_belongs_to_a_demo() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM organization_installation WHERE is_demo) THEN
    RAISE EXCEPTION 'demonstration accounts exist in a demonstration database only'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'account_demo_belongs_to_a_demo';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER account_demo_belongs_to_a_demo BEFORE INSERT OR UPDATE OF is_demo ON organization_account
  FOR EACH ROW WHEN (NEW.is_demo) EXECUTE FUNCTION account_demo_belongs_to_a_demo();
CREATE TRIGGER is_demo_never_changes BEFORE UPDATE OF is_demo ON organization_installation
  FOR EACH ROW WHEN (OLD.is_demo IS DISTINCT FROM NEW.is_demo) EXECUTE FUNCTION refuse_change('is_demo');
