"""Bytes of CSV judged before they are read: their encoding, and whether every line is one plain record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from constabulary.sources.csv_careful import LONGEST_LINE

COUNT_BYTES = 256 * 1024
"""Bytes counted at a time, so that they stay in the processor's cache."""
ODD = frozenset({b"\x00", b"\r", b'"'})
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LINE_END = ord("\n")


def decoded(line: bytes) -> tuple[str, bool]:
    """Return a line as text, and whether it was no UTF-8 and was read as Windows-1252."""
    try:
        return line.decode("utf-8"), False
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace"), True


@dataclass(frozen=True)
class Counts:
    """What counting the bytes of some lines tells of them.

    Parameters
    ----------
    n_line_ends
        Number of line breaks.
    n_delimiters
        Number of delimiters, those inside quotation marks included.
    is_ascii
        Whether the text needs no decoding.
    odd
        Which of the bytes that CSV reads otherwise than as text are there: NUL, carriage return, quotation mark.
    """

    n_line_ends: int
    n_delimiters: int
    is_ascii: bool
    odd: frozenset[bytes]

    @classmethod
    def of(cls, body: bytes, delimiter: str) -> Counts:
        """Count all of it in one go, so that each byte comes from memory once."""
        mark, n_line_ends, n_delimiters, is_ascii = ord(delimiter), 0, 0, True
        odd: set[bytes] = set()
        every_code = np.frombuffer(body, dtype=np.uint8)
        found = np.empty(COUNT_BYTES, dtype=np.bool_)
        for at in range(0, len(body), COUNT_BYTES):
            codes, end = every_code[at : at + COUNT_BYTES], at + COUNT_BYTES
            is_it = found[: codes.size]
            n_line_ends += int(np.count_nonzero(np.equal(codes, _LINE_END, out=is_it)))
            n_delimiters += int(np.count_nonzero(np.equal(codes, mark, out=is_it)))
            is_ascii = is_ascii and int(codes.max()) < 0x80
            odd |= {byte for byte in ODD - odd if body.find(byte, at, end) >= 0}
        return cls(n_line_ends, n_delimiters, is_ascii, frozenset(odd))


def is_regular(body: bytes, counts: Counts, n_lines: int, n_columns: int, delimiter: str) -> bool:
    """Whether every line is one record with the header's number of fields, as far as counting can tell.

    One field too few in one line and one too many in another cancel out; Polars refuses to read such a stretch. It also
    takes a byte order mark away wherever it begins to read, which below the header is part of a value.
    """
    if body.startswith(_BYTE_ORDER_MARK):
        return False
    if b"\x00" in counts.odd or (b"\r" in counts.odd and body.count(b"\r") != body.count(b"\r\n")):
        return False
    window = LONGEST_LINE // 2
    if any(body.find(b"\n", at, at + window) < 0 for at in range(0, len(body) - window, window)):
        return False
    n_delimiters = counts.n_delimiters
    if b'"' in counts.odd:
        mark = delimiter.encode()
        pieces = body.split(b'"')
        if len(pieces) % 2 == 0 or not _are_whole_fields(pieces, mark):
            return False
        n_delimiters -= sum(text.count(mark) for text in pieces[1::2])
    return n_delimiters == n_lines * (n_columns - 1)


def _are_whole_fields(pieces: Sequence[bytes], mark: bytes) -> bool:
    """Whether quotation marks open at the start of a field, close at its end and hold no line break."""
    between = set(pieces[2:-1:2])
    return (
        not any(b"\n" in text for text in pieces[1::2])
        and all(
            not text or (text[:1] in {mark, b"\r", b"\n"} and text[-1:] in {mark, b"\n"}) for text in between
        )
        and (not pieces[0] or pieces[0][-1:] in {mark, b"\n"})
        and (not pieces[-1] or pieces[-1][:1] in {mark, b"\r", b"\n"})
    )


def as_utf8(body: bytes) -> tuple[bytes, int]:
    """Return bytes as UTF-8, and how many lines were read as Windows-1252 to get there."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        lines = [decoded(line) for line in body.split(b"\n")]
        return "\n".join(text for text, _ in lines).encode(), sum(is_recoded for _, is_recoded in lines)
    return body, 0


def line_starts(body: bytes) -> npt.NDArray[np.int64]:
    """Return where each line of some bytes begins, shape (lines + 1,); last stands the end of them all."""
    starts = [np.zeros(1, dtype=np.int64)]
    every_code = np.frombuffer(body, dtype=np.uint8)
    for at in range(0, len(body), COUNT_BYTES):
        is_end = every_code[at : at + COUNT_BYTES] == _LINE_END
        # Of eight bytes seldom one ends a line: they are looked at together first.
        whole = is_end.size // 8 * 8
        eights = is_end[:whole].view(np.uint64)
        some = np.flatnonzero(eights != 0)
        ends = np.flatnonzero(eights[some].view(np.bool_))
        starts.append(some[ends // 8] * 8 + ends % 8 + (at + 1))
        starts.append(np.flatnonzero(is_end[whole:]) + (at + whole + 1))
    if body and not body.endswith(b"\n"):
        starts.append(np.array([len(body)]))
    return np.concatenate(starts)
