from django.db import models
from django.db.models import Lookup, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organization.models import Unit
from personnel.models.fields import CodeField
from personnel.models.member import Member, Sex


class Card(models.Model):
    """A member's public face in a unit: one for each unit ever served in. Kept by trigger; never written by hand."""

    member = models.ForeignKey(
        Member, models.DO_NOTHING, verbose_name=_("member"), related_name="cards", db_constraint=False
    )
    unit = models.ForeignKey(
        Unit, models.DO_NOTHING, verbose_name=_("unit"), related_name="cards", db_constraint=False, db_index=False
    )
    name = models.CharField(pgettext_lazy("person", "name"), max_length=50, db_collation="C")
    pinyin = models.CharField(max_length=120, db_collation="C")
    initials = models.CharField(max_length=30, db_collation="C")
    other_pinyin = models.CharField(max_length=120, db_collation="C")
    mask = models.CharField(_("document number"), max_length=24)
    sex = models.CharField(_("sex"), max_length=6, choices=Sex)
    birth_date = models.DateField(_("birth date"))
    education = CodeField(_("education"), table="education")
    occupation = CodeField(_("previous occupation"), table="occupation")

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["unit_id", "member_id"]
        indexes = [
            models.Index(name="card_by_pinyin", fields=["pinyin"]),
            models.Index(name="card_by_initials", fields=["initials"]),
            models.Index(name="card_by_name", fields=["name"]),
            models.Index(name="card_by_other_pinyin", fields=["other_pinyin"], condition=~Q(other_pinyin="")),
        ]
        constraints = [models.UniqueConstraint(name="card_one_a_member_and_unit", fields=["unit", "member"])]

    def __str__(self):
        return self.name


class HasCharactersOf(Lookup):
    """The text has every character of the other one, in any order: what the index `card_by_character` can tell."""

    lookup_name = "has_characters_of"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        text, of_text = self.process_lhs(compiler, connection)
        other, of_other = self.process_rhs(compiler, connection)
        return f"string_to_array({text}, NULL) @> string_to_array({other}, NULL)", [*of_text, *of_other]


Card._meta.get_field("name").register_lookup(HasCharactersOf)
