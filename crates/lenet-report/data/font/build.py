#!/usr/bin/env python3
"""Makes the fonts of this folder from Inter-Regular.otf, the regular weight of Inter.

    python3 build.py /usr/share/fonts/opentype/inter/Inter-Regular.otf

Needs fonttools and brotli. Gives the same bytes for the same font and fonttools (Inter 3.019 as Debian 12 has it in
fonts-inter, fonttools 4.68.0, brotli 1.2.1).
"""

import io
import pathlib
import sys

from fontTools.subset import Options, Subsetter, load_font, save_font

CHARACTERS = [
    (0x0020, 0x007E),  # ASCII
    (0x00A0, 0x024F),  # Latin-1, Latin Extended-A and B
    (0x0250, 0x02FF),  # phonetic and modifier letters
    (0x0300, 0x036F),  # combining marks
    (0x0370, 0x03FF),  # Greek
    (0x0400, 0x052F),  # Cyrillic
    (0x1E00, 0x1EFF),  # Latin Extended Additional
    (0x1F00, 0x1FFF),  # Greek Extended
    (0x2000, 0x206F),  # punctuation
    (0x2070, 0x209F),  # superscripts and subscripts
    (0x20A0, 0x20CF),  # currencies
    (0x2100, 0x218F),  # letterlike signs, fractions, Roman numbers
    (0x2190, 0x21FF),  # arrows
    (0x2200, 0x22FF),  # mathematical signs
    (0x25A0, 0x25FF),  # geometric shapes
]

# Of the page: marks where letters have them, and figures of one width in tables. No kerning, which the figures as
# PNG have not either.
PAGE = ["ccmp", "mark", "mkmk", "tnum"]


def subset(path, features, flavor):
    options = Options(
        layout_features=features,
        hinting=False,
        # A box stands for a character that the font lacks.
        notdef_outline=True,
        # The copyright and the licence.
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14],
        flavor=flavor,
    )
    font = load_font(path, options)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in CHARACTERS for code in range(first, last + 1)])
    subsetter.subset(font)
    out = io.BytesIO()
    save_font(font, out, options)
    return out.getvalue()


def main():
    source, folder = sys.argv[1], pathlib.Path(__file__).resolve().parent
    # For pixels, which have no shaping.
    (folder / "Inter-Regular.subset.otf").write_bytes(subset(source, [], None))
    (folder / "Inter-Regular.subset.woff2").write_bytes(subset(source, PAGE, "woff2"))


main()
