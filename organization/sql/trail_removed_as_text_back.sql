ALTER TABLE organization_trail DISABLE TRIGGER trail_is_kept;
UPDATE organization_trail SET before = trail_created(removed_as, removed), removed_as = NULL, removed = NULL
WHERE removed_as IS NOT NULL;
ALTER TABLE organization_trail ENABLE TRIGGER trail_is_kept;
ALTER TABLE organization_trail DROP COLUMN removed, DROP COLUMN removed_as;
