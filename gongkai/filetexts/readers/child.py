"""The process in which files are opened: ``python -m gongkai.filetexts.readers.child``.

Jobs come in at standard input, one line of JSON followed by the bytes of the file; answers go out
the same way. It has a limit of memory, knows no settings and no database, and ends when its
parent closes the pipe. Whoever started it ends it when a file takes too long.
"""

import io
import json
import os
import resource
import sys
from typing import Any

from gongkai.filetexts.readers import PICTURES, Limits, ReadingError, kind_of, pdf, pictures, read
from gongkai.screening.filetypes import FileType

MEMORY = 3 * 1024**3
"""Bytes of address space."""


def _read(job: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    return read(content, job["name"], Limits(**job["limits"])).packed(), b""


def _draw(job: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    """A page as a grey PGM, which needs no decoder to speak of."""
    kind = kind_of(content, job["name"])
    try:
        if kind == FileType.PDF:
            picture, dpi = pdf.drawn(content, job["page"], job["dpi"])
        elif kind in PICTURES:
            picture, dpi = pictures.drawn(content, job["page"])
        else:
            return {"problem": "这种文件没有可以识别的图片。"}, b""
    except ReadingError as error:
        return {"problem": error.problem}, b""
    except Exception as error:  # noqa: BLE001 - the answer is a sentence, whatever breaks
        return {"problem": f"图片画不出来（{type(error).__name__}）。"}, b""
    out = io.BytesIO()
    picture.save(out, "PPM")
    return {"dpi": dpi, "problem": ""}, out.getvalue()


def main() -> None:
    """Answer until the input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    source, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # What a library prints must not get between the answers.
    os.dup2(2, 1)
    while line := source.readline():
        job = json.loads(line)
        content = source.read(job["size"])
        if len(content) < job["size"]:
            return
        answer, body = (_draw if job["do"] == "draw" else _read)(job, content)
        head = json.dumps({"answer": answer, "size": len(body)}).encode()
        answers.write(head + b"\n" + body)
        answers.flush()


if __name__ == "__main__":
    main()
