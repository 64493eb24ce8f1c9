"""Bytes in, plain text out, one module for each family of formats.

Pure: no Django, no settings, no clock, no network. ``read`` is the only door and never raises;
``gongkai.filetexts.isolation`` calls it in a process with limits, because these files come from
anywhere.
"""

from gongkai.filetexts.readers.model import Limits, Outcome, Reading, ReadingError
from gongkai.filetexts.readers.reader import PICTURES, kind_of, read

__all__ = ["PICTURES", "Limits", "Outcome", "Reading", "ReadingError", "kind_of", "read"]
