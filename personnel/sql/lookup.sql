-- Is this number registered in a unit that the asker does not see? A boolean and nothing else; each question is an event, and
-- 20 an hour and account are answered (NULL says that they are used up). `quietly` asks for a person who is about to be saved,
-- so that a miss leaves a file and a trail: there only hits are events, and only hits are counted.
CREATE FUNCTION registered_elsewhere(digest bytea, quietly boolean) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  asker bigint := NULLIF(current_setting('app.actor', true), '')::bigint;
  is_whole boolean := current_setting('role') = current_database() || '_whole';
  found boolean;
BEGIN
  -- Questions of one account queue up, so that each is counted before the next; without an account there is nothing to count.
  PERFORM pg_advisory_xact_lock(hashtextextended('registered_elsewhere', asker));
  IF (SELECT count(*) FROM organization_securityevent e
      WHERE e.actor = asker AND e.kind = 'lookup' AND e.at > now() - interval '1 hour'
        AND e.detail ? 'elsewhere' AND (NOT quietly OR (e.detail ->> 'elsewhere')::boolean)) >= 20 THEN
    RETURN NULL;
  END IF;
  found := NOT is_whole AND EXISTS (
    SELECT FROM personnel_member m WHERE m.id_digest = digest
      AND m.unit_id NOT BETWEEN NULLIF(current_setting('app.unit_low', true), '')::bigint
                            AND NULLIF(current_setting('app.unit_high', true), '')::bigint);
  IF found OR NOT quietly THEN
    INSERT INTO organization_securityevent (kind, username, reason, detail, origin, request, address, actor)
    VALUES ('lookup', COALESCE(current_setting('app.username', true), ''), '', jsonb_build_object('elsewhere', found),
            COALESCE(current_setting('app.origin', true), ''), COALESCE(current_setting('app.request', true), ''),
            NULLIF(current_setting('app.address', true), '')::inet, asker);
  END IF;
  RETURN found;
END $$;
