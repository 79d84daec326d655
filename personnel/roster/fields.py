"""What a column of a roster can be about: one key for each meaning, the names of models where there are any."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organization.refusal import StrOrPromise


@dataclass(frozen=True, slots=True)
class Field:
    """`of` says where a value goes: member, contact, service, place (finds the unit), check (is held against
    the document number), or "" for what is recognised and not imported yet. `table` is the code table, if any."""

    key: str
    label: StrOrPromise
    of: str = ""
    table: str = ""


_ALL = (
    Field("seq", _("serial number"), "check"),
    Field("name", pgettext_lazy("person", "name"), "member"),
    Field("former_name", _("former name"), "member"),
    Field("id_number", _("document number"), "member"),
    Field("document", _("kind of document"), "member", "document"),
    Field("sex", _("sex"), "check"),
    Field("birth_date", _("birth date"), "check"),
    Field("age", _("age"), "check"),
    Field("ethnicity", _("ethnicity"), "member", "ethnicity"),
    Field("political", _("political affiliation"), "member", "political"),
    Field("education", _("education"), "member", "education"),
    Field("graduate_school", _("school"), "member"),
    Field("major", _("major"), "member"),
    Field("marital", _("marital status"), "member", "marital"),
    Field("occupation", _("previous occupation"), "member", "occupation"),
    Field("military", _("military service"), "member", "military"),
    Field("phone", _("phone"), "member"),
    Field("native_place", _("native place"), "member"),
    Field("household", _("household"), "member"),
    Field("household_address", _("household address"), "member"),
    Field("address", _("address"), "member"),
    Field("specialty", _("special skills"), "member"),
    Field("remark", _("remark"), "member"),
    Field("contact_name", _("emergency contact"), "contact"),
    Field("contact_phone", _("phone of the emergency contact"), "contact"),
    Field("force", _("force"), "service"),
    Field("category", _("category"), "service"),
    Field("sponsor", _("run by"), "service"),
    Field("share", _("share of full time (%)"), "service"),
    Field("post", _("post"), "service"),
    Field("grade", _("grade"), "service"),
    Field("badge", _("service number"), "service"),
    Field("employer", _("employer"), "service"),
    Field("started_on", _("started on"), "service"),
    Field("contract_from", _("contract from"), "service"),
    Field("contract_until", _("contract until"), "service"),
    Field("contract_term", _("contract term"), "check"),
    Field("ended_on", _("ended on"), "service"),
    Field("ending", _("how it ended"), "service"),
    Field("status", _("standing"), "check"),
    Field("town", _("town or street"), "place"),
    Field("village", _("village or community"), "place"),
    Field("unit", _("unit"), "place"),
    Field("squad", _("squad"), "place"),
    # Recognised, listed in the import record, and not imported: what belongs to health is for the personnel office.
    Field("health", _("state of health")),
    Field("blood_type", _("blood type")),
    Field("height", _("height (cm)")),
    Field("work_start", _("first job since")),
    Field("contract_no", _("contract number")),
    Field("contract_signed", _("contract signed")),
    Field("contract_signed_on", _("contract signed on")),
    Field("wage", _("wage")),
    Field("funding", _("source of funds")),
    Field("social_insurance", _("social insurance")),
    Field("social_card", _("social insurance card")),
    Field("medical_insurance", _("medical insurance")),
    Field("injury_insurance", _("injury insurance")),
    Field("bank_account", _("account number")),
    Field("bank", _("bank")),
    Field("work_permit", _("work permit number")),
    Field("guard_certificate", _("guard certificate number")),
    Field("duty_certificate", _("duty certificate number")),
    Field("certificate_date", _("date of the certificate")),
    Field("is_certified", _("holds a certificate")),
    Field("training", _("training")),
    Field("jacket_size", _("jacket size")),
    Field("trousers_size", _("trousers size")),
    Field("shoe_size", _("shoe size")),
    Field("cap_size", _("cap size")),
    Field("weight", _("weight (kg)")),
    Field("service_hours", _("hours of service")),
    Field("employer_nature", _("nature of the employer")),
    Field("email", _("e-mail")),
    Field("photo", _("photo")),
)
FIELDS: dict[str, Field] = {field.key: field for field in _ALL}


def is_modelled(key: str) -> bool:
    """Whether values of this field are imported (or at least held against others)."""
    return key in FIELDS and FIELDS[key].of != ""
