-- What became of the lines of a roster, wherever it is recorded: of most there is no more to tell than the fate and whom they went to,
-- and they stand together; the rest have rows of their own. The view sees what its reader may see.
ALTER TABLE personnel_importedblock ADD CONSTRAINT imported_block_has_one_of_each_for_a_line CHECK (
  cardinality(sheets) = cardinality(numbers) AND cardinality(members) = cardinality(numbers)
  AND cardinality(services) = cardinality(numbers)
  AND array_position(sheets, NULL) IS NULL AND array_position(numbers, NULL) IS NULL AND array_position(members, NULL) IS NULL
  AND lowest = members[1] AND highest = members[cardinality(members)]);

CREATE VIEW personnel_importedline WITH (security_invoker = true) AS
SELECT r.roster_id, r.sheet, r.number, r.unit_id, r.fate, r.member_id, r.service_id, r.contact_id, r.request_id, r.before, r.findings,
       r.member_id AS lowest, r.member_id AS highest
FROM personnel_importedrow r
UNION ALL
SELECT b.roster_id, l.sheet, l.number, b.unit_id, b.fate, l.member_id, l.service_id, NULL, NULL, NULL, '[]', b.lowest, b.highest
FROM personnel_importedblock b
  CROSS JOIN LATERAL unnest(b.sheets, b.numbers, b.members, b.services) AS l (sheet, number, member_id, service_id);

CREATE TRIGGER imported_rows_are_complete AFTER INSERT ON personnel_importedblock REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imported_rows_are_complete();
