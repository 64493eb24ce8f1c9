from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "gongkai.ledger"
    label = "ledger"
    verbose_name = "要点台账"

    def ready(self) -> None:
        from gongkai.core.blobs import register_gate
        from gongkai.core.facts import register_actions
        from gongkai.ledger import files, followup_board, followup_notices, lights, notices, proofs
        from gongkai.organisations.desk import register_menu_entry
        from gongkai.organisations.enums import Role
        from gongkai.publishing.events import subscribe
        from gongkai.publishing.purging import register_forgetter

        register_forgetter("ledger", proofs.forget)
        register_menu_entry(
            "ledger", "要点台账", "ledger-desk:overview", "ledger", [Role.SUPERVISOR], order=30
        )
        register_menu_entry(
            "imports", "读入要点", "ledger-desk:imports", "upload", [Role.SUPERVISOR], order=31
        )
        register_menu_entry(
            "followups", "督办", "ledger-desk:followups", "flag", [Role.SUPERVISOR, Role.EDITOR],
            order=33, waiting=followup_board.waiting,
        )  # fmt: skip
        register_menu_entry(
            "reports", "任务月报", "ledger-desk:reports", "calendar",
            [Role.SUPERVISOR, Role.EDITOR], order=34,
        )  # fmt: skip
        register_menu_entry(
            "mine", "我的任务", "ledger-desk:mine", "check", [Role.EDITOR], order=32
        )
        register_actions(
            {
                "ledger.import.opened": "读入要点文件",
                "ledger.import.corrected": "更正解析结果",
                "ledger.import.discarded": "放弃读入",
                "ledger.plan.confirmed": "确认台账",
                "ledger.plan.revised": "重新读入，更新台账",
                "ledger.assignment.added": "指定责任单位",
                "ledger.assignment.ended": "取消责任单位",
                "ledger.evidence.added": "提交凭据",
                "ledger.evidence.removed": "撤下凭据",
                "ledger.evidence.rejected": "退回凭据",
                "ledger.light.overridden": "人工定灯",
                "ledger.light.restored": "恢复自动定灯",
                "ledger.followup.issued": "发出督办",
                "ledger.followup.replied": "回复督办",
                "ledger.followup.accepted": "认可督办回复，办结",
                "ledger.followup.returned": "退回督办回复",
                "ledger.followup.escalated": "升级督办",
                "ledger.followup.called_off": "撤销督办",
                "ledger.report.rule_set": "设定月报",
                "ledger.report.submitted": "报送月报",
                "ledger.report.read": "已阅月报",
                "ledger.report.returned": "退回月报",
                "ledger.reference.set": "核定与市级要点的对应关系",
                "ledger.plan.rolled_over": "由上一年结转",
                "ledger.plan.closed": "封账",
                "ledger.plan.reopened": "重新打开已封的账",
            }
        )
        register_gate("evidence", files.evidence_file_gate)
        register_gate("followup", files.followup_file_gate)
        followup_notices.register()
        notices.register()
        subscribe("ledger", "任务灯", lights.item_changed)
