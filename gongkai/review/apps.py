from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "gongkai.review"
    label = "review"
    verbose_name = "公开审查"

    def ready(self) -> None:
        from gongkai.core.facts import register_actions
        from gongkai.core.jobs import register_job
        from gongkai.organisations.access import system_member
        from gongkai.organisations.desk import register_menu_entry
        from gongkai.review import desk, services

        register_menu_entry(
            "review", "审核", "review-desk:queue", "review", order=20, count=desk.waiting_count
        )
        register_job(
            "review.release",
            "定时发布",
            lambda moment: services.due_release(member=system_member("tick"), now=moment),
        )
        register_actions(
            {
                "review.case.submitted": "提交审核",
                "review.step.approved": "审核通过",
                "review.step.opened": "保密审查：可以公开",
                "review.step.rejected": "退回修改",
                "review.case.withheld": "审定不予公开",
                "review.case.voided": "内容变动，审核作废",
                "review.case.recalled": "撤回送审",
                "review.case.approved": "审核完成",
                "review.case.released": "按审定内容发布",
                "review.consultation.asked": "征求其他机关意见",
                "review.consultation.answered": "回复征求意见",
                "review.consultation.settled": "协商一致",
            }
        )
