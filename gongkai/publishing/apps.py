from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "gongkai.publishing"
    label = "publishing"
    verbose_name = "信息发布"

    def ready(self) -> None:
        from gongkai.catalogue.services import register_source
        from gongkai.core.blobs import register_gate
        from gongkai.core.facts import register_actions
        from gongkai.core.jobs import register_job
        from gongkai.filetexts.registry import register_namer
        from gongkai.organisations.access import system_member
        from gongkai.organisations.desk import register_menu_entry
        from gongkai.publishing import (
            desk_interpretations,
            file_reading,
            files,
            found,
            found_staff,
            gate,
            integrity,
            interpretation_due,
            lifecycle,
            notices,
            placing,
            purging,
            schedule,
        )
        from gongkai.publishing.asides import register_aside
        from gongkai.review.registry import register_reviewable
        from gongkai.search import entries as search
        from gongkai.search.writing import scrub_after

        register_menu_entry("published", "已公开", "publishing-desk:items", "file", order=25)
        register_actions(
            {
                "publishing.item.drafted": "起草",
                "publishing.item.edited": "修改草稿",
                "publishing.item.released": "发布",
                "publishing.item.corrected": "更正发布",
                "publishing.item.withdrawn": "撤回",
                "publishing.item.lapsed": "失效",
                "publishing.item.begun": "开始施行",
                "publishing.item.reviewed": "已核对，内容无变化",
                "publishing.item.deleted": "删除草稿",
                "publishing.item.erased": "删除草稿，不留内容",
                "publishing.item.purged": "期满删除",
                "publishing.items.imported": "批量载入历史信息",
                "publishing.file.added": "上传附件",
                "publishing.file.removed": "移除附件",
                integrity.ACTION: "检查文件、解读和问答的关联",
            }
        )
        register_job(
            "publishing.validity",
            "施行和失效",
            lambda moment: lifecycle.due_validity(member=system_member("tick"), now=moment),
        )
        register_job(
            "publishing.expiring",
            "即将失效提醒",
            lambda moment: schedule.expiring_notices(now=moment),
        )
        register_job(integrity.JOB, "检查关联", integrity.check_daily)
        schedule.register()
        file_reading.register()
        interpretation_due.register()
        register_aside("interpretation", desk_interpretations.aside)
        register_menu_entry(
            "interpretations", "解读统计", "publishing-desk:interpretations", "chart", order=27
        )
        register_menu_entry(
            "schedule", "发布日历", "publishing-desk:schedule", "calendar", order=26
        )
        register_reviewable("item", gate.ItemReviewable())
        notices.register()
        purging.register()
        register_gate("item", files.item_file_gate)
        register_namer("item", files.named_for)
        register_source("item", placing.published_records)
        for source in (*found.SOURCES, *found_staff.SOURCES):
            search.register_source(source)
        scrub_after("publishing.item.purged", "publishing.item.erased")
