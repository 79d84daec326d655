"""The database function that erases, written from the plan: a migration runs `WriteErasure` when the plan changes."""

from organization.protection import DatabaseOperation
from personnel.privacy.erasure_plan import PLAN, Part

NAME = "carry_out_erasure"
FUNCTION = """
CREATE OR REPLACE FUNCTION carry_out_erasure(which bigint, members bigint[], sealed bytea[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  today date := (now() AT TIME ZONE 'Asia/Shanghai')::date;
  is_whole boolean := current_setting('role') = current_database() || '_whole';
  low bigint := NULLIF(current_setting('app.unit_low', true), '')::bigint;
  high bigint := NULLIF(current_setting('app.unit_high', true), '')::bigint;
  ids bigint[];
  files bigint[];
  digests bytea[];
BEGIN
  -- Confirmed in this very transaction, by the account that acts, who did not propose it, and under the batch that
  -- keeps what is erased out of the trail.
  PERFORM FROM personnel_erasurebatch b WHERE b.id = which AND b.approved_at = now() AND b.approved_by <> b.proposed_by
    AND b.approved_by = NULLIF(current_setting('app.actor', true), '')::bigint
    AND (is_whole OR b.unit_id BETWEEN low AND high) FOR UPDATE;
  IF NOT FOUND OR current_setting('app.batch', true) <> 'erasure-' || which THEN
    RAISE EXCEPTION 'no erasure is confirmed here' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM FROM personnel_member m
    WHERE m.id IN (SELECT e.member_id FROM personnel_erasureentry e WHERE e.batch_id = which)
    ORDER BY m.id_digest FOR UPDATE;
  -- Judged anew over all units, held files and running services that the proposer could not see included.
  UPDATE personnel_erasureentry e SET outcome = CASE
      WHEN EXISTS (SELECT FROM personnel_erasurehold h WHERE h.member_id = e.member_id
                   AND (h.lifted_on IS NULL OR h.lifted_on > today)) THEN 'held'
      WHEN e.member_id = ANY (members) AND (is_whole OR e.unit_id BETWEEN low AND high) AND due.member_id IS NOT NULL
        THEN 'erased'
      ELSE 'not_due' END
  FROM personnel_erasureentry x
  LEFT JOIN retention_due(today, array(SELECT y.member_id FROM personnel_erasureentry y WHERE y.batch_id = which)) due
    ON due.member_id = x.member_id
  WHERE e.id = x.id AND e.batch_id = which AND e.outcome = '';
  ids := array(SELECT e.member_id FROM personnel_erasureentry e
               WHERE e.batch_id = which AND e.outcome = 'erased' ORDER BY 1);
  -- With the files that they absorbed, whose rows keep their own numbers where nothing follows the survivor.
  files := array(
    WITH RECURSIVE one (id) AS (
      SELECT unnest(ids)
      UNION
      SELECT g.absorbed_id FROM one JOIN personnel_filemerge g ON g.survivor_id = one.id
      WHERE NOT EXISTS (SELECT FROM personnel_fileunmerge u WHERE u.merge_id = g.id))
    SELECT id FROM one);
  -- Numbers that lead to them, but to nobody else by now.
  digests := array(
    SELECT led.digest FROM (
      SELECT m.id_digest AS digest FROM personnel_member m WHERE m.id = ANY (ids)
      UNION SELECT f.number_digest FROM personnel_formernumber f WHERE f.member_id = ANY (ids) AND f.dropped_at IS NULL
      UNION SELECT w.number_digest FROM personnel_withdrawnfile w WHERE w.member_id = ANY (files)) led
    WHERE NOT EXISTS (SELECT FROM personnel_member o WHERE o.id_digest = led.digest AND o.id <> ALL (ids)));
{statements}
  RETURN cardinality(ids);
END $$;
"""


def statement(part: Part) -> str:
    """SQL of what happens to a table; the names and values are those of the plan."""
    where = part.where or f"t.{part.key} = ANY (files)"
    if part.is_deleted:
        return f"  DELETE FROM {part.table} t WHERE {where};"  # noqa: S608 - names of the plan
    sets = ", ".join(f"{column} = {value}" for column, value in part.cleared.items())
    return f"  UPDATE {part.table} t SET {sets} WHERE {where};"  # noqa: S608 - likewise


def function_sql() -> str:
    changing = [part for part in PLAN if part.is_deleted or part.cleared]
    return FUNCTION.format(statements="\n".join(map(statement, changing)))


class WriteErasure(DatabaseOperation):
    """Writes the function that erases files as the plan says now."""

    def forwards(self, names):
        yield function_sql()

    def backwards(self, names):
        return [f"DROP FUNCTION IF EXISTS {NAME}(bigint, bigint[], bytea[])"]

    def describe(self):
        return "Write the function that erases files anew"
