from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from personnel.models.file import FileModel
from personnel.models.following import follows_member_itself
from personnel.models.member import Member

MOST_BYTES = 400_000
SIZE = Func(F("image"), function="octet_length", output_field=models.IntegerField())


class PhotoQuerySet(models.QuerySet):
    def there(self):
        """Photos that were not taken away."""
        return self.filter(image__isnull=False)


class Photo(FileModel):
    """The one photo of a member: sealed bytes, and the fingerprint by which two pictures are told apart.

    Rows stay when the picture is taken away or replaced; the picture that was there is then gone for good.
    """

    member = models.OneToOneField(
        Member, models.PROTECT, verbose_name=_("member"), related_name="photo", db_constraint=False
    )
    image = models.BinaryField(_("photo"), db_column="image_sealed", null=True)
    fingerprint = models.CharField(_("fingerprint of the photo"), max_length=64, blank=True)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        constraints = [
            follows_member_itself("photo_follows_member"),
            models.CheckConstraint(
                name="photo_has_a_fingerprint_or_was_taken_away",
                condition=Q(image=None, fingerprint="") | (Q(image__isnull=False) & ~Q(fingerprint="")),
            ),
            models.CheckConstraint(name="photo_is_small", condition=LessThanOrEqual(SIZE, MOST_BYTES)),
        ]

    def __str__(self):
        return str(self.member_id)
