from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "gongkai.review"
    label = "review"
    verbose_name = "公开审查"

    def ready(self) -> None:
        from gongkai.core import blobs
        from gongkai.core.facts import register_actions
        from gongkai.core.jobs import register_job
        from gongkai.messaging.registry import register_due_source, register_notice_kind
        from gongkai.organisations.access import system_member
        from gongkai.organisations.desk import register_menu_entry
        from gongkai.organisations.enums import Role
        from gongkai.review import desk, desk_withheld, notices, purging, reminders, services

        register_menu_entry(
            "review", "审核", "review-desk:queue", "review", order=20, waiting=desk.waiting
        )
        register_menu_entry(
            "withheld",
            "不予公开登记",
            "review-desk:withheld",
            "lock",
            roles=desk_withheld.READERS,
            order=22,
            waiting=desk_withheld.due,
        )
        register_menu_entry(
            "steps",
            "审核步骤",
            "review-desk:steps",
            "settings",
            roles=(Role.SUPERVISOR, Role.OPERATOR),
            order=82,
        )
        register_job(
            "review.release",
            "定时发布",
            lambda moment: services.due_release(member=system_member("tick"), now=moment),
        )
        notices.register()
        register_due_source(
            "review.withheld_due", "不予公开信息重新评估", reminders.evaluations_due
        )
        register_due_source("review.release_duty", "评估可以公开的信息", reminders.releases_due)
        register_notice_kind("review.withheld_proposed", "不予公开评估待确认")
        register_notice_kind("review.withheld_decided", "不予公开评估结果")
        blobs.register_use("review", purging.names_file)
        register_actions(
            {
                "review.case.submitted": "提交审核",
                "review.step.approved": "审核通过",
                "review.step.opened": "保密审查：可以公开",
                "review.step.rejected": "退回修改",
                "review.case.withheld": "审定不予公开",
                "review.case.voided": "内容变动，审核作废",
                "review.case.recalled": "撤回送审",
                "review.case.rescheduled": "改定发布时间",
                "review.case.approved": "审核完成",
                "review.case.released": "按审定内容发布",
                "review.consultation.asked": "征求其他机关意见",
                "review.consultation.answered": "回复征求意见",
                "review.consultation.settled": "协商一致",
                "review.consultation.carried": "沿用上次的征求意见回复",
                "review.withheld.proposed": "不予公开：提出评估",
                "review.withheld.returned": "不予公开：评估退回",
                "review.withheld.kept": "不予公开：评估后继续不公开",
                "review.withheld.released": "不予公开：评估后可以公开",
                "review.withheld.published": "不予公开登记销号",
                "review.withheld.exported": "导出不予公开登记",
                "review.steps.changed": "调整审核步骤",
            }
        )
