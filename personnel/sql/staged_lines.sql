-- The lines of a roster that waits, wherever they are kept: nearly all in blocks, since of most nothing has to be said; the rest, and
-- whatever somebody has touched, in rows of their own, which go before what the block says. The view sees what its reader may see.
ALTER TABLE personnel_stagedblock ADD CONSTRAINT staged_block_has_one_of_each_for_a_line CHECK (
  cardinality(sheets) = cardinality(numbers) AND cardinality(fates) = cardinality(numbers)
  AND cardinality(effects) = cardinality(numbers) AND cardinality(members) = cardinality(numbers)
  AND array_position(sheets, NULL) IS NULL AND array_position(numbers, NULL) IS NULL AND array_position(fates, NULL) IS NULL);

CREATE VIEW personnel_stagedline WITH (security_invoker = true) AS
SELECT r.roster_id, r.sheet, r.number, r.id AS own_id, r.cells_sealed, r.block_id, r.is_skipped, r.is_corrected,
       r.fate, r.effect, r.refusal, r.member_id, r.findings, r.changes
FROM personnel_stagedrow r
UNION ALL
SELECT b.roster_id, l.sheet, l.number, NULL, NULL, b.id, false, false, l.fate, l.effect, '', l.member_id, '[]', '{}'
FROM personnel_stagedblock b
  CROSS JOIN LATERAL unnest(b.sheets, b.numbers, b.fates, b.effects, b.members) AS l (sheet, number, fate, effect, member_id)
WHERE NOT EXISTS (SELECT FROM personnel_stagedrow r WHERE r.roster_id = b.roster_id AND r.sheet = l.sheet AND r.number = l.number);
