"""What the last release or withdrawal set in motion, read from facts and the outbox."""

from dataclasses import dataclass
from typing import Any

from gongkai.core import outbox
from gongkai.core.models import Fact, OutboxMessage

_EVENTS = {
    "publishing.item.released": "发布",
    "publishing.item.corrected": "更正发布",
    "publishing.item.withdrawn": "撤回",
}


@dataclass(frozen=True, slots=True)
class StripState:
    """A heading, the steps as design's live strip wants them, and whether all are over."""

    heading: str
    event: str
    steps: list[dict[str, Any]]
    done: bool


def _step(label: str, state: str, ms: float | None, url: str = "") -> dict[str, Any]:
    return {"label": label, "state": state, "ms": ms, "url": url}


def strip_state(kind: str, subject_id: str) -> StripState | None:
    """The steps of the newest event; None when nothing was ever released."""
    last = (
        Fact.objects.filter(subject_kind=kind, subject_id=subject_id, action__in=list(_EVENTS))
        .order_by("-id")
        .first()
    )
    if last is None:
        return None
    times = last.details.get("milliseconds", {})
    withdrawn = last.action == "publishing.item.withdrawn"
    if withdrawn:
        steps = [
            _step(
                f"从 {last.details.get('placements', 0)} 处栏目收录撤下",
                "done",
                times.get("columns"),
            ),
            _step("原网址改为撤回说明", "done", None, f"/nr/{subject_id}/"),
        ]
    else:
        columns = last.details.get("columns", [])
        steps = [
            _step(
                f"公开版本第 {last.details.get('version')} 版", "done", times.get("version"),
                f"/nr/{subject_id}/",
            ),
            *(
                _step(f"收录：{column['name']}", "done", None, column["path"])
                for column in columns[:12]
            ),
            _step(f"共 {len(columns)} 个栏目", "done", times.get("columns")),
        ]  # fmt: skip
    event = "withdrawn" if withdrawn else "released"
    version = last.details.get("version")
    messages = OutboxMessage.objects.filter(
        subject_kind=kind,
        subject_id=subject_id,
        idempotency_key__endswith=f":{subject_id}:{version}:{event}",
    ).order_by("id")
    for message in messages:
        label = outbox.kind_label(message.kind)
        if message.done_at is None:
            state = "failed" if message.error else "running" if message.leased_until else "waiting"
            steps.append(_step(label, state, None))
            continue
        inner = message.payload.get("steps") or []
        steps += [
            _step(s["label"], s.get("state", "done"), s.get("milliseconds"), s.get("url", ""))
            for s in inner
        ]
        if not inner:
            steps.append(_step(f"{label}：没有需要变动的", "done", message.milliseconds))
    sealed = last.sequence is not None
    steps.append(
        _step(
            f"审计封存，序号 {last.sequence}" if sealed else "审计封存",
            "done" if sealed else "waiting",
            None,
        )
    )
    return StripState(
        heading=_EVENTS[last.action],
        event=event,
        steps=steps,
        done=all(step["state"] in ("done", "failed") for step in steps),
    )
