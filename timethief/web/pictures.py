"""Codes for the camera of a phone, drawn into the page itself."""

from __future__ import annotations

import segno


def qr_code(text: str, border: int = 4) -> str:
    """A QR code as the address of a picture (`data:`), so that it stands in the page itself.

    Args:
        text: what the camera reads.
        border: white around it, in dots; four are asked for where the ground is not white already.
    """
    drawn: str = segno.make(text, error="m", micro=False).svg_data_uri(
        border=border, dark="#000", light="#fff"
    )
    return drawn
