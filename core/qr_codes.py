"""QR codes on pages."""

import segno


def qr_of(url: str) -> str:
    code = segno.make(url, error="m", micro=False)
    return str(code.svg_data_uri(scale=8, border=2))
