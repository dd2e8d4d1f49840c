"""The styles, fonts and settings of a paper's .docx, as WordprocessingML."""

from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import quoteattr

from peixun.kernel.papers.layout import (
    BODY_FONT,
    BODY_SIZE,
    BODY_TIGHTENING,
    FONTS,
    FOOTER_LINE,
    FOOTER_SIZE,
    HEADING_1_FONT,
    HEADING_2_FONT,
    LATIN_FONT,
    LINE_PITCH,
    SONG_FONT,
    TITLE_FONT,
    TITLE_SIZE,
    Font,
    characters,
)

NAMESPACE: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OPEN: Final = f'xmlns:w="{NAMESPACE}"'
OFF_GRID: Final = '<w:snapToGrid w:val="0"/>'
TIGHT: Final = f'<w:spacing w:val="{BODY_TIGHTENING}"/>'
LOOSE: Final = '<w:spacing w:val="0"/>'
DEFAULTS: Final = frozenset(("Normal", "DefaultParagraphFont", "TableNormal"))
FIRST_LINE: Final = f'<w:ind w:firstLineChars="200" w:firstLine="{characters(2)}"/>'
LINE: Final = f'w:line="{LINE_PITCH}" w:lineRule="exact"'
ONE_LINE_AFTER: Final = f'<w:spacing w:before="0" w:after="{LINE_PITCH}" {LINE}/>'
CENTRED: Final = '<w:jc w:val="center"/>'
TABLE_LINE: Final = '<w:spacing w:before="40" w:after="40" w:line="240" w:lineRule="auto"/>'
HEADING_FONTS: Final = (HEADING_1_FONT, HEADING_2_FONT, BODY_FONT, BODY_FONT)


@dataclass(frozen=True)
class Style:
    """One style: paragraph properties and run properties are WordprocessingML in the schema's order."""

    key: str
    name: str
    paragraph: str = ""
    run: str = ""
    kind: str = "paragraph"
    based_on: str = "Normal"

    def xml(self) -> str:
        """Return the w:style element."""
        default = ' w:default="1"' if self.key in DEFAULTS else ""
        based = (
            f'<w:basedOn w:val="{self.based_on}"/>' if self.key != self.based_on and self.kind == "paragraph" else ""
        )
        paragraph = f"<w:pPr>{self.paragraph}</w:pPr>" if self.paragraph else ""
        run = f"<w:rPr>{self.run}</w:rPr>" if self.run else ""
        return (
            f'<w:style w:type="{self.kind}"{default} w:styleId="{self.key}">'
            f"<w:name w:val={quoteattr(self.name)}/>{based}<w:qFormat/>{paragraph}{run}</w:style>"
        )


def fonts(font: Font, latin: Font = LATIN_FONT) -> str:
    """Return w:rFonts for a Chinese font with a Latin one."""
    other = latin.name
    return f'<w:rFonts w:ascii="{other}" w:hAnsi="{other}" w:eastAsia="{font.name}" w:cs="{other}"/>'


def size(points: float) -> str:
    """Return w:sz and w:szCs, which count half points."""
    return f'<w:sz w:val="{round(points * 2)}"/><w:szCs w:val="{round(points * 2)}"/>'


