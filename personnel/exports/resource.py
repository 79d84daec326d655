"""The list of people as a Resource of django-import-export, for scripts that are written for that library.

Its export makes a row at a time what a real one makes a block at a time (`export`): meant for hundreds of people.
"""

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.utils import timezone
from import_export.fields import Field
from import_export.resources import ModelResource

from organization import rights
from organization.scope import current
from personnel.exports import numbers
from personnel.exports.columns import COLUMNS, rows
from personnel.exports.export import RIGHT, record
from personnel.exports.people import blocks_of
from personnel.models import Card, Member
from personnel.people import Selection


class MemberResource(ModelResource):
    """`MemberResource().export(members)` answers with a tablib Dataset: columns and rights as in a list.

    Takes a queryset of members or of cards, by default all that the scope shows. Numbers are masked but for the roles
    that keep the files. Raises PermissionDenied; each export is on record.
    """

    class Meta:
        model = Member
        fields = ()

    def __init__(self, day=None, **given):
        super().__init__(**given)
        self.day = day or timezone.localdate()
        duty = current().duty
        may = rights.permissions(duty)
        # Without a duty it is the office itself, or nobody, who sees nothing.
        self.columns = [one for one in COLUMNS.values() if not duty or not one.needs or one.needs in may]
        self.fields = {column.key: Field(column.key, column.header) for column in self.columns}

    def before_export(self, queryset, **kwargs):
        if current().duty and RIGHT not in rights.permissions(current().duty):
            raise PermissionDenied

    def iter_queryset(self, queryset):
        """A dictionary of texts for each person."""
        if queryset.model is Member:
            queryset = Card.objects.filter(member__in=queryset, unit=F("member__unit"))
        people = blocks_of(queryset, self.day, numbers.shown_to(current().duty))
        for texts in rows(self.columns, people):
            yield dict(zip(self.fields, texts, strict=True))

    def after_export(self, queryset, dataset, **kwargs):
        record(Selection(day=self.day), "", rows=len(dataset), layout="resource", columns="、".join(dataset.headers))
