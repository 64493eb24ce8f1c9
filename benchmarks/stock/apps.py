"""The app of the yardstick site."""

from django.apps import AppConfig


class StockConfig(AppConfig):
    """One home page that lists its children."""

    name = "benchmarks.stock"
    label = "stock"
