from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "gongkai.portal"
    label = "portal"
    verbose_name = "公开网站"

    def ready(self) -> None:
        from gongkai.portal.blocks import (  # noqa: F401  (each registers its blocks)
            dialogue,
            grassroots,
            interpretations,
            plain,
            services,
            utilities,
        )
        from gongkai.portal.verify import look
        from gongkai.publishing.events import subscribe

        subscribe("portal", "公开页面核验", look)
