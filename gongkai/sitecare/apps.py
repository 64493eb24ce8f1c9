from django.apps import AppConfig


class SitecareConfig(AppConfig):
    name = "gongkai.sitecare"
    label = "sitecare"
    verbose_name = "网站找错"

    def ready(self) -> None:
        from gongkai.core.facts import register_actions
        from gongkai.core.jobs import register_job
        from gongkai.organisations.desk import register_menu_entry
        from gongkai.organisations.enums import Role
        from gongkai.publishing.events import subscribe
        from gongkai.publishing.purging import register_forgetter
        from gongkai.sitecare import links, selectors, services

        register_actions(
            {
                "sitecare.report.made": "读者提交找错",
                "sitecare.report.handled": "处理找错",
            }
        )
        register_menu_entry(
            "errors", "找错", "sitecare-desk:reports", "flag", [Role.SUPERVISOR], order=27,
            waiting=selectors.waiting,
        )  # fmt: skip
        subscribe("links", "登记外部链接", links.follow)
        register_forgetter("sitecare", services.forget)
        register_job("sitecare.links", "复查外部链接", links.check_due)
