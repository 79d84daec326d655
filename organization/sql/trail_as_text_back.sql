ALTER TABLE organization_trail DISABLE TRIGGER trail_is_kept;
UPDATE organization_trail SET after = trail_created(created_as, created), created_as = NULL, created = NULL
WHERE created_as IS NOT NULL;
ALTER TABLE organization_trail ENABLE TRIGGER trail_is_kept;
ALTER TABLE organization_trail DROP COLUMN created, DROP COLUMN created_as;
DROP FUNCTION trail_created;
DO $$ DECLARE shape regtype; BEGIN
  FOR shape IN SELECT t.oid FROM pg_type t
               WHERE t.typtype = 'c' AND t.typnamespace = 'public'::regnamespace AND t.typname ~ '^trail_of_.*_[0-9]+$'
  LOOP
    EXECUTE format('DROP TYPE %s', shape);
  END LOOP;
END $$;
