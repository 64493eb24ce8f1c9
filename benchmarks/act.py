"""``python -m benchmarks.act``: releases and withdraws in a running city, on request.

Reads one word a line and answers each with one line: ``draft`` prepares a document up to its last
review step and answers its number; ``title`` answers its title; ``release`` takes that step;
``withdraw`` takes it back.
"""

import os
import sys
from datetime import timedelta

import django


def main() -> None:
    """Serve until the input ends. Everything goes through the services."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongkai.settings.dev")
    django.setup()
    from benchmarks import scratch
    from gongkai.core.clock import at
    from gongkai.organisations.access import member_for
    from gongkai.organisations.models import Unit, User
    from gongkai.publishing import services as publishing
    from gongkai.publishing.models import ItemKind
    from gongkai.review import services as review

    unit, kind = Unit.objects.get(code="czj"), ItemKind.objects.get(key="policy")
    people = {
        step: member_for(User.objects.get(username=f"czj_{post}"), scratch.DAY)
        for step, post in {
            "editor": "bianji",
            "first": "chushen",
            "final": "zhongshen",
            "secrecy": "baomi",
        }.items()
    }
    # The last minutes of the day, so that each is the newest of all.
    moments = (at(scratch.DAY, 23, 30) + timedelta(seconds=n) for n in range(1700))
    number, case, item = 0, None, None
    for line in sys.stdin:
        word = line.strip()
        if word == "draft":
            number += 1
            item = publishing.item_create(
                unit=unit, kind=kind, content=scratch.content(9000 + number),
                member=people["editor"], now=next(moments),
            )  # fmt: skip
            case = publishing.item_submit(
                item_id=item.pk, member=people["editor"], now=next(moments)
            )
        if item is None or case is None:
            raise SystemExit("nothing was drafted")
        if word in ("draft", "release"):
            for step in case.steps[:-1] if word == "draft" else case.steps[-1:]:
                review.step_approve(
                    case_id=case.pk, step=step, digest=case.digest, member=people[step],
                    now=next(moments),
                    legal_basis="条例第十三条" if step == "secrecy" else "",
                )  # fmt: skip
        elif word == "title":
            print(item.title, flush=True)
            continue
        elif word == "withdraw":
            publishing.item_withdraw(
                item_id=item.pk, category="error", reason="数字有误，更正后重新发布。",
                member=people["final"], now=next(moments),
            )  # fmt: skip
        print(item.pk, flush=True)


if __name__ == "__main__":
    main()
