"""Writes engine/src/text/ftfy/tables.rs: what ftfy knows about characters.

Needs ftfy 6.3.1 (https://github.com/rspeer/python-ftfy, Apache-2.0) and rustfmt. Run it from the
repository root:
    python engine/data/make_ftfy_tables.py
"""

import pathlib
import re
import subprocess

from ftfy import badness, chardata
from ftfy.bad_codecs import ok

PATH = pathlib.Path(__file__).resolve().parents[1] / "src/text/ftfy/tables.rs"
HEAD = """//! What ftfy 6.3.1 knows about characters (<https://github.com/rspeer/python-ftfy>, copyright Robyn
//! Speer, Apache-2.0). Made by `engine/data/make_ftfy_tables.py`; change that.

use super::single_byte::SingleByte;
"""


def literal(text):
    """A Rust string literal, in which what does not print is escaped."""
    escaped = (
        "\\" + c if c in '\\"' else c if c.isprintable() and not unseen(c) else f"\\u{{{ord(c):x}}}" for c in text
    )
    return '"' + "".join(escaped) + '"'


def repr_char(character):
    """A Rust character literal."""
    return "'\\''" if character == "'" else "'\"'" if character == '"' else "'" + literal(character)[1:-1] + "'"


def unseen(character):
    """Whether a character joins its neighbour or turns its direction, and so cannot be read."""
    return "\u0300" <= character <= "\u036f" or "\u3099" <= character <= "\u309a" or "\u1100" <= character <= "\u11ff"


# What Python's \\s is.
WHITE_SPACE = r"[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"


def compact(pattern):
    """A verbose regular expression without its white space and comments, and without the classes that
    Rust's `regex` and JavaScript see otherwise than Python."""
    out, position, inside = [], 0, False
    while position < len(pattern):
        character = pattern[position]
        if character == "\\":
            escape = pattern[position : position + 2]
            out.append({"\\w": r"[\p{L}\p{N}_]", "\\s": WHITE_SPACE}.get(escape, escape))
            position += 2
            continue
        if inside:
            assert character not in "[&~", character
            inside = character != "]"
        elif character == "#":
            position = pattern.index("\n", position)
            continue
        elif character in " \n":
            position += 1
            continue
        else:
            inside = character == "["
        out.append(r"[^\n]" if character == "." and not inside else character)
        position += 1
    return "".join(out)


def ranges(characters):
    """A class of characters, which may hold `a-b`, as sorted ranges."""
    codes = set()
    for first, last in re.findall("(.)-(.)|.", characters, re.S):
        codes.update(range(ord(first), ord(last) + 1) if first else [])
    codes.update(map(ord, re.sub(".-.", "", characters, flags=re.S)))
    found = []
    for code in sorted(codes):
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return ", ".join(f"('\\u{{{a:x}}}', '\\u{{{b:x}}}')" for a, b in found)


def charmap(encoding):
    high = bytes(range(0x80, 0x100)).decode(encoding)
    assert len(set(high)) == 128 and high.isascii() is False and min(high) >= "\x80"
    assert bytes(set(range(0x80)) - {0x1A}).decode(encoding).isascii()
    substitute = bytes([0x1A]).decode(encoding)
    assert substitute == ("\ufffd" if encoding.startswith("sloppy") else "\x1a")
    fields = f"high: {literal(high)}, sloppy: {str(substitute != chr(0x1A)).lower()}"
    return f"SingleByte {{ {fields}, restores_spaces: {str(encoding != 'macroman').lower()} }}"


ok()
last = max(chardata.WIDTH_MAP)
spelled_out = chardata.LIGATURES | {code: text for code, text in chardata.WIDTH_MAP.items() if len(text) > 1}
assert min(chardata.WIDTH_MAP) == 0x3000 and chardata.WIDTH_MAP[0x3000] == " "
assert not any(ord(c) in chardata.WIDTH_MAP or ord(c) in chardata.LIGATURES for c in "".join(spelled_out.values()))
widths = [chardata.WIDTH_MAP.get(code, chr(code)) for code in range(0xFF01, last + 1)]
widths = "".join(text if len(text) == 1 else chr(code) for code, text in enumerate(widths, 0xFF01))
pairs = ", ".join(f"('\\u{{{code:x}}}', {literal(text)})" for code, text in sorted(spelled_out.items()))
parts = [
    HEAD,
    "/// The encodings that text is taken to have been read in by mistake, in the order tried.",
    f"pub(super) const CHARMAPS: [SingleByte; {len(chardata.CHARMAP_ENCODINGS)}] = [",
    ",\n".join(f"    // {encoding}\n    {charmap(encoding)}" for encoding in chardata.CHARMAP_ENCODINGS),
    "];\n",
    "/// Finds characters that stand together in text wrongly decoded and hardly ever otherwise.",
    f"pub(super) const BADNESS: &str = {literal(compact(badness.BADNESS_RE.pattern))};\n",
]
for name, meaning in [
    ("first_of_2", "Characters that stand for 0xC2 to 0xDF, which start two bytes of UTF-8."),
    ("first_of_3", "Characters that stand for 0xE0 to 0xEF, which start three."),
    ("first_of_4", "Characters that stand for 0xF0 or 0xF3, which start four."),
    ("continuation", "Characters that stand for 0x80 to 0xBF, which go on, or for a no-break space."),
    ("continuation_strict", "Those of them that hardly stand for themselves beside wrongly decoded text."),
]:
    table = ranges(chardata.UTF8_CLUES[f"utf8_{name}"])
    parts += [f"/// {meaning}", f"pub(super) const {name.upper()}: &[(char, char)] = &[{table}];\n"]
parts += [
    "/// Characters that become several: ligatures, digraphs and the full-width macron.",
    f"pub(super) const SPELLED_OUT: [(char, &str); {len(spelled_out)}] = [{pairs}];\n",
    f"/// Characters of usual width for U+FF01 to U+{last:04X}.",
    f"pub(super) const WIDTHS: [char; {len(widths)}] = [{', '.join(repr_char(c) for c in widths)}];",
]
PATH.write_text("\n".join(parts) + "\n", encoding="utf-8")
subprocess.run(["rustfmt", "--edition", "2024", str(PATH)], check=True)
print(PATH, PATH.stat().st_size, "bytes")
