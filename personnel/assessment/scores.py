"""Scores as people write them and as they are kept: hundredths of a point, so that sums are exact."""

import unicodedata
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext_lazy as _

from organization.refusal import Refusal
from personnel.models.assessment import FULL_SCORE


class ScoreRefused(Refusal):
    """A cell that is no score. Codes: score_malformed, score_out_of_range, score_too_fine."""


def parse(cell: object) -> int | None:
    """Hundredths of the score in a cell ("85", 85.5, "８５.５分"); None for a blank one. Raises ScoreRefused."""
    if cell is None or (text := unicodedata.normalize("NFKC", str(cell)).strip().removesuffix("分").strip()) == "":
        return None
    plain = text.removeprefix("+")
    try:
        number = Decimal(plain) if plain.isascii() and plain.replace(".", "", 1).isdecimal() else None
    except InvalidOperation:  # a lone dot
        number = None
    if number is None or len(plain) > 20:
        raise ScoreRefused(
            "score_malformed", _("“%(text)s” is no score; write a number from 0 to 100."), text=text[:20]
        )
    if number > FULL_SCORE / 100:
        raise ScoreRefused("score_out_of_range", _("A score lies between 0 and 100; this is %(text)s."), text=text[:20])
    hundredths = number * 100
    if hundredths != hundredths.to_integral_value():
        raise ScoreRefused("score_too_fine", _("A score has at most two decimals; this is %(text)s."), text=text[:20])
    return int(hundredths)


def shown(hundredths: int | None) -> str:
    """85 or 85.5 or 85.25."""
    return "" if hundredths is None else _plain(Decimal(hundredths) / 100)


def shown_total(total: int | None) -> str:
    """A total in ten-thousandths with all its decimals: 78.325."""
    return "" if total is None else _plain(Decimal(total) / 10_000)


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
