"""The second factor: a code from an app (TOTP, RFC 6238), or one of eight recovery codes. Its tables are the gate's.

Recovery codes are stored as scrypt hashes, cut to the sixteen characters that django-otp's table has room for; the
secret of the app must be known to the server and is stored as it is.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass

import django_otp
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from organization import events
from organization.models.account import ISSUED_ALPHABET
from organization.scope import gate

RECOVERY_CODES = 8
RECOVERY_LENGTH = 10
CODE_DIGITS = 6


@dataclass(frozen=True)
class Answer:
    """Whether a code was right; if not, the seconds until the next may be tried (0: at once)."""

    device: object = None
    wait: int = 0


def pending(account) -> TOTPDevice | None:
    """The app that is being set up, not yet confirmed by a code."""
    with gate():
        return TOTPDevice.objects.filter(user_id=account.pk, confirmed=False).first()


def is_set_up(account) -> bool:
    with gate():
        return TOTPDevice.objects.filter(user_id=account.pk, confirmed=True).exists()


def begin(account) -> TOTPDevice:
    """Make a new secret, in place of one that was never confirmed."""
    with gate():
        TOTPDevice.objects.filter(user_id=account.pk, confirmed=False).delete()
        return TOTPDevice.objects.create(user_id=account.pk, name="app", confirmed=False)


def confirm(account, code: str) -> tuple[Answer, list[str]]:
    """Take the new app into use when it shows the right code; returns the recovery codes, never shown again."""
    with gate():
        device = TOTPDevice.objects.select_for_update().filter(user_id=account.pk, confirmed=False).first()
        answer = _tried(device, code)
        if not answer.device:
            return answer, []
        TOTPDevice.objects.filter(user_id=account.pk, confirmed=True).delete()
        device.confirmed = True
        device.save()
        return answer, _new_recovery_codes(account)


def verify(account, code: str) -> Answer:
    """Try a code of the app, or a recovery code, which is used up. Row locks let no code count twice."""
    digits = "".join(code.split())
    with gate():
        if len(digits) == CODE_DIGITS and digits.isdecimal():
            device, said = (
                TOTPDevice.objects.select_for_update().filter(user_id=account.pk, confirmed=True).first(),
                digits,
            )
        else:
            device = StaticDevice.objects.select_for_update().filter(user_id=account.pk).first()
            said = _hashed(device, code) if device else ""
        return _tried(device, said)


def reset(account) -> None:
    """Forget app and recovery codes: the next login sets them up anew."""
    with gate():
        TOTPDevice.objects.filter(user_id=account.pk).delete()
        StaticDevice.objects.filter(user_id=account.pk).delete()
    events.record("second_factor", reason="reset", account=account.username)


def pass_session(request, device) -> None:
    """Mark the session as verified by both factors, under a new id."""
    django_otp.login(request, device)
    request.session.cycle_key()


def _tried(device, said) -> Answer:
    """One try, counted by the device: each failure in a row doubles the wait before the next (1, 2, 4 ... seconds)."""
    if device is None:
        events.record("second_factor", reason="failed")
        return Answer()
    allowed, why = device.verify_is_allowed()
    if not allowed:
        events.record("second_factor", reason="throttled")
        return Answer(wait=max(1, int((why["locked_until"] - timezone.now()).total_seconds()) + 1))
    right = device.verify_token(said)
    way = "recovery code" if isinstance(device, StaticDevice) else "app"
    events.record("second_factor", reason="passed" if right else "failed", way=way)
    return Answer(device) if right else Answer()


def _new_recovery_codes(account) -> list[str]:
    StaticDevice.objects.filter(user_id=account.pk).delete()
    device = StaticDevice.objects.create(user_id=account.pk, name="recovery")
    codes = [
        "".join(secrets.choice(ISSUED_ALPHABET) for _i in range(RECOVERY_LENGTH)) for _code in range(RECOVERY_CODES)
    ]
    for code in codes:
        device.token_set.create(token=_hashed(device, code))
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _hashed(device, code: str) -> str:
    """Ten bytes of scrypt in base 32; dashes, blanks and case of what was typed do not matter."""
    said = "".join(sign for sign in code.lower() if sign.isalnum())
    digest = hashlib.scrypt(said.encode(), salt=f"qunfang.recovery.{device.pk}".encode(), n=2**14, r=8, p=1, dklen=10)
    return base64.b32encode(digest).decode()
