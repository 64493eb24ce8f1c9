"""The yardstick of `public_speed`: a plain Wagtail site as its own tutorial builds it."""
