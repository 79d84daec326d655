"""One picture: what it is is seen from its content; what comes out is a small JPEG with nothing but the picture in it.

Position, camera, thumbnails, comments and profiles of the original are not taken along. The whole picture is kept: no
face is cut off by a guess.
"""

import io

from PIL import BmpImagePlugin, Image, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin  # noqa: F401

from personnel.photos.reading.limits import MIB, Limits, Refused

LONGEST_SIDE = 480
QUALITY = 88
# What a picture may be; "MPO" is how telephones write a JPEG with a second picture behind it.
FORMATS = ("JPEG", "MPO", "PNG", "BMP", "WEBP")
_MAGIC = {"JPEG": (b"\xff\xd8\xff",), "PNG": (b"\x89PNG\r\n\x1a\n",), "BMP": (b"BM",), "WEBP": (b"RIFF",)}
_ORIENTATION = 0x0112
_TURNS = {
    2: (Image.Transpose.FLIP_LEFT_RIGHT,),
    3: (Image.Transpose.ROTATE_180,),
    4: (Image.Transpose.FLIP_TOP_BOTTOM,),
    5: (Image.Transpose.TRANSPOSE,),
    6: (Image.Transpose.ROTATE_270,),
    7: (Image.Transpose.TRANSVERSE,),
    8: (Image.Transpose.ROTATE_90,),
}
Image.MAX_IMAGE_PIXELS = None  # our own limit is stricter, and does not warn but refuse
# All plug-ins are loaded by now: the child opens no file any more.
Image._initialized = 2


def picture(data: bytes, limits: Limits) -> tuple[bytes, int, int]:
    """The picture as a JPEG, its width and height. Raises Refused."""
    if len(data) > limits.picture_bytes:
        raise Refused("picture_too_large", limit=limits.picture_bytes // MIB)
    kind = next((name for name, starts in _MAGIC.items() if data.startswith(starts)), None)
    if kind is None:
        raise Refused("no_picture")
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as opened:
            return _small(opened, limits)
    except (Refused, MemoryError):
        raise
    except Exception as error:  # whatever a decoder raises: the picture is broken, or made to do harm
        raise Refused("damaged") from error


def _small(opened: Image.Image, limits: Limits) -> tuple[bytes, int, int]:
    if opened.format not in FORMATS:
        raise Refused("no_picture")
    width, height = opened.size
    if width * height > limits.pixels:
        raise Refused("too_many_pixels", limit=limits.pixels // 1_000_000)
    if min(width, height) < limits.shortest_side:
        raise Refused("too_small", limit=limits.shortest_side)
    turns = _TURNS.get(_orientation(opened), ())
    opened.draft("RGB", (2 * LONGEST_SIDE, 2 * LONGEST_SIDE))  # a large JPEG is decoded at a fraction of its size
    shown = _in_colour(opened)
    shown.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    for turn in turns:
        shown = shown.transpose(turn)
    paper = Image.new("RGB", shown.size, "white")
    paper.paste(shown, mask=shown.getchannel("A") if shown.mode == "RGBA" else None)
    out = io.BytesIO()
    paper.save(out, "JPEG", quality=QUALITY)
    return out.getvalue(), *paper.size


def _orientation(opened: Image.Image) -> int:
    """How a telephone was held. What does not read well is no reason to refuse the picture."""
    try:
        return int(opened.getexif().get(_ORIENTATION, 1))
    except Exception:
        return 1


def _in_colour(opened: Image.Image) -> Image.Image:
    """The decoded picture as RGB, or as RGBA where some of it is transparent."""
    if opened.mode.startswith("I"):  # 16 bits a pixel
        return opened.convert("I").point([value // 256 for value in range(65536)], "L").convert("RGB")
    if opened.has_transparency_data:
        return opened.convert("RGBA")
    return opened.convert("RGB")
