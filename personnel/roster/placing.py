"""The unit of each row: what the roster says of town, village, squad or sheet, held against the units there are."""

from django.utils.translation import gettext_lazy as _

from organization import divisions
from organization.refusal import fill
from personnel.roster.places import Places
from personnel.roster.shapes import Choice, Notice, Problem, Question, Row
from personnel.roster.terms import Terms

NAMED_BY = ("village", "squad", "unit")
_NAMES = (*NAMED_BY, "town")
MOST_CHOICES = 400
CLOSED = (Problem, "", "closed", _("The unit that this roster was sent for is closed."))


class Placing:
    """Finds units for rows; asks each question once, however many rows it is about."""

    def __init__(self, places: Places, terms: Terms) -> None:
        self.places, self.terms = places, terms
        self.own = divisions.span(terms.unit)
        self.is_one = divisions.level(terms.unit) == "village"
        self._found: dict[tuple, tuple] = {}

    def place(self, step) -> None:
        row: Row = step.row
        texts = {key: str(row.values[key]) for key in _NAMES if row.values.get(key)}
        key = (row.sheet, *texts.items())
        if key not in self._found:
            step.unit, findings = self._find(row.sheet, texts, row)
            # What is told of a sheet is told once, with its first row; what is wrong or open concerns them all.
            self._found[key] = step.unit, [one for one in findings if one[0] is not Notice]
        else:
            step.unit, findings = self._found[key]
        for kind, name, code, message, more in findings:
            column, number = row.columns.get(name, ""), row.number if kind is Problem else None
            row.findings.append(kind(row.sheet, number, column, code, message, *more))

    def _find(self, sheet: str, texts: dict[str, str], row: Row) -> tuple[int, list[tuple]]:
        """(unit code or 0, findings): the first of village, squad and unit that names something decides."""
        within = self._town(texts.get("town", ""))
        for name in NAMED_BY:
            if name in texts:
                return self._named(sheet, name, texts[name], within, row)
        if "town" in texts:
            return self._named(sheet, "town", texts["town"], None, row)
        return self._of_sheet(sheet)

    def _town(self, text: str) -> tuple[int, int] | None:
        found = [code for code in self.places.find(text) if divisions.level(code) == "town"] if text else []
        return divisions.span(found[0]) if len(found) == 1 else None

    def _named(self, sheet: str, name: str, text: str, within, row: Row) -> tuple[int, list[tuple]]:
        found = _of_level(name, self.places.find(text, within))
        own = [code for code in found if self._is_own(code)]
        if len(own) == 1:
            return own[0], []
        if found and all(code in divisions.parents(self.terms.unit) for code in found):
            return self._of_sheet(sheet)  # whoever names the unit above says nothing of which one below it
        if not own and found:
            message = fill(_("You may not enter people of %(unit)s."), {"unit": self.places.names[found[0]]})
            return 0, [(Problem, name, "outside", message, ())]
        if not own and self._outside_town(within):
            message = fill(_("You may not enter people of %(unit)s."), {"unit": row.values["town"]})
            return 0, [(Problem, "town", "outside", message, ())]
        message = fill(_("Which unit is “%(text)s”?"), {"text": text})
        asked = Question(sheet, None, row.columns.get(name, ""), "unit", message, self._choices(own), f"{name}:{text}")
        return self._ask(asked, name)

    def _outside_town(self, within: tuple[int, int] | None) -> bool:
        return within is not None and not (within[0] <= self.own[1] and self.own[0] <= within[1])

    def _of_sheet(self, sheet: str) -> tuple[int, list[tuple]]:
        """No column names a unit: the only one there is, the one that the sheet is called after, or a question."""
        if self.is_one:
            return (self.terms.unit, []) if self.terms.unit in self.places.names else (0, [(*CLOSED, ())])
        own = [code for code in self.places.find(sheet) if self._is_own(code)]
        if len(own) == 1 and own[0] != self.terms.unit:
            said = fill(
                _("The sheet “%(sheet)s” was taken for %(unit)s."),
                {"sheet": sheet, "unit": self.places.names[own[0]]},
            )
            return own[0], [(Notice, "", "sheet_unit", said, ())]
        message = fill(_("Which unit are the people of the sheet “%(sheet)s” of?"), {"sheet": sheet})
        fitting = [] if own == [self.terms.unit] else own
        return self._ask(Question(sheet, None, "", "unit", message, self._choices(fitting), f"sheet:{sheet}"), "")

    def _is_own(self, code: int) -> bool:
        return self.own[0] <= code <= self.own[1]

    def _choices(self, codes: list[int]) -> tuple[Choice, ...]:
        """The units that fit, else all of the sender's, and the way out."""
        fitting = codes or sorted(code for code in self.places.names if self._is_own(code))
        units = (Choice(str(code), self.places.names[code]) for code in fitting[:MOST_CHOICES])
        return (*units, Choice("reject", _("leave these rows out")))

    def _ask(self, question: Question, name: str) -> tuple[int, list[tuple]]:
        answer = self.terms.answer(question)
        if answer == "reject":
            return 0, [(Problem, name, "unit_rejected", _("Left out, as was answered."), ())]
        if answer:
            return int(answer), []
        return 0, [(Question, name, "unit", question.message, (question.choices, question.about))]


def _of_level(name: str, codes: list[int]) -> list[int]:
    """Town and village may have one name (西陂): in a column of either, its own kind is meant."""
    return [code for code in codes if divisions.level(code) == name] or codes
