from django.apps import AppConfig


class ProfilesConfig(AppConfig):
    name = "gongkai.profiles"
    label = "profiles"
    verbose_name = "单位概况与指南"

    def ready(self) -> None:
        from gongkai.core.facts import register_actions
        from gongkai.core.jobs import register_job
        from gongkai.messaging.registry import register_due_source, register_notice_kind
        from gongkai.organisations.desk import register_menu_entry
        from gongkai.organisations.enums import Role
        from gongkai.profiles import files, jobs
        from gongkai.publishing.purging import register_forgetter

        register_menu_entry(
            "profile", "单位信息", "profiles-desk:own", "building",
            [Role.EDITOR, Role.SUPERVISOR], order=29,
        )  # fmt: skip
        register_actions(
            {
                "profiles.guide.generated": "生成公开指南草稿",
            }
        )
        register_notice_kind(jobs.NOTICE, "单位信息待补全或待核对")
        register_due_source("profiles.reviews", "单位信息核对", jobs.reviews_due)
        register_job(jobs.JOB, "单位信息检查", jobs.check_profiles)
        register_job(files.JOB, "已公开文件的指纹", files.mark_versions)
        register_forgetter("profiles", files.forget)
