"""What the people of each force are usually like: ages, sexes, schooling, where they come from, how long they stay.

Plausible, not measured: the founding document gives only the education and the sexes of joint defence, and its age
bands add up to 400 people too many.
"""

from dataclasses import dataclass

from personnel.demo.draw import Weighted

JUNIOR = {"71": 78, "73": 6, "81": 14, "83": 2}
SENIOR = {"61": 50, "41": 22, "44": 12, "47": 10, "63": 6}
COLLEGE = {"31": 68, "21": 29, "32": 2, "23": 1}

# What people did before; the founding document says of joint defence that many were laid off or without work.
OCCUPATIONS: Weighted[str | None] = Weighted(
    {"27": 34, "24": 27, "70": 14, "54": 9, "51": 7, "17": 5, "90": 3, None: 1}
)
OF_JOINT_DEFENCE: Weighted[str | None] = Weighted(
    {"70": 38, "27": 29, "24": 19, "54": 6, "51": 4, "17": 2, "90": 1, None: 1}
)


def schooling(junior: float, senior: float, college: float, unknown: float = 0) -> Weighted[str | None]:
    """Weights of education codes from weights of the bands."""
    found: dict[str | None, float] = {None: unknown} if unknown else {}
    for whole, codes in ((junior, JUNIOR), (senior, SENIOR), (college, COLLEGE)):
        found |= {code: whole * weight / sum(codes.values()) for code, weight in codes.items()}
    return Weighted(found)


@dataclass(frozen=True)
class Profile:
    """`ages`: weights of the stretches of full years (both included); the other numbers are parts of one."""

    ages: Weighted[tuple[int, int]]
    women: float
    education: Weighted[str | None]
    local: float
    veterans: float
    party: float
    phones: float
    long_serving: float  # joined more than ten years before
    contracts: float
    foreigners: float = 0
    years_stayed: float = 6  # of those who left, on average
    left_on_own: float = 0.55
    former: float = 1  # weight among those who left
    before: Weighted[str | None] = OCCUPATIONS


PROFILES = {
    "joint_defence": Profile(
        Weighted({(18, 24): 0.25, (25, 32): 0.29, (33, 40): 0.24, (41, 50): 0.16, (51, 59): 0.06}),
        women=0.036, education=schooling(62, 32, 6), local=0.93, veterans=0.14, party=0.08, phones=0.88,
        long_serving=0.78, contracts=0.4, former=26, before=OF_JOINT_DEFENCE,
    ),
    "auxiliary": Profile(
        Weighted({(18, 24): 0.14, (25, 32): 0.42, (33, 40): 0.3, (41, 50): 0.13, (51, 58): 0.01}),
        women=0.15, education=schooling(6, 44, 50), local=0.72, veterans=0.22, party=0.17, phones=1,
        long_serving=0.75, contracts=0.97, years_stayed=6, former=9,
    ),
    "patrol": Profile(
        Weighted({(18, 24): 0.12, (25, 32): 0.38, (33, 40): 0.34, (41, 50): 0.15, (51, 58): 0.01}),
        women=0.06, education=schooling(18, 62, 20), local=0.6, veterans=0.2, party=0.08, phones=0.98,
        long_serving=0.85, contracts=0.95, years_stayed=6, former=11,
    ),
    "guard": Profile(
        Weighted({(18, 24): 0.15, (25, 32): 0.22, (33, 40): 0.23, (41, 50): 0.25, (51, 60): 0.15}),
        women=0.11, education=schooling(58, 37, 4, unknown=1), local=0.33, veterans=0.11, party=0.03, phones=0.8,
        long_serving=0.75, contracts=0.72, foreigners=0.001, years_stayed=4, former=52,
    ),
    "volunteer": Profile(
        Weighted({(18, 24): 0.12, (25, 40): 0.2, (41, 54): 0.24, (55, 72): 0.44}),
        women=0.56, education=schooling(40, 38, 20, unknown=2), local=0.8, veterans=0.08, party=0.3, phones=0.93,
        long_serving=0.15, contracts=0, foreigners=0.018, former=2,
    ),
}  # fmt: skip
RETIREMENT = 55
ETHNICITIES = Weighted(
    {"01": 9_380, "08": 250, "13": 110, "15": 70, "06": 70, "12": 40, "19": 30, "03": 25, "11": 15, "05": 6, "04": 4}
)
