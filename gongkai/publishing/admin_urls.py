"""Addresses of the writing desk, included under /admin/."""

from gongkai.organisations.admin import admin_urlpatterns
from gongkai.publishing.admin import ItemViewSet

urlpatterns = admin_urlpatterns(ItemViewSet("items"))
