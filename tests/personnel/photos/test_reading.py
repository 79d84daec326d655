"""Pictures out of untrusted bytes: what comes out is small and clean, what is odd is refused in a sentence."""

import contextlib
import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from personnel.photos.reading import Limits, read
from personnel.photos.reading.sentences import PhotosRefused
from tests.personnel.photos.pictures import drawn, opened, package, picture

BROWN_DOG = b"the quick brown fox"


def only(data, **limits):
    (found,) = read(data, Limits(**limits))
    return found


def refusal(data, **limits):
    with pytest.raises(PhotosRefused) as refused:
        read(data, Limits(**limits))
    return refused.value.code


@pytest.mark.parametrize(
    ("form", "mode"),
    [("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "LA"),
     ("PNG", "1"), ("BMP", "RGB"), ("WEBP", "RGB")],
)  # fmt: skip
def test_every_usual_picture_becomes_a_small_jpeg(form, mode):
    found = only(picture(form, size=(900, 1200), mode=mode))
    image = opened(found.jpeg)
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (360, 480))
    assert (found.width, found.height, found.refused) == (360, 480, "")


def test_a_grey_picture_of_16_bits_keeps_its_shades():
    out = io.BytesIO()
    Image.new("I;16", (200, 200), 128 * 256).save(out, "PNG")
    assert opened(only(out.getvalue()).jpeg).getpixel((100, 100)) == pytest.approx((128, 128, 128), abs=2)


def test_a_small_picture_is_not_blown_up():
    assert only(picture(size=(120, 160))).height == 160


def test_what_is_transparent_becomes_white():
    out = io.BytesIO()
    Image.new("RGBA", (200, 200), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(only(out.getvalue()).jpeg).getpixel((100, 100)) == (255, 255, 255)


def test_where_when_and_with_what_it_was_taken_is_gone():
    exif = Image.Exif()
    exif[0x010F] = "CameraMaker"
    exif[0x8825] = {1: "N", 2: (23.0, 7.0, 0.0)}
    sent = picture(exif=exif, comment=b"from the party", icc_profile=b"profile" * 20)
    assert b"CameraMaker" in sent
    jpeg = only(sent).jpeg
    assert not {"exif", "comment", "icc_profile"} & set(opened(jpeg).info)
    assert not any(word in jpeg for word in (b"Exif", b"CameraMaker", b"party", b"profile"))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_as_the_telephone_was_held(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    turns = {1: (), 2: (0,), 3: (3,), 4: (1,), 5: (5,), 6: (2,), 7: (6,), 8: (4,)}  # what undoes it
    image = drawn((300, 400))
    for turn in turns[orientation]:
        image = image.transpose(Image.Transpose(turn))
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, quality=95)
    shown = opened(only(out.getvalue()).jpeg)
    assert shown.size == (300, 400)
    assert shown.getpixel((20, 20))[0] > 200


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (BROWN_DOG, "no_picture"),
        (b"GIF89a" + b"\0" * 100, "no_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no_picture"),
        (b"%PDF-1.4", "no_picture"),
        (b"RIFF\x10\0\0\0WAVEfmt ", "damaged"),
        (picture()[:400], "damaged"),
        (b"\xff\xd8\xff", "damaged"),
        (picture("PNG", size=(100, 79)), "too_small"),
        (picture("PNG", size=(6000, 6000), mode="1"), "too_many_pixels"),
        (picture() + b"\0" * (10 * 2**20), "picture_too_large"),
    ],
)  # fmt: skip
def test_what_is_no_fit_picture_says_why(data, said):
    from personnel.photos.reading.sentences import _OF_PICTURES

    found = only(data)
    assert found.jpeg == b""
    assert str(found.refused).startswith(str(_OF_PICTURES[said]).split("%")[0])


def test_a_picture_that_claims_to_be_huge_is_refused_before_it_is_unpacked():
    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 6, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 10**6))
    assert "30" in str(only(bomb + chunk(b"IEND", b"")).refused)


