"""Cells that name a code: education, ethnicity, force and the like, and cells that say yes or no."""

from collections.abc import Callable
from functools import partial

from django.utils.translation import gettext_lazy as _

from organization.refusal import fill
from personnel.roster.fields import FIELDS
from personnel.roster.shapes import Cell, Choice
from personnel.roster.values.cell import BLANK, LEAVE_BLANK, Cleaned, ask, means_blank, notice, too_long, words
from personnel.roster.values.vocabulary import TABLES, WORDS, Vocabulary, fold, vocabulary

MAX_WORD = 60  # no name of a code is longer; a question about a novel helps nobody
# What a plain "yes" or "no" says in a column that asks, as 是否退役军人, 是否党员, 婚否 do.
_YES_AND_NO = {
    "military": ("discharged", "not_served"),
    "political": ("01", None),
    "marital": ("20", "10"),
}


def cleaner(field: str) -> Callable[[Cell], Cleaned]:
    """A function from a cell of this column to its code, or to a question with all codes to choose from."""
    if field == "ending":
        return ending
    return partial(_clean, field, vocabulary(field), _choices(field))


FIELDS_WITH_CODES = tuple(TABLES)


def _choices(field: str) -> tuple[Choice, ...]:
    return (*(Choice(code, name) for code, name in vocabulary(field).names.items()), LEAVE_BLANK)


def _clean(field: str, table: Vocabulary, choices: tuple[Choice, ...], cell: Cell) -> Cleaned:
    text = words(cell)
    if len(text) > MAX_WORD:
        return too_long(len(text), MAX_WORD)
    word = fold(text)
    is_known, code = table.find(word)
    if is_known:
        return Cleaned(code)
    if means_blank(text):
        return BLANK
    if (code := _said_yes_or_no(field, table, word)) is not None:
        return Cleaned(code)
    if (studying := _studying(table, word)) is not None:
        return studying
    return ask("value", unknown(field, text), choices, _chosen, about=f"{field}:{text}")


def unknown(field: str, text: str):
    message = _("“%(text)s” is not known; please choose which “%(field)s” it means.")
    return fill(message, {"text": text, "field": FIELDS[field].label})


def _chosen(choice: str) -> Cleaned:
    return BLANK if choice == LEAVE_BLANK.value else Cleaned(choice)


def _said_yes_or_no(field: str, table: Vocabulary, word: str) -> str | None:
    yes, no = _YES_AND_NO.get(field, (None, None))
    if word.isdecimal() and any(map(str.isdecimal, table.names)):  # among numbers it may be one of another list
        return None
    if word in WORDS["yes"]:
        return yes
    return no if word in WORDS["no"] else None


def _studying(table: Vocabulary, word: str) -> Cleaned | None:
    """Who still studies has the level before. None where the word does not say so."""
    said = next((mark for mark in table.studying if mark in word), None)
    if said is None or table.level_before is None:
        return None
    _is_known, level = table.find(word.replace(said, ""))
    if level is None or level not in table.level_before:
        return None
    before = table.level_before[level]
    if before is None:
        return notice("studying", _("Still studying, and there is no level before: left blank."))
    message = fill(_("Still studying: the level before is taken, “%(name)s”."), {"name": table.names[before]})
    return notice("studying", message, before)


def ending(cell: Cell) -> Cleaned:
    """The reason of leaving as the kind of ending; what is no known kind is "other", since the words are kept."""
    text = words(cell)
    if means_blank(text):
        return BLANK
    return Cleaned(vocabulary("ending").find(fold(text))[1] or "other")


def yes_or_no(field: str, cell: Cell) -> Cleaned:
    """True, False, or None for blank; anything else is a question."""
    if isinstance(cell, bool):
        return Cleaned(cell)
    text = words(cell)
    word = fold(text)
    if word in WORDS["yes"] or word in WORDS["no"]:
        return Cleaned(word in WORDS["yes"])
    if means_blank(text):
        return BLANK
    if len(text) > MAX_WORD:
        return too_long(len(text), MAX_WORD)
    choices = (Choice("yes", _("yes")), Choice("no", _("no")), LEAVE_BLANK)

    def settle(choice: str) -> Cleaned:
        return Cleaned({"yes": True, "no": False}.get(choice))

    return ask("value", unknown(field, text), choices, settle, about=f"{field}:{text}")
