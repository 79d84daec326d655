-- What web roles may read of the trail: the history of a file or a unit in their scope, without addresses; the auditor
-- everything. Always masked. The view runs with its owner's rights and is a barrier: conditions of a query are tried after its own.
CREATE VIEW organization_trail_masked WITH (security_barrier) AS
SELECT t.id, t.at, t.action::text AS action, t.table_name, t.row, t.unit_id, t.member_id,
       trail_masked(t.before) AS before, trail_masked(t.after) AS after,
       t.actor, COALESCE(a.name || ' (' || a.username || ')', t.username, '') AS actor_name,
       CASE WHEN v.auditor THEN t.address END AS address, CASE WHEN v.auditor THEN t.origin END AS origin,
       t.request, t.batch
FROM (SELECT current_setting('app.duty', true) = 'auditor' AS auditor,
             current_setting('role') = current_database() || '_whole' AS whole,
             NULLIF(current_setting('app.unit_low', true), '')::bigint AS low,
             NULLIF(current_setting('app.unit_high', true), '')::bigint AS high) v
CROSS JOIN organization_trail t
LEFT JOIN organization_account a ON a.id = t.actor
WHERE v.auditor
   OR (t.member_id IS NOT NULL
       AND t.table_name NOT IN ('personnel_bankaccount', 'personnel_healthrecord')
       AND EXISTS (SELECT FROM personnel_member m WHERE m.id = t.member_id AND (v.whole OR m.unit_id BETWEEN v.low AND v.high)))
   OR (t.member_id IS NULL AND t.table_name <> 'organization_account' AND (v.whole OR t.unit_id BETWEEN v.low AND v.high));
