"""Why a picture or an upload is not read, in words that say what to do."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from organization.refusal import Refusal, StrOrPromise, fill
from personnel.photos.reading.limits import Refused

_OF_PICTURES = {
    "no_picture": _("This is no picture that can be read: send JPEG, PNG, BMP or WebP."),
    "damaged": _("The picture is damaged; please save it again in an image program and send it anew."),
    "encrypted": _("The file is protected by a password."),
    "picture_too_large": _("The picture is larger than %(limit)d MB; please send a smaller one."),
    "too_many_pixels": _("The picture has more than %(limit)d million pixels; please send a smaller one."),
    "too_small": _("The picture is too small: each side needs at least %(limit)d pixels."),
}
_OF_UPLOADS = {
    "empty": _("The file is empty."),
    "too_large": _("The file is larger than %(limit)d MB; please send the pictures in several packages."),
    "too_costly": _("The pictures take too much time or memory; please send fewer or smaller ones at once."),
    "damaged_archive": _("The zip file is damaged; please pack the pictures again."),
    "empty_archive": _("There is no file in the zip file."),
    "too_many_entries": _("The zip file has more than %(limit)d files; please send them in several packages."),
    "too_much_unpacked": _("The pictures are larger than %(limit)d MB in all; please send them in several packages."),
}


class PhotosRefused(Refusal):
    """An upload of which nothing is read. Codes as in this module."""


def sentence(code: str, params: Mapping[str, object]) -> StrOrPromise:
    """The sentence about one picture. KeyError for an unknown code."""
    return fill(_OF_PICTURES[code], dict(params))


def photos_refused(refused: Refused) -> PhotosRefused:
    known = _OF_UPLOADS | _OF_PICTURES
    return PhotosRefused(refused.code, known.get(refused.code, _OF_PICTURES["damaged"]), **refused.params)
