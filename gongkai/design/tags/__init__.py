"""Template tags by purpose; ``templatetags/design.py`` offers them all as one library."""
