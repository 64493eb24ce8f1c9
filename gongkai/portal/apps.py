from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "gongkai.portal"
    label = "portal"
    verbose_name = "公开网站"

    def ready(self) -> None:
        from gongkai.portal.blocks import decisions, plain  # noqa: F401  (registers its blocks)
        from gongkai.portal.verify import look
        from gongkai.publishing.events import subscribe

        subscribe("portal", "公开页面核验", look)
