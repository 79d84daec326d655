from django.db import migrations

from organization.trail_as_text import RetrailAll

OLD = {"trail_by_request": "request", "trail_by_batch": "batch"}


class Migration(migrations.Migration):
    """Entries of a request or a batch lie together: they are found by ranges of pages, as days and accounts are.

    In a large roster two B-trees of one value each took a fifth of the time of the trail.
    """

    dependencies = [("organization", "0015_inheritance")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX trail_by_errand ON organization_trail USING brin (request text_bloom_ops,"
            " batch text_bloom_ops) WITH (pages_per_range = 64, autosummarize = on);"
            + "".join(f"DROP INDEX {name};" for name in OLD),
            "DROP INDEX trail_by_errand;"
            + "".join(
                f"CREATE INDEX {name} ON organization_trail ({column}) WHERE {column} IS NOT NULL;"
                for name, column in OLD.items()
            ),
        ),
        RetrailAll(),
    ]
