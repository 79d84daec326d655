from django.db import migrations

SCALE = ("服装号型", ["155", "160", "165", "170", "175", "180", "185", "190"])
ITEMS = (
    ("制服", "uniform"), ("臂章", "insignia"), ("胸章", "insignia"), ("帽徽", "insignia"), ("皮带", "gear"),
    ("腰包", "gear"),
)  # fmt: skip


def load(apps, schema_editor):
    using = schema_editor.connection.alias
    scales, items = (apps.get_model("personnel", name).objects.using(using) for name in ("KitScale", "KitItem"))
    scale = scales.create(name=SCALE[0], sizes=SCALE[1])
    items.bulk_create(
        items.model(name=name, kind=kind, scale=scale if kind == "uniform" else None) for name, kind in ITEMS
    )


class Migration(migrations.Migration):
    """The catalogue a new office begins with; schemes, and what is mandatory, it enters as its own regulations say."""

    dependencies = [("personnel", "0038_kit_walls")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
