from django.db import migrations

from organization.protection import Protect, sql_file


class Migration(migrations.Migration):
    """Files, services and cards behind the scope; cards kept by trigger; the masked view of the trail."""

    dependencies = [("personnel", "0001_initial"), ("organization", "0003_gate_tables")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE personnel_member_id_seq OWNED BY personnel_member.id", "DROP SEQUENCE personnel_member_id_seq"
        ),
        Protect("personnel_member"),
        Protect("personnel_card", "card"),
        Protect("personnel_assignment", "history", force=True),
        Protect("personnel_emergencycontact", "file"),
        Protect("personnel_bankaccount", "file"),
        Protect("personnel_healthrecord", "file"),
        Protect("personnel_appointment", parent=("organization_post", "post_id")),
        Protect("personnel_transferrequest"),
        Protect("personnel_transferconsent", "file"),
        migrations.RunSQL(
            sql_file("personnel", "cards"),
            "DROP INDEX card_by_character; DROP TRIGGER cards_of_services ON personnel_assignment;"
            "DROP TRIGGER cards_insert ON personnel_member; DROP TRIGGER cards_update ON personnel_member;"
            "DROP TRIGGER cards_delete ON personnel_member; DROP FUNCTION keep_cards_of_members;"
            "DROP FUNCTION keep_cards_of_services",
        ),
        migrations.RunSQL(sql_file("personnel", "lookup"), "DROP FUNCTION registered_elsewhere"),
        migrations.RunSQL(
            sql_file("personnel", "transfer"),
            "DROP FUNCTION carry_out_transfer; DROP TRIGGER route_transfer_request ON personnel_transferrequest;"
            "DROP FUNCTION route_transfer_request",
        ),
        migrations.RunSQL(sql_file("personnel", "trail_view"), "DROP VIEW organization_trail_masked"),
        Protect("organization_trail_masked", "view"),
    ]