def styles() -> list[Style]:
    """Return every style that a paper uses."""
    body = (
        '<w:widowControl w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/><w:snapToGrid w:val="0"/>'
        f'<w:spacing w:before="0" w:after="0" {LINE}/><w:jc w:val="both"/>'
    )
    return [
        Style("Normal", "Normal", body, fonts(BODY_FONT) + OFF_GRID + TIGHT + size(BODY_SIZE)),
        Style("DefaultParagraphFont", "Default Paragraph Font", kind="character"),
        Style("TableNormal", "Normal Table", kind="table"),
        Style("BodyText", "Body Text", FIRST_LINE),
        Style(
            "Title",
            "Title",
            f"<w:keepNext/><w:keepLines/>{ONE_LINE_AFTER}{CENTRED}",
            fonts(TITLE_FONT) + LOOSE + size(TITLE_SIZE),
        ),
        Style("Salutation", "Salutation", "<w:keepNext/>"),
        *_headings(),
        Style("AppendixNote", "Appendix Note", "<w:keepNext/>"),
        Style("Signature", "Signature", '<w:keepNext/><w:keepLines/><w:jc w:val="center"/>'),
        Style("Date", "Date", '<w:keepLines/><w:jc w:val="right"/>'),
        Style(
            "AppendixLabel",
            "Appendix Label",
            f'<w:keepNext/>{ONE_LINE_AFTER}<w:jc w:val="left"/>',
            fonts(HEADING_1_FONT),
        ),
        Style(
            "Caption",
            "caption",
            '<w:keepNext/><w:jc w:val="center"/>',
            fonts(HEADING_1_FONT) + LOOSE + size(12),
        ),
        Style(
            "TableText",
            "Table Text",
            f'{TABLE_LINE}<w:jc w:val="left"/>',
            LOOSE + size(12),
        ),
        Style("TableFigure", "Table Figure", '<w:jc w:val="right"/>', based_on="TableText"),
        Style(
            "TableHead",
            "Table Head",
            '<w:keepNext/><w:jc w:val="center"/>',
            fonts(HEADING_1_FONT),
            based_on="TableText",
        ),
        Style(
            "Spacer",
            "Spacer",
            '<w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>',
            size(1),
        ),
        Style(
            "Footer",
            "footer",
            f'<w:spacing w:before="0" w:after="0" w:line="{FOOTER_LINE}" w:lineRule="exact"/>',
            fonts(SONG_FONT, SONG_FONT) + LOOSE + size(FOOTER_SIZE),
        ),
    ]


def styles_xml() -> list[str]:
    """Return the children of w:styles, each as a document of its own."""
    defaults = (
        f"<w:docDefaults {OPEN}><w:rPrDefault><w:rPr>{fonts(BODY_FONT)}{size(BODY_SIZE)}"
        '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        "<w:pPrDefault/></w:docDefaults>"
    )
    return [defaults, *(style.xml().replace("<w:style ", f"<w:style {OPEN} ", 1) for style in styles())]


def settings_xml() -> list[str]:
    """Return the children of w:settings: odd and even footers differ, punctuation may close up."""
    compat = "".join(
        f'<w:compatSetting w:name="{name}" w:uri="http://schemas.microsoft.com/office/word" w:val="{value}"/>'
        for name, value in (
            ("compatibilityMode", 15),
            ("overrideTableStyleFontSizeAndJustification", 1),
            ("enableOpenTypeFeatures", 1),
            ("doNotFlipMirrorIndents", 1),
        )
    )
    return [
        f'<w:zoom {OPEN} w:percent="100"/>',
        f'<w:defaultTabStop {OPEN} w:val="{characters(2)}"/>',
        f"<w:evenAndOddHeaders {OPEN}/>",
        f'<w:characterSpacingControl {OPEN} w:val="compressPunctuation"/>',
        f"<w:compat {OPEN}><w:doNotExpandShiftReturn/><w:useFELayout/>{compat}</w:compat>",
        f'<w:themeFontLang {OPEN} w:val="en-US" w:eastAsia="zh-CN"/>',
        f'<w:decimalSymbol {OPEN} w:val="."/>',
        f'<w:listSeparator {OPEN} w:val=","/>',
    ]


def font_table_xml() -> bytes:
    """Return the whole font table: it tells a program what to take where an office's font is missing."""
    entries = "".join(
        f"<w:font w:name={quoteattr(font.name)}>"
        + (f"<w:altName w:val={quoteattr(font.instead)}/>" if font.instead else "")
        + f'<w:charset w:val="{"00" if font is LATIN_FONT else "86"}"/><w:family w:val="{font.family}"/>'
        '<w:pitch w:val="default"/></w:font>'
        for font in FONTS
    )
    declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return f"{declaration}<w:fonts {OPEN}>{entries}</w:fonts>".encode()


def _headings() -> list[Style]:
    return [
        Style(
            f"Heading{level}",
            f"heading {level}",
            f'<w:keepNext/>{FIRST_LINE}<w:outlineLvl w:val="{level - 1}"/>',
            fonts(font),
        )
        for level, font in enumerate(HEADING_FONTS, start=1)
    ] + [
        Style(f"Lead{level}", f"Lead {level}", run=fonts(font), kind="character")
        for level, font in enumerate(HEADING_FONTS, start=1)
    ]
