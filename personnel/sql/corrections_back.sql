DROP TRIGGER cards_of_moved_service ON personnel_assignment;
DROP FUNCTION keep_cards_of_moved_service();
DROP TRIGGER place_never_changes ON personnel_assignment;
CREATE TRIGGER place_never_changes BEFORE UPDATE OF unit_id, member_id ON personnel_assignment FOR EACH ROW
  WHEN (OLD.unit_id IS DISTINCT FROM NEW.unit_id OR OLD.member_id IS DISTINCT FROM NEW.member_id)
  EXECUTE FUNCTION refuse_change('unit');
DROP FUNCTION stays_unless_merged();
DROP TRIGGER unmerged_now ON personnel_fileunmerge;
DROP FUNCTION unmerged_now();
DROP TRIGGER merged_now ON personnel_filemerge;
DROP FUNCTION merged_now();
DROP TRIGGER file_is_back ON personnel_returnedfile;
DROP FUNCTION file_is_back();
DROP TRIGGER keep_withdrawn_file ON personnel_withdrawnfile;
DROP FUNCTION keep_withdrawn_file();
ALTER POLICY of_staff_undo ON personnel_member
  USING (unit_id BETWEEN NULLIF(current_setting('app.unit_low', true), '')::bigint
                     AND NULLIF(current_setting('app.unit_high', true), '')::bigint
         AND id IN (SELECT created_by_undone_import('personnel_member')));
ALTER POLICY of_whole_undo ON personnel_member USING (id IN (SELECT created_by_undone_import('personnel_member')));
ALTER POLICY of_staff_undo ON personnel_emergencycontact
  USING (unit_id BETWEEN NULLIF(current_setting('app.unit_low', true), '')::bigint
                     AND NULLIF(current_setting('app.unit_high', true), '')::bigint
         AND id IN (SELECT created_by_undone_import('personnel_emergencycontact')));
ALTER POLICY of_whole_undo ON personnel_emergencycontact
  USING (id IN (SELECT created_by_undone_import('personnel_emergencycontact')));
ALTER POLICY of_staff_undo ON personnel_assignment
  USING (unit_id BETWEEN NULLIF(current_setting('app.unit_low', true), '')::bigint
                     AND NULLIF(current_setting('app.unit_high', true), '')::bigint
         AND force = ANY (string_to_array(current_setting('app.forces', true), ','))
         AND id IN (SELECT created_by_undone_import('personnel_assignment')));
ALTER POLICY of_whole_undo ON personnel_assignment
  USING (force = ANY (string_to_array(current_setting('app.forces', true), ','))
         AND id IN (SELECT created_by_undone_import('personnel_assignment')));
