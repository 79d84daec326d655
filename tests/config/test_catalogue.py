"""The Chinese catalogue: everything the source says is in it, translated, and nothing else."""

import gettext
import os
import re
import shutil
import subprocess
import sys

import pytest
from babel.messages.pofile import read_po

from config.catalogue import LOCALES, compile_one, compile_stale, is_stale

ROOT = LOCALES.parent
CATALOGUE = LOCALES / "zh_Hans" / "LC_MESSAGES" / "django.po"
SOURCES = ("config", "organization", "personnel", "dashboards", "templates", "manage.py")
# A place to be filled: %(name)s, %s, %%, or {name} of str.format
PLACE = re.compile(r"%\(\w+\)[a-z]|%[a-z%]|\{\w*\}")


def entries(path):
    with path.open("rb") as source:
        return [message for message in read_po(source, locale="zh_Hans_CN") if message.id]


def key(message):
    return message.context, *([message.id] if isinstance(message.id, str) else message.id)


def texts(message):
    return [message.string] if isinstance(message.string, str) else list(message.string)


@pytest.mark.skipif(not shutil.which("xgettext"), reason="no gettext: on Debian, apt-get install gettext")
def test_the_catalogue_holds_every_sentence_of_the_source_and_no_other(tmp_path):
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    fresh = tmp_path / CATALOGUE.relative_to(ROOT)
    fresh.parent.mkdir(parents=True)
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "--locale=zh_Hans", "--no-location", "--verbosity=0"],
        cwd=tmp_path,
        env=os.environ | {"VAR_DIR": str(tmp_path / "var"), "DATABASE_URL": "postgres://site@localhost/none"},
        check=True,
    )
    said, known = set(map(key, entries(fresh))), set(map(key, entries(CATALOGUE)))

    assert said - known == set(), "run `make messages` and translate these"
    assert known - said == set(), "run `make messages`: nothing says these any more"


def test_every_sentence_is_translated():
    unfinished = [key(one) for one in entries(CATALOGUE) if one.fuzzy or not all(text.strip() for text in texts(one))]
    assert unfinished == []


def test_nothing_obsolete_is_kept():
    assert [line for line in CATALOGUE.read_text().splitlines() if line.startswith("#~")] == []


def test_every_translation_fills_in_the_same_places():
    wrong = [
        (original, text)
        for message in entries(CATALOGUE)
        for original in [key(message)[-1]]
        for text in texts(message)
        if text and sorted(PLACE.findall(original)) != sorted(PLACE.findall(text))
    ]
    assert wrong == []


def test_chinese_has_one_plural_form_and_uses_it(tmp_path):
    po = tmp_path / "zh_Hans" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True)
    po.write_text('msgid "%(n)s file"\nmsgid_plural "%(n)s files"\nmsgstr[0] "%(n)s 份"\n')

    with compile_one(po).open("rb") as compiled:
        chinese = gettext.GNUTranslations(compiled)

    assert [chinese.ngettext("%(n)s file", "%(n)s files", n) for n in (0, 1, 2)] == ["%(n)s 份"] * 3


def test_only_a_catalogue_that_changed_is_compiled(tmp_path):
    po = tmp_path / "zh_Hans" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True)
    po.write_text('msgid "Workbench"\nmsgstr "工作台"\n')

    assert compile_stale(tmp_path) == [po.with_suffix(".mo")]
    assert compile_stale(tmp_path) == []
    os.utime(po, ns=(0, po.with_suffix(".mo").stat().st_mtime_ns + 1))
    assert is_stale(po)
    assert [path.name for path in po.parent.iterdir() if path.name.startswith(".")] == []


def test_the_screen_says_it_in_chinese():
    from django.utils.translation import gettext as say
    from django.utils.translation import override

    with override("zh-hans"):
        assert say("Workbench") == "工作台"
