from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Installation(models.Model):
    """The one office that this database serves, and the root of its units."""

    root = models.BigIntegerField(
        _("root code"), primary_key=True, help_text=_("12-digit division code of the office.")
    )
    name = models.CharField(_("name"), max_length=60)
    is_demo = models.BooleanField(_("demonstration"), default=False, editable=False)
    only_one = models.BooleanField(default=True, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("installation")
        constraints = [
            models.CheckConstraint(name="installation_is_the_only_one", condition=Q(only_one=True)),
            models.CheckConstraint(
                name="installation_root_has_twelve_digits", condition=Q(root__range=(10**11, 10**12 - 1))
            ),
        ]

    def __str__(self):
        return self.name
