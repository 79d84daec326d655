"""The words of a certificate. They are Chinese whatever the language of the site: it is the office's paper.

A certificate of leaving says what art. 24 of the implementing regulation of the Labour Contract Law asks for: term of
the contract, day of leaving, post, and how long the person worked there; not why.
"""

from datetime import date, timedelta

from personnel.exports.columns import words
from personnel.models import Certificate

TITLES = {Certificate.Kind.SERVICE: "在职证明", Certificate.Kind.LEAVING: "离职证明"}


def title(certificate: Certificate) -> str:
    return TITLES[Certificate.Kind(certificate.kind)]


def sentences(certificate: Certificate, number: str) -> list[str]:
    """The paragraphs; `number` is the document number as the reader may see it."""
    document = words("document").get(certificate.document, "")
    sex = words("person_sex").get(certificate.sex, "")
    who = f"兹证明{certificate.name}（{sex}，{document}号码：{number}）"
    return [
        f"{who}{_served(certificate)}",
        *([f"本证明用于{certificate.purpose}。"] if certificate.purpose else []),
        "特此证明。",
    ]


def _served(certificate: Certificate) -> str:
    force = words("force").get(certificate.force, "")
    work = f"在{certificate.unit_name}{force}工作" + (f"，职务：{certificate.post}" if certificate.post else "")
    if certificate.ended_on is None or certificate.kind == Certificate.Kind.SERVICE:
        return f"自{chinese(certificate.started_on)}起{work}，截至{chinese(certificate.day)}在职。"
    last = certificate.ended_on - timedelta(days=1)
    years = length(certificate.started_on, certificate.ended_on)
    return (
        f"自{chinese(certificate.started_on)}起至{chinese(last)}止{work}，工作年限{years}。"
        f"{_contract(certificate)}已于{chinese(certificate.ended_on)}离职。"
    )


def _contract(certificate: Certificate) -> str:
    if not certificate.contract_from:
        return ""
    until = f"至{chinese(certificate.contract_until)}" if certificate.contract_until else "，无固定期限"
    return f"劳动合同期限自{chinese(certificate.contract_from)}{until}。"


def chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def length(start: date, end: date) -> str:
    """Whole years and months of a half-open stretch of days; less than a month in days."""
    months = (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
    if not months:
        return f"{(end - start).days}天"
    years, rest = divmod(months, 12)
    return (f"{years}年" if years else "") + (f"{rest}个月" if rest else "")
