-- The question of `registered_elsewhere` for a whole roster at once: which of these numbers are registered in a unit that the asker
-- does not see? No place, no name; one event a roster says how many were asked and how many were found.
CREATE FUNCTION registered_elsewhere(digests bytea[]) RETURNS SETOF bytea LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  is_whole boolean := current_setting('role') = current_database() || '_whole';
  found bytea[];
BEGIN
  IF NOT is_whole THEN
    found := array(SELECT m.id_digest FROM personnel_member m WHERE m.id_digest = ANY (digests)
                   AND m.unit_id NOT BETWEEN NULLIF(current_setting('app.unit_low', true), '')::bigint
                                         AND NULLIF(current_setting('app.unit_high', true), '')::bigint);
  END IF;
  IF cardinality(digests) > 0 THEN
    INSERT INTO organization_securityevent (kind, username, reason, detail, origin, request, address, actor)
    VALUES ('lookup', COALESCE(current_setting('app.username', true), ''), '',
            jsonb_build_object('roster_rows', cardinality(digests), 'elsewhere_rows', COALESCE(cardinality(found), 0)),
            COALESCE(current_setting('app.origin', true), ''), COALESCE(current_setting('app.request', true), ''),
            NULLIF(current_setting('app.address', true), '')::inet, NULLIF(current_setting('app.actor', true), '')::bigint);
  END IF;
  RETURN QUERY SELECT unnest(found);
END $$;