def test_a_package_answers_for_every_file_in_its_order():
    found = read(package([("一.jpg", picture()), ("二.txt", BROWN_DOG), ("甲/三.png", picture("PNG"))]))
    assert [(each.name, bool(each.jpeg), bool(each.refused)) for each in found] == [
        ("一.jpg", True, False), ("二.txt", False, True), ("三.png", True, False),
    ]  # fmt: skip


def test_names_written_by_windows_are_read():
    (found,) = read(packed_by_windows("李明.jpg", picture()))
    assert found.name == "李明.jpg"


def packed_by_windows(name, content):
    """A zip with the raw GB 18030 bytes of a name, and no flag that says so."""
    raw = name.encode("gb18030")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("n" * len(raw), content)
    return out.getvalue().replace(b"n" * len(raw), raw)


def test_what_programs_put_into_a_package_is_no_picture_that_was_sent():
    names = ["__MACOSX/._一.jpg", "Thumbs.db", "照片/.DS_Store", "照片/desktop.ini", "照片/一.jpg"]
    assert [each.name for each in read(package([(name, picture()) for name in names]))] == ["一.jpg"]


@pytest.mark.parametrize(
    ("data", "limits", "code"),
    [
        (b"", {}, "empty"),
        (picture(), {"file_bytes": 100}, "too_large"),
        (package({}), {}, "empty_archive"),
        (package({"a.jpg": picture()})[:-30], {}, "damaged_archive"),
        (package({f"{n}.jpg": b"x" for n in range(4)}), {"entries": 3}, "too_many_entries"),
        (package({f"{n}.jpg": b"\0" * 10**6 for n in range(9)}), {"unpacked_bytes": 8 * 10**6}, "too_much_unpacked"),
    ],
)  # fmt: skip
def test_an_upload_over_a_limit_is_refused_as_a_whole(data, limits, code):
    assert refusal(data, **limits) == code


def test_a_file_of_a_package_that_unpacks_without_end_is_refused_by_itself():
    found = read(package({"bomb.png": b"\0" * (60 * 2**20), "一.jpg": picture()}))
    assert [bool(each.refused) for each in found] == [True, False]


def test_a_forged_size_does_not_help():
    data = bytearray(package({"bomb.png": b"\0" * (60 * 2**20)}))
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 100)
    assert read(bytes(data))[0].refused


@pytest.mark.parametrize("trouble", ["import os; os.abort()", "while True: pass", "print('x' * 10**7)", "print('[]')"])
def test_a_child_that_fails_is_one_plain_refusal(monkeypatch, trouble):
    monkeypatch.setattr("personnel.photos.reading.parent._START", trouble)
    assert refusal(picture(), seconds=1, patience=1, answer_bytes=10**6) in ("too_costly", "damaged")


def test_the_child_sees_no_secret_and_can_open_no_file(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "not for the child")
    monkeypatch.setattr(
        "personnel.photos.reading.parent._START",
        """
import sys; sys.path[:0] = sys.argv[1:]
from personnel.photos.reading import child
import os
from personnel.photos.reading.limits import Refused
def spy(data, limits):
    try:
        open(sys.executable, "rb")
    except OSError:
        if "SECRET_KEY" not in os.environ:
            raise Refused("encrypted")
    raise Refused("too_small", limit=0)
child.picture = spy
child.main()
""",
    )
    assert "password" in str(only(picture()).refused) or "密码" in str(only(picture()).refused)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_broken_byte_makes_it_fail_otherwise(data):
    whole = data.draw(st.sampled_from([picture(), picture("PNG"), picture("WEBP"), package({"一.jpg": picture()})]))
    at = data.draw(st.integers(0, len(whole) - 1))
    broken = whole[:at] + data.draw(st.binary(min_size=1, max_size=8)) + whole[at + 4 :]
    with contextlib.suppress(PhotosRefused):
        for found in read(broken):
            assert bool(found.jpeg) != bool(found.refused)
