"""Terms as dated data: how long files are kept, how soon a correction is answered."""

from datetime import date

from personnel import working_days
from personnel.models import Force, PrivacyTerm

FALLBACK_DAYS = 15
LABOUR_CONTRACTS = "《劳动合同法》第五十条：合同文本至少保存二年；暂定五年，请本单位按档案规定核定"
VOLUNTEERS = "《个人信息保护法》第十九条：保存期限为必要的最短时间；暂定五年，请本单位核定"
CORRECTIONS = (
    "《个人信息保护法》第四十六条、第五十条未定日数；"
    "参照《App违法违规收集使用个人信息行为认定方法》第六条，十五个工作日"
)


def default_terms() -> list[dict]:
    """The terms of a new office, each with its source."""
    since = date(2021, 11, 1)  # the day on which the Personal Information Protection Law took effect
    kept = [
        {"kind": force, "valid_from": since, "length": 5, "source": LABOUR_CONTRACTS}
        for force in Force.values
        if force != Force.VOLUNTEER
    ]
    return [
        *kept,
        {"kind": Force.VOLUNTEER.value, "valid_from": since, "length": 5, "source": VOLUNTEERS},
        {"kind": PrivacyTerm.CORRECTION, "valid_from": since, "length": FALLBACK_DAYS, "source": CORRECTIONS},
    ]


def correction_due(received: date) -> date:
    """The last day for the answer to a request that came on that day."""
    term = PrivacyTerm.objects.on(received).filter(kind=PrivacyTerm.CORRECTION).first()
    return working_days.after(received, term.length if term else FALLBACK_DAYS)
