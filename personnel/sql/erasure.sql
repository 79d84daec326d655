-- Files whose time has run out: nobody serves any more, and since the last service the years of its force have gone by (of several
-- forces the longest). One definition for the list, the proposal and the carrying out; it sees what its caller sees. A force
-- without a term is never due. `only` narrows it to these members; NULL means all.
CREATE FUNCTION retention_due(today date, only_these bigint[] DEFAULT NULL)
RETURNS TABLE (member_id bigint, unit_id bigint, last_day date, due_on date) LANGUAGE sql STABLE AS $$
  SELECT m.id, m.unit_id, max(a.ended_on), max((a.ended_on + make_interval(years => term.length))::date)
  FROM personnel_member m
  JOIN personnel_assignment a ON a.member_id = m.id
  LEFT JOIN (SELECT DISTINCT ON (t.kind) t.kind, t.length FROM personnel_privacyterm t
             WHERE t.valid_from <= today AND (t.valid_until IS NULL OR t.valid_until > today)
             ORDER BY t.kind, t.valid_from DESC) term ON term.kind = a.force
  WHERE m.erased_on IS NULL AND (only_these IS NULL OR m.id = ANY (only_these))
  GROUP BY m.id
  HAVING bool_and(a.ended_on IS NOT NULL AND a.ended_on <= today AND term.length IS NOT NULL)
     AND max((a.ended_on + make_interval(years => term.length))::date) <= today
$$;

-- Nobody proposes or confirms in another's name, at another time, or twice.
CREATE FUNCTION erasure_goes_forward() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  actor bigint := NULLIF(current_setting('app.actor', true), '')::bigint;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.proposed_by = actor AND NEW.approved_at IS NULL AND NEW.declined_at IS NULL THEN RETURN NEW; END IF;
  ELSIF OLD.approved_at IS NULL AND OLD.declined_at IS NULL
    AND (NEW.unit_id, NEW.reason, NEW.proposed_by, NEW.proposed_at) IS NOT DISTINCT FROM (OLD.unit_id, OLD.reason, OLD.proposed_by, OLD.proposed_at)
    AND ((NEW.approved_by = actor AND NEW.approved_at = now()) OR (NEW.declined_by = actor AND NEW.declined_at = now()))
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'an erasure is proposed and decided by whoever acts, once' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER erasure_goes_forward BEFORE INSERT OR UPDATE ON personnel_erasurebatch
  FOR EACH ROW EXECUTE FUNCTION erasure_goes_forward();

-- What came of a file is written by the function that erases (as the owner of the table), never by a web role.
CREATE FUNCTION erasure_entry_is_told_by_its_function() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF current_user = (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = TG_RELID) THEN RETURN NEW; END IF;
  IF TG_OP = 'INSERT' AND NEW.outcome = ''
    AND EXISTS (SELECT FROM personnel_erasurebatch b WHERE b.id = NEW.batch_id AND b.approved_at IS NULL AND b.declined_at IS NULL)
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'files are erased by their function alone' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER erasure_entry_is_told_by_its_function BEFORE INSERT OR UPDATE OF outcome, member_id, batch_id ON personnel_erasureentry
  FOR EACH ROW EXECUTE FUNCTION erasure_entry_is_told_by_its_function();

-- The trail of an erasure says who erased which fields of whom, and none of what was erased: else it would keep it for years.
CREATE FUNCTION erasure_leaves_no_values() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM personnel_erasurebatch b WHERE 'erasure-' || b.id = NEW.batch AND b.approved_at = now())
    AND NEW.table_name <> 'personnel_erasurebatch'
  THEN
    NEW.before := (SELECT jsonb_object_agg(x.key, CASE WHEN x.value IN ('null', '""') THEN x.value ELSE '"••••••"' END)
                   FROM jsonb_each(NEW.before) x);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER erasure_leaves_no_values BEFORE INSERT ON organization_trail
  FOR EACH ROW WHEN (NEW.batch LIKE 'erasure-%' AND NEW.before IS NOT NULL) EXECUTE FUNCTION erasure_leaves_no_values();

-- Who looked at a file, for the copy that its person is given: reveals, exports and copies that name this member. Only for a file
-- in the scope of the asker, and only for the account that is making a copy of it.
CREATE FUNCTION looks_at_file(which bigint) RETURNS TABLE (at timestamptz, kind text, reason text, who text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT e.at, e.kind::text, e.reason::text, COALESCE(a.name, e.username)::text
  FROM organization_securityevent e LEFT JOIN organization_account a ON a.id = e.actor
  WHERE e.member = which AND EXISTS (
    SELECT FROM personnel_member m WHERE m.id = which
    AND (current_setting('role') = current_database() || '_whole'
         OR m.unit_id BETWEEN NULLIF(current_setting('app.unit_low', true), '')::bigint
                          AND NULLIF(current_setting('app.unit_high', true), '')::bigint))
  ORDER BY e.id
$$;
CREATE INDEX event_by_member ON organization_securityevent (member, id) WHERE member IS NOT NULL;

-- A version of the notice that somebody was given stays as it was given; a later one is a row of its own.
CREATE FUNCTION notice_stays_as_given() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM personnel_noticegiven g WHERE g.notice_id = OLD.id) THEN
    RAISE EXCEPTION 'a notice stays as it was given' USING ERRCODE = 'check_violation', CONSTRAINT = 'notice_stays_as_given';
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION notice_stays_as_given() FROM PUBLIC;
CREATE TRIGGER notice_stays_as_given BEFORE UPDATE ON personnel_noticetext FOR EACH ROW EXECUTE FUNCTION notice_stays_as_given();
