from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "gongkai.publishing"
    label = "publishing"
    verbose_name = "信息发布"

    def ready(self) -> None:
        from gongkai.catalogue.services import register_source
        from gongkai.core.blobs import register_gate
        from gongkai.core.facts import register_actions
        from gongkai.organisations.desk import register_menu_entry
        from gongkai.publishing import files, gate, placing
        from gongkai.review.registry import register_reviewable

        register_menu_entry("published", "已公开", "publishing-desk:items", "file", order=25)
        register_actions(
            {
                "publishing.item.drafted": "起草",
                "publishing.item.edited": "修改草稿",
                "publishing.item.released": "发布",
                "publishing.item.corrected": "更正发布",
                "publishing.item.withdrawn": "撤回",
                "publishing.item.lapsed": "失效",
                "publishing.items.imported": "批量载入历史信息",
                "publishing.file.added": "上传附件",
                "publishing.file.removed": "移除附件",
            }
        )
        register_reviewable("item", gate.ItemReviewable())
        register_gate("item", files.item_file_gate)
        register_source("item", placing.published_records)
