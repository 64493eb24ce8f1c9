"""The `gongkai` command: Django's management commands with our settings as default."""

import os
import sys


def main() -> None:
    """Run a management command; the settings module defaults to development."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongkai.settings.dev")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
