"""Bytes of an upload to small clean pictures: one picture, or a zip of them.

Untrusted bytes are looked at only in a child process (child.py and what it imports), which knows nothing of Django,
opens no file, and has a ceiling on memory and time. The child answers in lines of JSON, the pictures in base64.
"""

from personnel.photos.reading.limits import Limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from personnel.photos.reading.parent import Picture

__all__ = ["Limits", "read"]

_DEFAULT = Limits()


def read(data: bytes, limits: Limits = _DEFAULT) -> "list[Picture]":
    """The pictures in the bytes of an upload, in the order of the archive; one without a name for a single picture.

    What is wrong with one picture of several stands in its `refused`. Raises PhotosRefused, and nothing else, for an
    upload that is not read at all.
    """
    from personnel.photos.reading.parent import read_in_child  # the child imports this package without Django

    return read_in_child(data, limits)
