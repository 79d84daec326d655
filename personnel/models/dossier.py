"""The dossier of a member: one row between the member and all that seldom hangs on it.

Each foreign key to a table costs a look into it for every row that goes or changes its key. Those of these tables point
here, hence cost nothing for whom nothing hangs on.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from organization.constraints import CompositeForeignKey
from organization.models import Unit
from personnel.models.following import FollowsMember
from personnel.models.member import Member

TABLE = "personnel_dossier"


class Dossier(models.Model):
    """That something hangs on a member, and where the member is kept. Opened by trigger, gone with the member.

    It says nothing that its member does not, hence has no trail, and no web role comes near it.
    """

    member = models.OneToOneField(
        Member, models.DO_NOTHING, verbose_name=_("member"), primary_key=True, related_name="+", db_constraint=False
    )
    unit = models.ForeignKey(
        Unit, models.DO_NOTHING, verbose_name=_("unit"), related_name="+", db_constraint=False, db_index=False
    )

    class Meta:
        verbose_name = _("dossier")
        verbose_name_plural = _("dossiers")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="dossier_by_unit", fields=["unit", "member"]),
            FollowsMember(name="dossier_follows_member", goes_along=True),
        ]

    def __str__(self):
        return str(self.member_id)


class InDossier(CompositeForeignKey):
    """A foreign key to the dossier of the row's `member_id`, with the trigger that opens the dossier before.

    With `unit` the row follows the file, and only who names the unit that keeps the file hangs anything on it. Without,
    the row stays where it happened, wherever the file is by now.
    """

    def __init__(self, *, name, unit=None):
        columns, theirs = [*filter(None, [unit]), "member_id"], [*(["unit_id"] if unit else []), "member_id"]
        super().__init__(name=name, columns=columns, target=TABLE, target_columns=theirs)
        self.unit = unit

    def create_sql(self, model, schema_editor):
        quote = schema_editor.quote_name
        kept_there = "'where the file is kept'" if self.unit else ""
        # Named so as to fire after `unit_is_filled`.
        return (
            f"{super().create_sql(model, schema_editor)}; "
            f"CREATE TRIGGER with_dossier BEFORE INSERT OR UPDATE OF member_id ON {quote(model._meta.db_table)} "
            f"FOR EACH ROW EXECUTE FUNCTION open_dossier({kept_there})"
        )

    def remove_sql(self, model, schema_editor):
        return (
            f"{super().remove_sql(model, schema_editor)}; "
            f"DROP TRIGGER with_dossier ON {schema_editor.quote_name(model._meta.db_table)}"
        )

    def deconstruct(self):
        path, args, kwargs = super().deconstruct()
        return path, args, {"name": kwargs["name"], "unit": self.unit}


def follows_member(name, unit="unit_id"):
    """For a table of the file: its rows move with their member, which does not go as long as they are there."""
    return InDossier(name=name, unit=unit)


def hangs_on_member(name):
    """For history: its rows stay where they happened; their member does not go as long as they are there."""
    return InDossier(name=name)
