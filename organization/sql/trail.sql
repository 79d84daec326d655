-- The trail: one row for each changed row, written by definer triggers alone. Who and from where come from the scope.
CREATE TABLE organization_trail (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  action "char" NOT NULL CHECK (action IN ('I', 'U', 'D')),
  table_name text NOT NULL,
  row bigint NOT NULL,
  unit_id bigint,
  member_id bigint,
  before jsonb,
  after jsonb,
  actor bigint DEFAULT NULLIF(current_setting('app.actor', true), '')::bigint,
  username text DEFAULT NULLIF(current_setting('app.username', true), ''),
  address text DEFAULT NULLIF(current_setting('app.address', true), ''),
  origin text DEFAULT NULLIF(current_setting('app.origin', true), ''),
  request text DEFAULT NULLIF(current_setting('app.request', true), ''),
  batch text DEFAULT NULLIF(current_setting('app.batch', true), '')
);
CREATE INDEX trail_by_member ON organization_trail (member_id, id) WHERE member_id IS NOT NULL;
CREATE INDEX trail_by_row ON organization_trail (table_name, row, id) WHERE member_id IS NULL;
CREATE INDEX trail_by_time ON organization_trail (at, id);
CREATE INDEX trail_by_actor ON organization_trail (actor, at);
CREATE INDEX trail_by_table ON organization_trail (table_name, at);
CREATE INDEX trail_by_unit ON organization_trail (unit_id, at);
CREATE INDEX trail_by_removal ON organization_trail (at) WHERE action = 'D';
CREATE INDEX trail_by_request ON organization_trail (request) WHERE request IS NOT NULL;
CREATE INDEX trail_by_batch ON organization_trail (batch) WHERE batch IS NOT NULL;

-- Nobody rewrites the trail, its owner included; what is younger than 180 days stays (Cybersecurity Law, art. 21: six months).
CREATE FUNCTION trail_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.at < now() - interval '180 days' THEN RETURN OLD; END IF;
  END IF;
  RAISE EXCEPTION 'the trail is kept: % refused', lower(TG_OP) USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER trail_is_kept BEFORE UPDATE OR DELETE ON organization_trail FOR EACH ROW EXECUTE FUNCTION trail_is_kept();
CREATE TRIGGER trail_is_never_emptied BEFORE TRUNCATE ON organization_trail FOR EACH STATEMENT EXECUTE FUNCTION trail_is_kept();
CREATE INDEX event_by_request ON organization_securityevent (request) WHERE request <> '';
CREATE TRIGGER event_is_kept BEFORE UPDATE OR DELETE ON organization_securityevent FOR EACH ROW EXECUTE FUNCTION trail_is_kept();
CREATE TRIGGER events_are_never_emptied BEFORE TRUNCATE ON organization_securityevent FOR EACH STATEMENT EXECUTE FUNCTION trail_is_kept();

-- Sealed values, digests and passwords: readers learn that they changed, not what they are.
CREATE FUNCTION trail_masked(entry jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT jsonb_object_agg(x.key, CASE WHEN (right(x.key, 7) = '_sealed' OR x.key = 'password') AND x.value <> 'null' THEN '"••••••"' ELSE x.value END)
  FROM jsonb_each(entry) x WHERE right(x.key, 7) <> '_digest'
$$;
