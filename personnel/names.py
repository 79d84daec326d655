"""Names of people: cleaned as typed, judged, and read in pinyin for sorting and searching.

Readings are lower-case ASCII without tones and blanks, ü spelled v ("lv"), as input methods spell it; the spellings
"lu" and, as in passports, "lyu" are among the alternatives.
"""

import re
import unicodedata
from functools import cache, lru_cache
from itertools import islice, product

from django.utils.translation import gettext_lazy as _

from organization.refusal import StrOrPromise
from personnel.surnames import COMPOUND_SURNAMES, GIVEN, SURNAMES

MAX_NAME_LENGTH = 50
MAX_READINGS = 8

_HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"
_COMPATIBLE_HAN = r"\uf900-\ufaff\U0002f800-\U0002fa1f"
_PLAIN = re.compile(f"[{_HAN}]{{2,{MAX_NAME_LENGTH}}}")
_IS_HAN = re.compile(f"[{_HAN}{_COMPATIBLE_HAN}]")
_HAN_AND_DOTS = re.compile(f"[{_HAN}{_COMPATIBLE_HAN}· ]+")
# What takes no room: soft hyphen, zero-width and direction marks, variation selectors, byte order mark.
_INVISIBLE = re.compile(
    r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]"
)
_DOTS = re.compile(r" *[·\u0387\u2022\u2027\u2219\u22c5\u2e31\u30fb\u318d\uff65\u119e] *")
_FULL_STOP_BETWEEN_HAN = re.compile(f"(?<=[{_HAN}]) *\\. *(?=[{_HAN}])")
_PLACEHOLDERS = frozenset("?□■▢◻◼*〓\ufffd")
_UNREADABLE_CATEGORIES = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})


def clean_name(text: str) -> str:
    """The name without what typing adds: one dot (·) of many, no blanks among Chinese characters, nothing invisible.

    Traditional and variant characters stay; only those that Unicode itself calls the same are made one (NFKC).
    """
    if _PLAIN.fullmatch(text):
        return text
    # Before NFKC, which would make a vowel of the Korean dot.
    name = _INVISIBLE.sub("", _DOTS.sub("·", text))
    name = _INVISIBLE.sub("", unicodedata.normalize("NFKC", name))
    name = " ".join(name.split()).strip("'\"`‘’“” ")
    name = _FULL_STOP_BETWEEN_HAN.sub("·", _DOTS.sub("·", name)).strip("·'\"`‘’“” ")
    return name.replace(" ", "") if _HAN_AND_DOTS.fullmatch(name) else name


def is_plain(text: str) -> bool:
    """Whether a name is nothing but Chinese characters: then it is clean and right."""
    return _PLAIN.fullmatch(text) is not None


def name_problem(text: str) -> StrOrPromise | None:
    """Why a cleaned name cannot be right, as a lazy sentence, or None. Chinese and Latin names are right."""
    if _PLAIN.fullmatch(text):
        return None
    if not text:
        return _("The name is missing.")
    problem = _letter_problem(text)  # compared with None: asking a lazy sentence for its truth translates it
    return _length_problem(text) if problem is None else problem


def _letter_problem(name: str) -> StrOrPromise | None:
    if any(map(_is_unreadable, name)):
        return _("The name contains characters that cannot be read.")
    if any(letter.isdigit() for letter in name):
        return _("The name contains digits.")
    if not all(_IS_HAN.match(letter) or _is_latin(letter) or letter in "·.-' " for letter in name):
        return _("The name contains signs that do not belong in a name.")
    if "·" not in name and _IS_HAN.search(name) and any(map(_is_latin, name)):
        return _("The name mixes Chinese characters and letters.")
    return None


def _length_problem(name: str) -> StrOrPromise | None:
    if sum(letter.isalpha() or letter == "〇" for letter in name) < 2:
        return _("The name has only one character.")
    return _("The name is too long.") if len(name) > MAX_NAME_LENGTH else None


def _is_unreadable(letter: str) -> bool:
    # The tables of this Python may not know the newest Chinese characters yet.
    unknown = unicodedata.category(letter) in _UNREADABLE_CATEGORIES and not _IS_HAN.match(letter)
    return unknown or letter in _PLACEHOLDERS or "\u2ff0" <= letter <= "\u2fff"


def _is_latin(letter: str) -> bool:
    return letter.isalpha() and unicodedata.name(letter, "").startswith("LATIN ")


@lru_cache(maxsize=4096)  # a model asks three times for each of its readings
def readings(name: str) -> tuple[str, str, tuple[str, ...]]:
    """(pinyin, initials, alternatives) of a cleaned name: ("shanwei", "sw", ("danwei", "dw")).

    The alternatives are all further keys that should find the person: other readings of an ambiguous surname or
    character, lv as lu and lyu, and the initials belonging to them. The most useful whole reading comes first.
    """
    if not _IS_HAN.search(name):
        words = _ascii(name).split()
        return "".join(words), "".join(word[0] for word in words), ()
    surname, rest = _split(name)
    given = [found for letter in rest if (found := _given(letter))]
    # The surname varies fastest, so that its other reading is the first alternative.
    spelled = ((*first, *others) for others in product(*given) for first in surname)
    return _keys(list(islice(spelled, MAX_READINGS)))


def _keys(spelled: list[tuple[str, ...]]) -> tuple[str, str, tuple[str, ...]]:
    pinyin, initials = "".join(spelled[0]), "".join(syllable[0] for syllable in spelled[0])
    if len(spelled) == 1 and "v" not in pinyin:
        return pinyin, initials, ()
    whole = ["".join(syllables) for syllables in spelled]
    umlauts = [key.replace("v", spelling) for spelling in ("u", "yu") for key in whole if "v" in key]
    short = ["".join(syllable[0] for syllable in syllables) for syllables in spelled]
    further = dict.fromkeys([*whole, *umlauts, *short])
    return pinyin, initials, tuple(key for key in further if key not in (pinyin, initials))


def _split(name: str) -> tuple[list[tuple[str, ...]], str]:
    """The readings of the surname and the rest of the name. Names with a dot are given names throughout."""
    if "·" in name:
        return [()], name
    if len(name) > 2 and (compound := COMPOUND_SURNAMES.get(name[:2])):
        by_character = [(first, _dictionary(name[1])) for first in _surname(name[0])]
        return list(dict.fromkeys([tuple(compound.split()), *by_character])), name[2:]
    return [(reading,) for reading in _surname(name[0])] or [()], name[1:]


@cache
def _surname(letter: str) -> tuple[str, ...]:
    """All readings as a surname; that of the dictionary is last, since that is what strangers type."""
    readings = [*SURNAMES.get(letter, "").split(), _dictionary(letter)]
    return tuple(dict.fromkeys(reading for reading in readings if reading))


@cache
def _given(letter: str) -> tuple[str, ...]:
    return tuple(GIVEN.get(letter, "").split()) or tuple(filter(None, [_dictionary(letter)]))


@cache
def _dictionary(letter: str) -> str:
    from pypinyin import lazy_pinyin  # takes 0.2 s, so only when the first name is read

    return _ascii("".join(lazy_pinyin(letter))).replace(" ", "")


def _ascii(text: str) -> str:
    """Lower-case letters without accents; everything else is a blank, but an apostrophe joins (O'Brien)."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.sub(r"[^a-z]+", " ", re.sub("['’]", "", bare.lower())).strip()
