"""Deleting what reviewers read, when the record itself is deleted because its term is over."""

from gongkai.review.models import Consultation, Review, ReviewCase, WithheldRecord


def forget(*, kind: str, subject_id: str) -> int:
    """Empty the stored views, titles and remarks of all cases of a subject; who decided what and
    when stays, and so does the digest. Runs in the caller's transaction; returns how many cases."""
    cases = ReviewCase.objects.filter(subject_kind=kind, subject_id=subject_id)
    Review.objects.filter(case__in=cases).update(remark="")
    Consultation.objects.filter(case__in=cases).update(question="", opinion="", settlement="")
    WithheldRecord.objects.filter(case__in=cases).update(title="（已删除）", reason="（已删除）")
    return cases.update(view={}, title="（已删除）", note="")


def names_file(sha256: str) -> bool:
    """Whether what reviewers read or are reading names a file."""
    return ReviewCase.objects.filter(view__icontains=sha256).exists()
