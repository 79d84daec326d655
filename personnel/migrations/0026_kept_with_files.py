from django.db import migrations

from organization.protection import Undoable, function_again, sql_file

WITHDRAWN = "SELECT w.member_id FROM personnel_withdrawnfile w WHERE w.withdrawn_at = now()"
BACK = (
    "DROP INDEX withdrawn_file_by_member;"
    + function_again("personnel", "corrections", "keep_withdrawn_file")
    + function_again("personnel", "corrections", "keep_cards_of_moved_service")
    + function_again("personnel", "sightings", "sighting_is_kept")
)


class Migration(migrations.Migration):
    """Photo, documents seen, notices, correction requests and holds go and come back with a withdrawn file."""

    dependencies = [("personnel", "0025_merger_walls")]

    operations = [
        Undoable("personnel_photo", WITHDRAWN, key="member_id"),
        Undoable("personnel_documentsighting", WITHDRAWN, key="member_id"),
        Undoable("personnel_noticegiven", WITHDRAWN, key="member_id"),
        Undoable("personnel_correctionrequest", WITHDRAWN, key="member_id"),
        Undoable("personnel_erasurehold", WITHDRAWN, key="member_id"),
        migrations.RunSQL(sql_file("personnel", "kept_with_files"), BACK),
    ]
