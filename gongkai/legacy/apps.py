from django.apps import AppConfig


class LegacyConfig(AppConfig):
    name = "gongkai.legacy"
    label = "legacy"
    verbose_name = "旧站迁移"

    def ready(self) -> None:
        from gongkai.core import blobs
        from gongkai.core.facts import register_actions
        from gongkai.core.jobs import register_job
        from gongkai.legacy import gate, releasing, staging
        from gongkai.organisations.desk import register_menu_entry
        from gongkai.organisations.enums import Role
        from gongkai.publishing.found import register_batch
        from gongkai.review.registry import register_reviewable

        register_menu_entry(
            "legacy", "迁入旧网站", "legacy-desk:runs", "upload",
            roles=(Role.OPERATOR, Role.SUPERVISOR), order=62,
        )  # fmt: skip
        register_actions(
            {
                "legacy.run.opened": "开始迁入旧网站",
                "legacy.run.prepared": "旧网站信息备好待审",
                "legacy.run.abandoned": "放弃迁入",
            }
        )
        blobs.register_use("legacy", staging.names_file)
        register_reviewable(gate.KIND, gate.BatchReviewable())
        register_batch(gate.KIND, releasing.items_of)
        register_job("legacy-release", "旧网站信息写入", releasing.release_due)
