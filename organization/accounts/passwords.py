"""What a password must not be, each with its reason in a sentence. Length and commonness are Django's to judge."""

import re
import unicodedata
from itertools import islice, product

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from organization import divisions

MIN_NAME = 2
MIN_LETTERS = 4
MIN_USERNAME = 3
MAX_READINGS = 16
_KINDS = re.compile("(街道办事处|街道|社区居委会|社区|村委会|居委会|派出所|分局|[省市区县镇乡村])$")


def plain(text: str) -> str:
    """Letters and digits alone, in lower case and of usual width: what is compared, never what is stored."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def readings(name: str) -> tuple[list[str], list[str]]:
    """A Chinese text in pinyin without tones (all that its characters allow, up to 16), and its initials."""
    from pypinyin import Style, pinyin

    syllables = pinyin(name, style=Style.NORMAL, heteronym=True, errors="ignore")
    spelled = [list(parts) for parts in islice(product(*syllables), MAX_READINGS)]
    whole = {"".join(parts) for parts in spelled} | {
        "".join([*parts[1:], parts[0]]) for parts in spelled if len(parts) > 1
    }
    return sorted(whole), sorted({"".join(part[0] for part in parts) for parts in spelled if len(parts) > 1})


class NumberLikeValidator:
    """Digits alone, as in a phone number, a birth date or the tail of an ID number, are guessed first."""

    def validate(self, password, user=None):
        if re.fullmatch(r"\d+[xX]?", plain(password)):
            raise ValidationError(
                _("The password has only digits, like a phone number, a birth date or the end of an ID number."),
                code="password_is_a_number",
            )

    def get_help_text(self):
        return _("The password must not consist of digits only (phone number, birth date, end of an ID number).")


class OwnNameValidator:
    """Whoever knows the account knows its user name, its owner's name and its unit."""

    def validate(self, password, user=None):
        if user is None:
            return
        said = plain(password)
        username = plain(user.username)
        if len(username) >= MIN_USERNAME and username in said:
            raise ValidationError(_("The password contains the user name."), code="password_has_user_name")
        if self.names(said, user.name, with_initials=True):
            raise ValidationError(_("The password contains your name or its pinyin."), code="password_has_name")
        if any(self.names(said, name) for name in unit_names(user)):
            raise ValidationError(
                _("The password contains the name of your unit or its pinyin."), code="password_has_unit"
            )

    @staticmethod
    def names(said: str, name: str, *, with_initials=False) -> bool:
        """Does what is said contain the name, its pinyin, or consist of its initials and a number?"""
        name = plain(name)
        if len(name) < MIN_NAME:
            return False
        spelled, initials = readings(name)
        found = name in said or any(len(word) >= MIN_LETTERS and word in said for word in spelled)
        return found or (with_initials and any(re.fullmatch(rf"{word}\d+x?|\d+{word}", said) for word in initials))

    def get_help_text(self):
        return _("The password must not contain your user name, your name, the name of your unit, or their pinyin.")


def unit_names(account) -> set[str]:
    """The names of an account's unit and of what lies above it, with and without what kind of unit they are."""
    from organization.models import Unit

    if account.unit_id is None:
        return set()
    names = set(
        Unit.objects.filter(pk__in=[account.unit_id, *divisions.parents(account.unit_id)]).values_list(
            "name", flat=True
        )
    )
    return names | {_KINDS.sub("", name) for name in names}
