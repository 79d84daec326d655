"""The accounts of the demo district: one of each role, and a second village, town and personnel officer."""

from dataclasses import dataclass

from personnel.demo.jobs import ACCOUNTS
from personnel.demo.places import DISTRICT


@dataclass(frozen=True)
class Login:
    """An account by the names of its fields."""

    username: str
    name: str
    role: str
    unit_id: int


# Who looks at the whole, beside the accounts of the first district, where the demo is larger.
ABOVE = {
    "district": Login("district", "霍锦辉", "hr", DISTRICT),
    "city": Login("city", "屈美兰", "hr", DISTRICT - DISTRICT % 10**8),
    "province": Login("province", "关子豪", "hr", DISTRICT - DISTRICT % 10**10),
}


def logins(scale: str = "district") -> list[Login]:
    """All twelve; `village` lies in `town`, `village2` in `town2`. A city has `district` and `city`, a province all."""
    larger = {"city": ("district", "city"), "province": tuple(ABOVE)}.get(scale, ())
    return [*of_district(), *(ABOVE[name] for name in larger)]


def of_district() -> list[Login]:
    towns = {name: code - code % 1000 for name, code in ACCOUNTS.items()}
    return [
        Login("village", "梁嘉怡", "clerk", ACCOUNTS["village"]),
        Login("village2", "何志斌", "clerk", ACCOUNTS["village2"]),
        Login("town", "黄思敏", "staff", towns["village"]),
        Login("town2", "郭海涛", "staff", towns["village2"]),
        Login("hr", "麦颖诗", "hr", DISTRICT),
        Login("hr2", "邝文辉", "hr", DISTRICT),
        Login("finance", "冯慧玲", "finance", DISTRICT),
        Login("training", "区浩铭", "training", DISTRICT),
        Login("governance", "谢锦荣", "governance", DISTRICT),
        Login("sysadmin", "林俊超", "sysadmin", DISTRICT),
        Login("secadmin", "曾佩莹", "secadmin", DISTRICT),
        Login("auditor", "欧阳秀琼", "auditor", DISTRICT),
    ]
