-- The trail of an erasure says who erased which fields of whom, and none of what was erased: else it would keep it for years. Rows that
-- an erasure takes are kept as text by now: they are told as the fields that they had.
CREATE OR REPLACE FUNCTION erasure_leaves_no_values() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM personnel_erasurebatch b WHERE 'erasure-' || b.id = NEW.batch AND b.approved_at = now())
    AND NEW.table_name <> 'personnel_erasurebatch'
  THEN
    NEW.before := (SELECT jsonb_object_agg(x.key, CASE WHEN x.value IN ('null', '""') THEN x.value ELSE '"••••••"' END)
                   FROM jsonb_each(COALESCE(NEW.before, trail_created(NEW.removed_as, NEW.removed))) x);
    NEW.removed := NULL;
    NEW.removed_as := NULL;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER erasure_leaves_no_values ON organization_trail;
CREATE TRIGGER erasure_leaves_no_values BEFORE INSERT ON organization_trail
  FOR EACH ROW WHEN (NEW.batch LIKE 'erasure-%' AND (NEW.before IS NOT NULL OR NEW.removed IS NOT NULL))
  EXECUTE FUNCTION erasure_leaves_no_values();
