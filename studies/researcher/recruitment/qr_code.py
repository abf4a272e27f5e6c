"""An address as a QR code that is part of the page: drawn here, so that no other host sees a link."""

import segno
from django.utils.safestring import SafeString, mark_safe

QUIET_ZONE = 4
"""Modules of white around it, as ISO/IEC 18004 asks for."""


def qr_code(address: str) -> SafeString:
    """Return the SVG element of a QR code that survives a crease or a stain (error correction M or better).

    Parameters
    ----------
    address
        What a camera reads in it.
    """
    svg = segno.make(address, error="m", micro=False).svg_inline(
        border=QUIET_ZONE, light="#fff", omitsize=True, svgclass="qr", lineclass=None
    )
    # It holds numbers and the names that are set here: of the address nothing but which modules are dark.
    return mark_safe(svg.replace("<svg ", '<svg aria-hidden="true" ', 1))  # noqa: S308
