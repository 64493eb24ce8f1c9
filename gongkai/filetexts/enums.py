"""Stored values in English, labels in Chinese, named groups."""

from django.db.models import TextChoices


class TextState(TextChoices):
    """How far the text of a file is."""

    WAITING = "waiting", "等待读取"
    OFFICE_WAITING = "office_waiting", "等待转换"
    OCR_WAITING = "ocr_waiting", "等待文字识别"
    READ = "read", "已读出"
    READ_BY_OCR = "read_by_ocr", "已识别"
    NO_TEXT = "no_text", "没有文字"
    NO_OFFICE = "no_office", "没有转换程序"
    NO_OCR = "no_ocr", "没有文字识别程序"
    ENCRYPTED = "encrypted", "有密码"
    UNREADABLE = "unreadable", "读不了"
    UNSUPPORTED = "unsupported", "不支持这种文件"
    TOO_LARGE = "too_large", "文件太大"


#: What the worker still has to do, the quick kind first.
UNFINISHED = (TextState.WAITING, TextState.OFFICE_WAITING, TextState.OCR_WAITING)
#: What somebody at the desk may want to look at.
TROUBLED = (
    TextState.UNREADABLE,
    TextState.ENCRYPTED,
    TextState.TOO_LARGE,
    TextState.NO_OFFICE,
    TextState.NO_OCR,
)
