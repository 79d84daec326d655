import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from organization.models import Unit
from tests.conftest import OTHER_VILLAGE
from tests.factories import MemberFactory, serve


@pytest.fixture
def member(root):
    """Somebody of the village, in joint defence."""
    member = MemberFactory(name="李试用")
    serve(member)
    return member


@pytest.fixture
def other(root):
    """Somebody of another town."""
    member = MemberFactory(name="哨兵员", unit=Unit.objects.get(code=OTHER_VILLAGE))
    serve(member)
    return member


@pytest.fixture
def sent():
    """A file as a browser sends it."""

    def make(content, name="photo.jpg"):
        return SimpleUploadedFile(name, content)

    return make
