"""Application configuration of the design system (floor 1, no models)."""

from django.apps import AppConfig


class DesignConfig(AppConfig):
    """Tokens, components, base layouts, error pages and the accessibility toolbar."""

    name = "gongkai.design"
    label = "design"
    verbose_name = "界面规范"
