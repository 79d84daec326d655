from django.db import migrations

from organization.protection import function_again, sql_file


class Migration(migrations.Migration):
    """Saving one person or service finds the cards by their keys instead of reading all of them."""

    dependencies = [("personnel", "0048_what_follows_is_settled")]

    operations = [
        migrations.RunSQL(
            sql_file("personnel", "cards_by_index"),
            function_again("personnel", "cards", "keep_cards_of_members")
            + function_again("personnel", "cards", "keep_cards_of_services"),
        ),
    ]
