"""The portal's emblem: read from a picture, drawn as the icons that phones install."""

from functools import lru_cache
from io import BytesIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from core.models import Portal

SIZE, MOST_BYTES, MOST_PIXELS = 512, 500_000, 4_000_000
# Behind an emblem in an icon that a phone cuts to its own shape: the blue of the portal's bar,
# with the emblem in the middle that every shape leaves.
BED, MIDDLE = (8, 63, 120, 255), 0.64
UNREADABLE = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    OSError,
    ValueError,
    SyntaxError,
)


def read_emblem(data: bytes) -> bytes:
    """Return a picture as a square PNG, on nothing where it is not square.

    Raises ``ValidationError`` for what is no PNG, JPEG or WebP, or too big.
    """
    if len(data) > MOST_BYTES:
        raise ValidationError(_("Ảnh lớn quá 500 kB. Thu nhỏ ảnh rồi chọn lại."))
    try:
        with Image.open(BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as image:
            if image.width * image.height > MOST_PIXELS:
                raise ValidationError(_("Ảnh lớn quá 2.000 × 2.000 điểm. Thu nhỏ rồi chọn lại."))
            whole = image.convert("RGBA")
    except UNREADABLE as error:
        text = _("Không đọc được ảnh. Chọn tệp PNG, JPEG hoặc WebP.")
        raise ValidationError(text) from error
    square = ImageOps.pad(whole, (SIZE, SIZE), color=(0, 0, 0, 0))
    return _png(square)


@lru_cache(maxsize=8)
def emblem_icon(mark: str, size: int, is_shaped: bool) -> bytes:
    """Return the emblem as a PNG of ``size`` pixels, on a bed where a phone cuts it to a shape.

    Raises ``Portal.DoesNotExist`` where the mark is no longer that of the emblem.
    """
    row = Portal.objects.exclude(emblem_mark="").get(emblem_mark=mark)
    with Image.open(BytesIO(bytes(row.emblem))) as emblem:
        if not is_shaped:
            return _png(emblem.resize((size, size)))
        inner = round(size * MIDDLE)
        small = emblem.convert("RGBA").resize((inner, inner))
        bed = Image.new("RGBA", (size, size), BED)
        bed.alpha_composite(small, ((size - inner) // 2,) * 2)
        return _png(bed)


def _png(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "png", optimize=True)
    return out.getvalue()
