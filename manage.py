#!/usr/bin/env python
"""Django's command line under its usual name; `gongkai` is the same command."""

from gongkai.cli import main

if __name__ == "__main__":
    main()
