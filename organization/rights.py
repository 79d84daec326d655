"""Who may do what: one table of roles and rights, and the forces each role writes.

A right says what kind of thing a role may do; *where* is the scope (the account's unit and everything below it), which
the database enforces. Rights are written as Django writes permissions, `app.verb_model`.
"""

from functools import cache

from django.db.models import F, Q
from django.db.models.functions import Mod
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual

SECOND_FACTOR_ROLES = frozenset({"hr", "sysadmin", "secadmin", "auditor"})
ADMINISTRATORS = frozenset({"sysadmin", "secadmin", "auditor"})
PLAIN_NUMBER_ROLES = frozenset({"clerk", "staff"})

FORCES_WRITTEN = {
    "clerk": ("joint_defence", "volunteer"),
    "staff": ("joint_defence", "volunteer", "guard"),
    "hr": ("auxiliary", "patrol", "guard"),
}

VIEW, WRITE = ("view",), ("view", "add", "change")
Verbs = dict[str, tuple[str, ...]]

_FILES: Verbs = {
    "personnel.member": (*WRITE, "import"),
    "personnel.rosterimport": VIEW,
    "personnel.formernumber": VIEW,
    "personnel.withdrawnfile": VIEW,
    "personnel.filemerge": VIEW,
    "personnel.differentpeople": VIEW,
    "personnel.assignment": WRITE,
    "personnel.emergencycontact": WRITE,
    "personnel.photo": WRITE,
    "personnel.certificate": ("view", "add"),
    "personnel.documentsighting": ("view", "add"),
    "personnel.rostersnapshot": ("view", "sign"),
    "personnel.transferrequest": ("view", "add"),
    "personnel.transferconsent": ("view", "decide"),
    "personnel.correctionrequest": WRITE,
    "personnel.noticetext": VIEW,
    "personnel.noticegiven": ("view", "add"),
    "personnel.contract": WRITE,
    "personnel.kitsize": WRITE,
    "personnel.entry": ("view", "add"),
}
_LISTS: Verbs = {
    "personnel.card": (*VIEW, "export"),
    "personnel.appointment": VIEW,
    "organization.unit": VIEW,
    "organization.team": VIEW,
    "organization.post": VIEW,
    "organization.employer": VIEW,
}
_KIT: Verbs = {
    "personnel.kitscheme": VIEW,
    "personnel.kitscale": VIEW,
    "personnel.kititem": VIEW,
    "personnel.kitsetentry": VIEW,
    "personnel.kitcampaign": VIEW,
    "personnel.kitissue": VIEW,
}
_ASSESSED: Verbs = {
    "personnel.assessmentcycle": VIEW,
    "personnel.assessment": (*VIEW, "change"),
    "personnel.kinship": WRITE,
    "personnel.appeal": (*VIEW, "add"),
    "personnel.programme": VIEW,
    "personnel.placement": VIEW,
    "personnel.mergertask": VIEW,
}
_MASKED: Verbs = _LISTS | {"personnel.member": VIEW, "personnel.assignment": VIEW}

_TABLE: dict[str, Verbs] = {
    "clerk": _LISTS | _FILES | _KIT,
    "staff": _LISTS
    | _FILES
    | _KIT
    | _ASSESSED
    | {
        "personnel.member": (*WRITE, "import", "move"),
        "organization.employer": WRITE,
        "organization.account": ("view", "handover"),
        "personnel.assessment": (*VIEW, "change", "import"),
        "personnel.mergertask": (*VIEW, "change"),
        "personnel.kitissue": (*WRITE, "export"),
    },
    "hr": _LISTS
    | _FILES
    | _KIT
    | _ASSESSED
    | {
        "personnel.member": (*WRITE, "import", "reveal", "move", "copy"),
        "personnel.assessmentcycle": (*WRITE, "close"),
        "personnel.examiner": WRITE,
        "personnel.assessment": (*VIEW, "change", "import"),
        "personnel.appeal": (*VIEW, "add", "decide"),
        "personnel.programme": (*WRITE, "propose", "confirm", "carry_out"),
        "personnel.mergertask": (*VIEW, "change"),
        "personnel.disciplinecase": (*WRITE, "confirm"),
        "personnel.kitscheme": WRITE,
        "personnel.kitscale": WRITE,
        "personnel.kititem": WRITE,
        "personnel.kitsetentry": WRITE,
        "personnel.kitcampaign": WRITE,
        "personnel.kitissue": (*WRITE, "export"),
        "personnel.eligibilityrule": WRITE,
        "personnel.quota": WRITE,
        "personnel.entry": ("view", "add", "decide"),
        "personnel.backgroundcheck": ("view", "add", "reveal"),
        "personnel.healthrecord": WRITE,
        "personnel.privacyterm": VIEW,
        "personnel.erasurehold": WRITE,
        "personnel.erasurebatch": ("view", "add", "approve"),
        "organization.employer": WRITE,
    },
    "finance": _MASKED | {"personnel.bankaccount": (*WRITE, "reveal"), "personnel.contract": VIEW},
    "training": _MASKED,
    "governance": _MASKED
    | _KIT
    | _ASSESSED
    | {
        "personnel.member": ("view", "move"),
        "personnel.transferconsent": ("view", "decide"),
        "personnel.appeal": (*VIEW, "add", "decide"),
        "personnel.programme": (*VIEW, "confirm"),
        "personnel.disciplinecase": (*VIEW, "confirm"),
        "organization.unit": WRITE,
        "organization.team": WRITE,
        "organization.post": WRITE,
        "personnel.appointment": WRITE,
        "personnel.eligibilityrule": WRITE,
        "personnel.quota": VIEW,
        "personnel.entry": ("view", "decide"),
        "personnel.backgroundcheck": ("view", "reveal"),
        "personnel.confirmationcycle": WRITE,
        "personnel.rostersnapshot": VIEW,
        "organization.reorganisation": ("view", "add"),
        "personnel.kitissue": (*VIEW, "export"),
        "personnel.privacyterm": WRITE,
        "personnel.noticetext": WRITE,
        "personnel.erasurehold": VIEW,
        "personnel.contract": VIEW,
        "personnel.erasurebatch": ("view", "approve"),
    },
    "sysadmin": {
        "organization.unit": VIEW,
        "organization.account": WRITE,
    },
    "secadmin": {"organization.unit": VIEW, "organization.account": ("view", "secure")},
    "auditor": {
        "organization.unit": VIEW,
        "organization.trailentry": (*VIEW, "export"),
        "organization.securityevent": (*VIEW, "export"),
    },
}


@cache
def permissions(role: str | None) -> frozenset[str]:
    """The rights of a role, such as `personnel.add_member`; a role not yet given has none."""
    return frozenset(
        f"{app}.{verb}_{name}"
        for model, verbs in _TABLE.get(role or "", {}).items()
        for app, name in [model.split(".")]
        for verb in verbs
    )


def role_fits_level(role: str, unit: str) -> Q:
    """Condition: clerks sit in villages, staff in towns, the others in the district or its 9xx units."""
    village, town = Mod(F(unit), 1000), Mod(F(unit), 1_000_000)
    clerk = Q(**{role: "clerk"}) & Q(GreaterThan(village, 0))
    staff = Q(**{role: "staff"}) & Q(Exact(village, 0)) & Q(GreaterThan(town, 0))
    office = ~Q(**{f"{role}__in": ["clerk", "staff"]}) & (Q(Exact(town, 0)) | Q(GreaterThanOrEqual(town, 900_000)))
    return Q(**{f"{role}__isnull": True}) | clerk | staff | office
