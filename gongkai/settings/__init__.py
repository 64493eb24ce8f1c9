"""Settings: base holds safe defaults, dev/test/production change only what differs."""
