"""How large the demo district is: the numbers of the founding document, and their likeness on a smaller scale."""

from dataclasses import dataclass

from personnel.demo.draw import shares


@dataclass(frozen=True)
class Size:
    """Headcounts on the demo day. Source: requirements 2, 3, 31, 32, 40 and 42."""

    men: int = 4_948
    women: int = 183
    junior_or_below: int = 3_177
    senior_or_vocational: int = 1_657
    college_or_above: int = 297
    auxiliary: int = 1_732
    patrol: int = 1_233
    institutions: int = 165
    institution_guards: int = 1_419
    other_employers: int = 1_888
    other_guards: int = 14_753
    volunteers: int = 800
    former: int = 7_000
    second_services: int = 36
    closed_employers: int = 60

    @property
    def joint_defence(self) -> int:
        return self.men + self.women

    @property
    def guards(self) -> int:
        return self.institution_guards + self.other_guards

    def scaled(self, scale: float) -> "Size":
        """The same district with fewer people; sums stay consistent and every group keeps somebody."""
        if scale == 1:
            return self
        parts = {name: max(2, round(count * scale)) for name, count in vars(self).items()}
        parts["institution_guards"] = max(parts["institution_guards"], 2 * parts["institutions"])
        parts["other_guards"] = max(parts["other_guards"], 2 * parts["other_employers"])
        bands = ("junior_or_below", "senior_or_vocational", "college_or_above")
        total = parts["men"] + parts["women"]
        split = [max(1, part) for part in shares(total, [getattr(self, band) for band in bands])]
        split[0] -= sum(split) - total  # the largest band gives to those that would be empty
        parts |= zip(bands, split, strict=True)
        return Size(**parts)
