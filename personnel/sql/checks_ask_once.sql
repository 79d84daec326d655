-- What a policy checks of each new row depends on settings that are the same for all of them: asked once a statement,
-- which is a fourteenth of the time of a large import. What is read is found by the settings themselves, of which the
-- planner then knows how many rows they leave.
DO $$
DECLARE
  policy record;
BEGIN
  FOR policy IN
    SELECT p.polrelid::regclass AS of_table, p.polname, pg_get_expr(p.polwithcheck, p.polrelid) AS checked
    FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
    WHERE c.relnamespace = 'public'::regnamespace
  LOOP
    IF policy.checked ~ 'current_setting' AND policy.checked !~ 'SELECT \(?(NULLIF|string_to_array)\(' THEN
      EXECUTE format('ALTER POLICY %I ON %s WITH CHECK (%s)', policy.polname, policy.of_table,
        regexp_replace(
          regexp_replace(policy.checked,
            '\(NULLIF\(current_setting\(''app\.\w+''::text, true\), ''''::text\)\)::bigint', '(SELECT \&)', 'g'),
          'string_to_array\(current_setting\(''app\.\w+''::text, true\), '',''::text\)', '(SELECT \&)::text[]', 'g'));
    END IF;
  END LOOP;
END $$;
