from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    name = "gongkai.decisions"
    label = "decisions"
    verbose_name = "决策和防控"

    def ready(self) -> None:
        from gongkai.core.facts import register_actions
        from gongkai.core.jobs import register_job
        from gongkai.decisions import guards, measures, notes, tracing
        from gongkai.messaging.registry import register_due_source
        from gongkai.organisations.access import system_member
        from gongkai.organisations.desk import register_menu_entry
        from gongkai.organisations.enums import REVIEWER_ROLES, Role
        from gongkai.publishing.asides import register_aside
        from gongkai.publishing.guards import register_guard
        from gongkai.review.notes import register_case_note

        register_menu_entry(
            "meetings", "会议", "decisions-desk:meetings", "users",
            [Role.EDITOR, Role.SUPERVISOR, *REVIEWER_ROLES], order=28,
        )  # fmt: skip
        register_actions(
            {
                "decisions.meeting.saved": "登记会议",
                "decisions.meeting.drafted": "生成会议公开稿",
                "decisions.link.added": "关联议定事项",
                "decisions.link.removed": "取消关联",
            }
        )
        register_guard("meeting_decision", guards.MeetingGuard())
        register_guard("plan", guards.PlanGuard())
        register_guard("bulletin", guards.BulletinGuard())
        register_guard("rumour", guards.RumourGuard())
        register_guard("trace", guards.TraceGuard())
        register_guard("measure", guards.MeasureGuard())
        register_case_note("decisions", "item", notes.case_note)
        register_aside("decisions", notes.item_aside)
        register_due_source("decisions.documents", "议定事项关联文件", notes.documents_due)
        register_job(
            "decisions.measures",
            "防控措施终止",
            lambda moment: measures.due_ends(member=system_member("tick"), now=moment),
        )
        register_job(
            "decisions.traces",
            "流调提示期满删除",
            lambda moment: tracing.due_purges(member=system_member("tick"), now=moment),
        )
