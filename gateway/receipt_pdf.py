"""The receipt as a PDF of one A4 page (more when very many items were chosen), in either language.

The Chinese font is the one that every PDF reader brings for simplified Chinese, so that the file stays small.
"""

from functools import cache
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from reportlab.graphics.shapes import Drawing, Path
from reportlab.lib.colors import HexColor, black
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from gateway.receipt_codes import dark_modules
from gateway.receipts import HandInReceipt
from gateway.texts import say
from gateway.views.moments import moment_text

_CHINESE = "STSong-Light"
_LATIN = "Helvetica"
_FIXED = "Courier"
_CODE_SIZE = 62 * mm  # 85 modules of 0.7 mm: telephones read them from paper
_MARGIN = 22 * mm
_SOFT = HexColor("#55606f")
_LINE = HexColor("#9aa6b5")


def receipt_pdf(receipt: HandInReceipt, language: str, *, sandbox: bool) -> bytes:
    """The file; the same receipt gives the same bytes."""
    _register_fonts()
    made = BytesIO()
    document = SimpleDocTemplate(
        made,
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN,
        title=f"{say('receipt.title', language)} {receipt.number}",
        lang="zh-CN" if language == "zh" else "en",
        invariant=1,
    )
    document.build(_story(receipt, language, sandbox))
    return made.getvalue()


def _story(receipt: HandInReceipt, language: str, sandbox: bool) -> list[Any]:
    plain = _style(language, 10.5)
    small = _style(language, 9, textColor=_SOFT)
    heading = _style(language, 20, leading=28, spaceAfter=2 * mm)
    note = [Paragraph(escape(say("receipt.sandbox", language)), small)] if sandbox else []
    return [
        Paragraph(escape(say("receipt.title", language)), heading),
        *note,
        Spacer(1, 4 * mm),
        _facts(receipt, language, plain),
        Spacer(1, 7 * mm),
        Paragraph(escape(say("receipt.verify", language)), plain),
        Paragraph(escape(say("receipt.verify_note", language)), small),
        Spacer(1, 2 * mm),
        _code(receipt.address),
        _link(receipt.address, say("receipt.open_verification", language), small),
        Spacer(1, 4 * mm),
        Paragraph(escape(say("receipt.meaning", language)), small),
    ]


def _facts(receipt: HandInReceipt, language: str, plain: ParagraphStyle) -> Table:
    fixed = ParagraphStyle("fixed", plain, fontName=_FIXED, fontSize=10)
    digest = ParagraphStyle("digest", fixed, wordWrap="CJK")
    items = [Paragraph(escape(item.title.in_language(language)), plain) for item in receipt.items]
    rows = [
        ("receipt.number", Paragraph(receipt.number, fixed)),
        ("receipt.time", Paragraph(escape(moment_text(receipt.handed_in_at).in_language(language)), plain)),
        ("receipt.bundle", Paragraph(escape(receipt.title.in_language(language)), plain)),
        *((("receipt.items" if place == 0 else ""), item) for place, item in enumerate(items)),
        ("receipt.digest", Paragraph(receipt.digest, digest)),
    ]
    label = ParagraphStyle("label", plain, textColor=_SOFT)
    table = Table(
        [(Paragraph(escape(say(key, language)) if key else "", label), value) for key, value in rows],
        colWidths=[38 * mm, None],
    )
    ruled = [("LINEABOVE", (0, row), (-1, row), 0.5, _LINE) for row, (key, _) in enumerate(rows) if key]
    top = ("VALIGN", (0, 0), (-1, -1), "TOP")
    table.setStyle(TableStyle([top, *ruled, ("LINEBELOW", (0, -1), (-1, -1), 0.5, _LINE)]))
    return table


def _code(address: str) -> Drawing:
    """The QR code, one path of squares."""
    side, dark = dark_modules(address)
    size = _CODE_SIZE / side
    path = Path(fillColor=black, strokeColor=None, strokeWidth=0)
    for column, row in dark:
        left, bottom = column * size, _CODE_SIZE - (row + 1) * size
        path.moveTo(left, bottom)
        path.lineTo(left + size, bottom)
        path.lineTo(left + size, bottom + size)
        path.lineTo(left, bottom + size)
        path.closePath()
    drawing = Drawing(_CODE_SIZE, _CODE_SIZE)
    drawing.add(path)
    return drawing


def _link(address: str, words: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(f'<a href="{escape(address)}" color="#1f4e79"><u>{escape(words)}</u></a>', style)


def _style(language: str, size: float, **changes: Any) -> ParagraphStyle:
    font = _CHINESE if language == "zh" else _LATIN
    breaking = "CJK" if language == "zh" else None
    look: dict[str, Any] = {"fontName": font, "fontSize": size, "leading": size * 1.55, "wordWrap": breaking, **changes}
    return ParagraphStyle(f"{language}-{size}", **look)


@cache
def _register_fonts() -> None:
    registerFont(UnicodeCIDFont(_CHINESE))
