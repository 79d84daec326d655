-- As before; background checks are told to the offices that see them, and nothing of an entry whose person was forgotten.
-- What web roles may read of the trail: the history of a file or a unit in their scope, without addresses; the auditor
-- everything. Always masked. Accounts and health are shown to the offices that keep them; services in other units, and the names
-- of accounts that are neither in the reader's range nor above it, to nobody there: a file that was transferred brings its own
-- history along, not that of the unit it came from. The view runs with its owner's rights.
-- The history of a file that was erased, and of an entry whose person was forgotten, is read by the auditor alone, until it is pruned.
-- It is no security barrier: beneath one a list could not be read in the order of its index (a page of 1,000,000 entries
-- takes 100 s instead of 1 ms). Whoever could write a query of his own could as well set app.duty; what the site asks has no side effects.
CREATE OR REPLACE VIEW organization_trail_masked AS
SELECT t.id, t.at, t.action, t.table_name, t.row, t.unit_id, t.member_id,
       trail_masked(COALESCE(t.before, trail_created(t.removed_as, t.removed))) AS before,
       trail_masked(COALESCE(t.after, trail_created(t.created_as, t.created))) AS after,
       t.actor,
       CASE WHEN a.id IS NULL
              OR (SELECT current_setting('app.duty', true) = 'auditor' OR current_setting('role') = current_database() || '_whole')
              OR a.unit_id BETWEEN (SELECT NULLIF(current_setting('app.unit_low', true), '')::bigint)
                               AND (SELECT NULLIF(current_setting('app.unit_high', true), '')::bigint)
              OR (SELECT NULLIF(current_setting('app.unit_low', true), '')::bigint) BETWEEN a.unit_id AND division_high(a.unit_id)
            THEN COALESCE(a.name || ' (' || a.username || ')', t.username, '') END AS actor_name,
       CASE WHEN (SELECT current_setting('app.duty', true) = 'auditor') THEN t.address END AS address,
       CASE WHEN (SELECT current_setting('app.duty', true) = 'auditor') THEN t.origin END AS origin,
       t.request, t.batch
FROM organization_trail t
LEFT JOIN organization_account a ON a.id = t.actor
WHERE (SELECT current_setting('app.duty', true) = 'auditor')
   OR (t.member_id IS NOT NULL
       AND (t.table_name <> 'personnel_bankaccount' OR (SELECT current_setting('app.duty', true) = 'finance'))
       AND (t.table_name <> 'personnel_healthrecord' OR (SELECT current_setting('app.duty', true) = 'hr'))
       AND (t.table_name NOT IN ('personnel_disciplinecase', 'personnel_backgroundcheck') OR (SELECT current_setting('app.duty', true) IN ('hr', 'governance')))
       AND (t.table_name NOT IN ('personnel_assignment', 'personnel_disciplinecase')
            OR (SELECT current_setting('role') = current_database() || '_whole')
            OR t.unit_id BETWEEN (SELECT NULLIF(current_setting('app.unit_low', true), '')::bigint)
                             AND (SELECT NULLIF(current_setting('app.unit_high', true), '')::bigint))
       AND EXISTS (SELECT FROM personnel_member m WHERE m.id = t.member_id AND m.erased_on IS NULL
                   AND ((SELECT current_setting('role') = current_database() || '_whole')
                        OR m.unit_id BETWEEN (SELECT NULLIF(current_setting('app.unit_low', true), '')::bigint)
                                         AND (SELECT NULLIF(current_setting('app.unit_high', true), '')::bigint))))
   OR (t.member_id IS NULL AND t.table_name <> 'organization_account'
       AND (t.table_name <> 'personnel_entry'
            OR EXISTS (SELECT FROM personnel_entry e WHERE e.id = t.row AND e.wiped_on IS NULL))
       AND (t.table_name <> 'personnel_backgroundcheck' OR (SELECT current_setting('app.duty', true) IN ('hr', 'governance')))
       AND ((SELECT current_setting('role') = current_database() || '_whole')
            OR t.unit_id BETWEEN (SELECT NULLIF(current_setting('app.unit_low', true), '')::bigint)
                             AND (SELECT NULLIF(current_setting('app.unit_high', true), '')::bigint)));
