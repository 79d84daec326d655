"""A zip of pictures: each file finds its member by the document number in its name, and each gets an answer."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from organization.keyring import sealer
from organization.refusal import StrOrPromise, fill
from personnel import identity
from personnel.models import Assignment, Member
from personnel.photos import keeping
from personnel.photos.reading.parent import Picture

OUTCOMES = {
    keeping.SET: _("set"),
    keeping.REPLACED: _("replaced"),
    keeping.UNCHANGED: _("unchanged"),
    "refused": _("not taken over"),
}
NO_NUMBER = _("The name of the file has no document number.")
NOBODY = _("Your unit keeps no file of a person with this number.")
NOT_YOURS = _("This person serves in a force that your role does not write.")
OTHER_NAME = _("The register has another name for this number: %(name)s.")
SEVERAL = _("There are several pictures of this person: %(names)s. None of them was taken over; please leave one.")
_BETWEEN = re.compile(r"[_\-+ 　()（）、,，—.]+")
_DIGIT, _BESIDE_NUMBERS, _OF_NUMBERS = re.compile(r"\d"), re.compile(r"[^0-9A-Za-z]"), re.compile(r"[0-9A-Za-z]")
# Words that people put beside a number and that name nobody.
_NO_NAMES = frozenset(
    ("照片", "相片", "证件照", "一寸", "二寸", "一寸照", "二寸照", "免冠照", "工作照", "白底", "蓝底", "红底")
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: a key of OUTCOMES; the member it is of; why it was not taken over."""

    file: str
    kind: str
    member: Member | None = None
    why: StrOrPromise = ""

    @property
    def label(self) -> StrOrPromise:
        return OUTCOMES[self.kind]


@dataclass(frozen=True, slots=True)
class _Named:
    """What the name of a file says: numbers it may mean, by digest, and the words beside them."""

    digests: tuple[bytes, ...]
    words: tuple[str, ...]


def take_over(pictures: Sequence[Picture], forces: Sequence[str]) -> list[Outcome]:
    """Set the photos that can be set; the outcome of every file, in their order.

    Forces are those that the account writes. A handful of queries, however many pictures.
    """
    named = [_named(picture.name) for picture in pictures]
    found = _members({digest for each in named for digest in each.digests})
    written = _written([member.pk for member in found.values()], forces)
    bearers = [next((found[digest] for digest in each.digests if digest in found), None) for each in named]
    judged = [
        _refused(picture, each, bearer, written) for picture, each, bearer in zip(pictures, named, bearers, strict=True)
    ]
    judged = _without_doubles(pictures, bearers, judged)
    kept = keeping.keep(
        {
            bearer.pk: picture.jpeg
            for picture, bearer, why in zip(pictures, bearers, judged, strict=True)
            if bearer and not why
        }
    )
    return [
        Outcome(picture.name, "refused" if why or not bearer else kept[bearer.pk], bearer, why)
        for picture, bearer, why in zip(pictures, bearers, judged, strict=True)
    ]


def counts(outcomes: Sequence[Outcome]) -> list[tuple[StrOrPromise, int]]:
    """How many files ended how, in the order of OUTCOMES."""
    found = Counter(outcome.kind for outcome in outcomes)
    return [(label, found[kind]) for kind, label in OUTCOMES.items()]


def _named(file: str) -> _Named:
    """Every part of the name that has a digit may be the number; what has none may be the person's name."""
    stem = file.rpartition(".")[0] or file
    parts = [part for part in _BETWEEN.split(stem) if part]
    # 440199198001011234张三: letters and digits are the number, whatever stands right beside them.
    numbers = [_BESIDE_NUMBERS.sub("", part) for part in parts if _DIGIT.search(part)]
    words = [_OF_NUMBERS.sub("", part) if _DIGIT.search(part) else part for part in parts]
    digests = tuple(sealer().digest(_key(number), purpose="id") for number in numbers)
    return _Named(digests, tuple(word for word in words if word))


def _key(number: str) -> str:
    key = identity.normalise(number)
    return identity.upgrade15(key) if len(key) == 15 and key.isascii() and key.isdecimal() else key


def _members(digests: set[bytes]) -> dict[bytes, Member]:
    found = Member.objects.filter(id_digest__in=digests).only("pk", "name", "id_digest", "unit_id")
    return {bytes(member.id_digest): member for member in found}


def _written(members: Sequence[int], forces: Sequence[str]) -> set[int]:
    """Of these members those whose running or last service is of one of the forces, and those without any."""
    services = Assignment.objects.filter(member__in=members).latest_first()
    last: dict[int, str] = {}
    for member, force in services.values_list("member_id", "force"):
        last.setdefault(member, force)
    return set(members) - {member for member, force in last.items() if force not in forces}


def _refused(picture: Picture, named: _Named, bearer: Member | None, written: set[int]) -> StrOrPromise:
    if picture.refused:
        return picture.refused
    if not named.digests:
        return NO_NUMBER
    if bearer is None:
        return NOBODY
    if bearer.pk not in written:
        return NOT_YOURS
    if named.words and not any(bearer.name in word for word in named.words) and _is_a_name(named.words):
        return fill(OTHER_NAME, {"name": bearer.name})
    return ""


def _is_a_name(words: Sequence[str]) -> bool:
    """Whether the words beside the number are meant as a name: Chinese, and as short as one."""
    return any(2 <= len(word) <= 6 and not word.isascii() and word not in _NO_NAMES for word in words)


def _without_doubles(
    pictures: Sequence[Picture], bearers: Sequence[Member | None], judged: Sequence[StrOrPromise]
) -> list[StrOrPromise]:
    """Where two files are of one person, none is taken: nobody could say which of them was meant."""
    files: dict[int, list[str]] = {}
    for picture, bearer, why in zip(pictures, bearers, judged, strict=True):
        if bearer and not why:
            files.setdefault(bearer.pk, []).append(picture.name)
    return [
        fill(SEVERAL, {"names": "、".join(files[bearer.pk])})
        if bearer and not why and len(files[bearer.pk]) > 1
        else why
        for bearer, why in zip(bearers, judged, strict=True)
    ]


__all__ = ["OUTCOMES", "Outcome", "counts", "take_over"]
