"""Pictures and packages for tests, drawn on the spot: nobody's face."""

import io
import zipfile

from PIL import Image, ImageDraw


def drawn(size=(300, 400), colour="navy", mode="RGB"):
    """A coloured sheet with a lighter corner at the top left, so that one sees how it is turned."""
    image = Image.new("RGB", size, colour)
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 3, size[1] // 3), fill="yellow")
    return image.convert(mode)


def picture(form="JPEG", *, size=(300, 400), colour="navy", mode="RGB", **options):
    out = io.BytesIO()
    drawn(size, colour, mode).save(out, form, **options)
    return out.getvalue()


def package(files):
    """A zip of (name, content) pairs or of a dictionary."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in dict(files).items():
            archive.writestr(name, content)
    return out.getvalue()


def opened(jpeg):
    return Image.open(io.BytesIO(jpeg))
