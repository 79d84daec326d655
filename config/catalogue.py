"""The message catalogues, compiled by Babel: no gettext tools are needed, and no compiled file is tracked."""

import os
import tempfile
from pathlib import Path

LOCALES = Path(__file__).resolve().parent.parent / "locale"
# Under Django's name for the language Babel would assume the plural forms of English.
BABEL_NAMES = {"zh_Hans": "zh_Hans_CN"}


def compile_stale(locales: Path = LOCALES) -> list[Path]:
    """Compile every .po file that is newer than its .mo file. Returns the .mo files written."""
    return [compile_one(po) for po in sorted(locales.glob("*/LC_MESSAGES/*.po")) if is_stale(po)]


def is_stale(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return not mo.exists() or mo.stat().st_mtime_ns < po.stat().st_mtime_ns


def compile_one(po: Path) -> Path:
    """Write the .mo file beside the .po file, whole or not at all. Raises babel's PoFileError on a damaged file."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    language = po.parent.parent.name
    with po.open("rb") as source:
        messages = read_po(source, locale=BABEL_NAMES.get(language, language), domain=po.stem, abort_invalid=True)
    handle, name = tempfile.mkstemp(dir=po.parent, prefix=f".{po.stem}.", suffix=".mo")
    with os.fdopen(handle, "wb") as target:
        write_mo(target, messages)
    mo = po.with_suffix(".mo")
    made = Path(name)
    made.chmod(0o644)
    made.replace(mo)
    return mo
