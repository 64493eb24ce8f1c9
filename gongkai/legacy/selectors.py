"""Reads of imports, and the one door by which public code asks for old addresses."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from django.db.models import Count

from gongkai.legacy.enums import IssueKind, RedirectState
from gongkai.legacy.models import ImportRun, Redirect, RowIssue, StagedItem
from gongkai.legacy.rules import old_address
from gongkai.publishing.models import ItemVersion
from gongkai.publishing.placing import item_path


def public_redirect(path: str, host: str) -> tuple[str, str] | None:
    """What answers an old address: (state, new path), path empty for "gone"; None for unknown.

    ``path`` carries the query. An address of the asking host wins; when the old domain's server
    sends its visitors here, the host is ours, and the address counts if it is one and the same on
    all old sites. One query.
    """
    address = old_address(f"http://{host}{path}" if host else path)
    if address is None:
        return None
    wanted = {address.path, address.path.partition("?")[0]}
    rows = list(Redirect.objects.filter(path__in=wanted).select_related("column__site"))
    exact = [row for row in rows if row.path == address.path] or rows
    own = [row for row in exact if row.host == address.host] or exact
    targets = {(row.state, _target(row)) for row in own}
    return next(iter(targets)) if len(targets) == 1 else None


def _target(row: Redirect) -> str:
    if row.state == RedirectState.ITEM and row.item_id:
        return item_path(row.item_id)
    if row.state == RedirectState.COLUMN and row.column is not None:
        return row.column.path
    return ""


def redirects() -> Iterator[tuple[str, str, str, str]]:
    """(host, old path, state, new path) of every old address, in order; constant memory."""
    rows = Redirect.objects.select_related("column__site").order_by("host", "path")
    for row in rows.iterator(chunk_size=2000):
        yield row.host, row.path, row.state, _target(row)


def redirects_csv() -> Iterator[str]:
    """The whole map as lines of CSV with a head."""
    yield "\ufeff原域名,原路径,去向,新地址\r\n"
    labels = dict(RedirectState.choices)
    for host, path, state, target in redirects():
        buffer = io.StringIO()
        csv.writer(buffer).writerow([host, path, labels[state], target])
        yield buffer.getvalue()


def redirects_nginx(base_url: str) -> Iterator[str]:
    """The whole map for nginx: a ``map`` from host and address to the new address, to be included
    in the old domain's server (``if ($gongkai_new) { return 301 $gongkai_new; }``)."""
    yield "# 由 gongkai redirect_map --format nginx 生成，放进 http { } 里。\n"
    yield "map_hash_bucket_size 1024;\nmap_hash_max_size 262144;\n"
    yield 'map "$host$request_uri" $gongkai_new {\n    default "";\n'
    for host, path, _, target in redirects():
        if target:
            yield f'    "{_quoted(host + path)}" "{_quoted(base_url.rstrip("/") + target)}";\n'
    yield "}\n"


def _quoted(text: str) -> str:
    # A leading ~ would start a pattern, \ escapes, $ would be a variable.
    safe = text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "%24")
    return f"\\{safe}" if safe.startswith("~") else safe


def issue_counts(run: ImportRun) -> dict[str, int]:
    """How many issues of each kind a run has."""
    rows = RowIssue.objects.filter(run=run).order_by().values_list("kind").annotate(n=Count("pk"))
    return dict(rows)


def reasons(run: ImportRun, kind: str) -> list[tuple[str, int]]:
    """Why rows were not taken, the most frequent first: (a reason as an example, how many)."""
    rows = (
        RowIssue.objects.filter(run=run, kind=kind)
        .order_by()
        .values_list("code")
        .annotate(n=Count("pk"))
        .order_by("-n")[:12]
    )
    return [(_REASONS.get(code.split(".")[0], code), n) for code, n in rows]


_REASONS = {
    "no_title": "没有标题", "long_title": "标题太长", "no_date": "没有原发布日期",
    "not_history": "不早于启用日", "no_body": "没有正文和附件", "date": "日期看不懂",
    "unit": "单位对不上", "kind": "种类对不上", "theme": "主题分类对不上", "validity": "有效性对不上",
    "privacy": "含有个人信息", "encoding": "编码损坏或混杂", "json": "JSON 写法有误",
    "truncated": "最后一行不完整", "nul": "含有空字符", "too_long": "一行太长",
    "duplicate_key": "字段重复", "quotes": "引号没有配对", "columns": "列数不对",
    "packed": "压缩文件不完整", "file": "附件不能公开", "file_too_large": "附件太大",
    "not_text": "不是文字", "value": "值放不下", "same_record": "同一条记录",
    "doc_no_taken": "发文字号已用过", "near": "疑似重复", "missing_file": "没有找到",
    "no_target": "没有对上", "no_validity": "没有写明有效性", "dates": "日期先后有疑问",
    "doc_no": "发文字号不规范", "index_no": "索引号不规范", "index_no_taken": "索引号已用过",
    "facts": "专有信息对不上", "broken_text": "含有不能保存的字符",
}  # fmt: skip


def manifest_lines(run: ImportRun) -> Iterator[str]:
    """The archive manifest as JSON lines: a head with the digest of the whole, then each item
    with its digest, where it was, where it is, and the SHA-256 of its files."""
    head = {
        "batch": run.pk,
        "source": run.source_name,
        "filename": run.filename,
        "fingerprint": run.fingerprint,
        "manifest": run.manifest,
        "items": run.count("staged"),
        "status": run.status,
        "released_at": run.released_at.isoformat() if run.released_at else "",
    }
    yield json.dumps(head, ensure_ascii=False) + "\n"
    last = 0
    while chunk := list(StagedItem.objects.filter(run=run, row__gt=last).order_by("row")[:500]):
        last = chunk[-1].row
        ids = [row.item_id for row in chunk if row.item_id]
        contents = dict(
            ItemVersion.objects.filter(item_id__in=ids, number=1).values_list("item_id", "content")
        )
        for row in chunk:
            content: dict[str, Any] = contents.get(row.item_id or 0) or json.loads(
                row.content or "{}"
            )
            line = {
                "row": row.row,
                "digest": row.digest,
                "title": row.title,
                "original_on": row.original_on.isoformat(),
                "urls": row.urls,
                "item": item_path(row.item_id) if row.item_id else "",
                "files": [
                    {"filename": entry["filename"], "sha256": entry["sha256"]}
                    for entry in content.get("attachments") or []
                ],
            }
            yield json.dumps(line, ensure_ascii=False) + "\n"


def bad_row_lines(run: ImportRun) -> Iterator[str]:
    """What was not taken, as JSON lines: row, field, reason, remedy; never the row's text."""
    rows = RowIssue.objects.filter(run=run, kind__in=(IssueKind.BAD, IssueKind.DUPLICATE))
    for issue in rows.order_by("row", "id").iterator(chunk_size=2000):
        line = {
            "row": issue.row, "kind": issue.kind, "code": issue.code, "field": issue.field,
            "title": issue.title, "reason": issue.reason, "remedy": issue.remedy,
        }  # fmt: skip
        yield json.dumps(line, ensure_ascii=False) + "\n"
