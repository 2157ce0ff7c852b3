"""A table as text for other programs."""

from __future__ import annotations

from typing import Final

from desktop_chat.ui.transcript.markdown.blocks import Table, text_of
from desktop_chat.ui.transcript.tables.table_numbers import is_number

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_QUOTED: Final = frozenset('",\r\n')


def csv_of(table: Table) -> str:
    """The table as CSV: commas, quotes where they are needed, every line ended by CR LF.

    A cell that a spreadsheet would take for a formula gets an apostrophe before it: the text is a model's, which may
    repeat what a web page made it say, and a formula can send the sheet away. Numbers below 0 stay numbers.

    Source:  RFC 4180; OWASP, "CSV Injection"; read 2026-11-23.
    """
    return "".join(",".join(_csv_cell(text_of(cell)) for cell in row) + "\r\n" for row in (table.head, *table.rows))


def _csv_cell(text: str) -> str:
    if text.lstrip(" ").startswith(_FORMULA) and not is_number(text):
        text = f"'{text}"
    is_quoted = not _QUOTED.isdisjoint(text) or text != text.strip()
    return '"' + text.replace('"', '""') + '"' if is_quoted else text
