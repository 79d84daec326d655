"""Rosters sent through the pages."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.html import strip_tags

from personnel.models import RosterImport
from tests.conftest import VILLAGE
from tests.personnel.roster.files import xlsx
from tests.personnel.roster.people import table

PAGE = "/personnel/rosterimport/"


def book(rows, sheet="花名册"):
    return xlsx({sheet: table(rows)})


def send(browser, rows, *, name="花名册.xlsx", unit=VILLAGE, force="joint_defence", **more):
    """The answer to an upload of rows (or bytes)."""
    data = rows if isinstance(rows, bytes) else book(rows)
    sent = {"file": SimpleUploadedFile(name, data), "unit_code": str(unit), "force": force}
    return browser.post(f"{PAGE}add/", sent | more)


def sent(browser, rows, **more):
    """The address of the preview of a roster that was taken."""
    answer = send(browser, rows, **more)
    assert answer.status_code == 302, said(answer)
    return answer["Location"].removesuffix("change/")


def number_of(address):
    return int(address.rstrip("/").rpartition("/")[2])


def confirm(browser, address, **more):
    """Import, and the text of the page one lands on."""
    return said(browser.post(f"{address}import/", more, follow=True))


def said(answer):
    return " ".join(strip_tags(answer.content.decode()).split())


def record(address):
    return RosterImport.objects.get(pk=number_of(address))
