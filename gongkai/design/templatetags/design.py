"""``{% load design %}``: all components. README.md of this app lists their signatures."""

from gongkai.design.tags import drawings, figures, form_parts, item_parts, marks, navigation
from gongkai.design.tags.registry import register

__all__ = ["drawings", "figures", "form_parts", "item_parts", "marks", "navigation", "register"]
