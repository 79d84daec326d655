"""The secret of an authenticator app, to be scanned or typed."""

import base64

from qrcode.main import QRCode

QUIET_ZONE = 4  # modules of white around the code (ISO/IEC 18004)


def drawing(device) -> dict:
    """{"size": modules a side, "path": an SVG path of the dark ones}."""
    code = QRCode(border=QUIET_ZONE)
    code.add_data(device.config_url)
    code.make(fit=True)
    rows = code.get_matrix()
    dark = ((x, y) for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
    return {"size": len(rows), "path": "".join(f"M{x} {y}h1v1h-1z" for x, y in dark)}


def spelled(device) -> str:
    """The secret in base 32, in groups of four."""
    secret = base64.b32encode(device.bin_key).decode()
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
