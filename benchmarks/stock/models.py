"""Two page types of a plain Wagtail site."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from wagtail.fields import RichTextField
from wagtail.models import Page


class ListPage(Page):  # type: ignore[misc]
    """Lists its twenty newest children, read with one query for pages and one for their fields."""

    intro = RichTextField(blank=True)
    template = "stock/list_page.html"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The children and the menu."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["articles"] = (
            self.get_children().live().order_by("-first_published_at").specific()[:20]
        )
        context["menu"] = self.get_children().live().in_menu()
        return context


class ArticlePage(Page):  # type: ignore[misc]
    """One article."""

    date = models.DateField()
    intro = models.CharField(max_length=250)
    body = RichTextField(blank=True)
    template = "stock/article_page.html"
