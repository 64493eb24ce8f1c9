"""Why a file cannot be imported, in words for the person who chose it."""

from __future__ import annotations


class ImportProblem(Exception):
    """The file cannot be imported.

    ``code`` is stable English for programs and tests: empty, too_large, legacy_doc, encrypted,
    macro, wrong_type, not_docx, damaged, unsafe. ``message`` says in Chinese what is wrong and
    what to do.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
