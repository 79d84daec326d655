"""The database function that keeps a withdrawn file: a migration runs `WriteKeeping` when `KEPT` changes."""

from organization.protection import DatabaseOperation, function_again
from personnel.corrections.withdrawal import KEPT

FUNCTION = """
CREATE OR REPLACE FUNCTION keep_withdrawn_file() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  kept personnel_member;
  who bigint := NULLIF(current_setting('app.actor', true), '')::bigint;
BEGIN
  SELECT * INTO kept FROM personnel_member m WHERE m.id = NEW.member_id FOR UPDATE;
  IF kept.id IS NULL THEN
    RAISE EXCEPTION 'there is no such file' USING ERRCODE = 'foreign_key_violation';
  END IF;
  -- What is left of an erased file is counted history; without the person there is nothing to correct in it.
  IF kept.erased_on IS NOT NULL THEN
    RAISE EXCEPTION 'an erased file is not withdrawn' USING ERRCODE = 'insufficient_privilege';
  END IF;
  -- A clerk takes back what he entered by mistake, the same day; later it is for a superior.
  IF NEW.merge_id IS NULL AND current_setting('app.duty', true) = 'clerk' AND NOT EXISTS (
    SELECT FROM organization_trail_masked t
    WHERE t.member_id = kept.id AND t.table_name = 'personnel_member' AND t.action = 'I' AND t.actor = who
      AND (t.at AT TIME ZONE 'Asia/Shanghai')::date = (now() AT TIME ZONE 'Asia/Shanghai')::date) THEN
    RAISE EXCEPTION 'not this clerk''s entry of today' USING ERRCODE = 'insufficient_privilege';
  END IF;
  NEW.unit_id := kept.unit_id;
  NEW.name := kept.name;
  NEW.sex := kept.sex;
  NEW.birth_date := kept.birth_date;
  NEW.number_digest := kept.id_digest;
  NEW.withdrawn_at := now();
  NEW.actor := who;
  NEW.file := jsonb_build_object(
    'personnel_member', jsonb_build_array(to_jsonb(kept)),
{tables}
    'personnel_card', COALESCE((SELECT jsonb_agg(c.unit_id ORDER BY c.unit_id) FROM personnel_card c
                                WHERE c.member_id = kept.id), '[]'));
  RETURN NEW;
END $$;
"""
ROWS = (
    "    '{table}', COALESCE((SELECT jsonb_agg(to_jsonb(t) ORDER BY t.id) FROM {table} t WHERE t.member_id = kept.id),"
    " '[]'),"
)


def function_sql() -> str:
    return FUNCTION.format(tables="\n".join(ROWS.format(table=table) for table in KEPT[:-1]))


class WriteKeeping(DatabaseOperation):
    """Writes the function that keeps what hangs on a withdrawn file, as `KEPT` says now."""

    def forwards(self, names):
        yield function_sql()

    def backwards(self, names):
        yield function_again("personnel", "kept_with_files", "keep_withdrawn_file")

    def describe(self):
        return "Write the function that keeps withdrawn files anew"
