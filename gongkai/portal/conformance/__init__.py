"""The check of the running site against the clauses for elder-friendly sites.

``clauses`` says what is asked, in our own words; ``served`` looks at pages as they are sent;
``browser`` uses Chromium. ``gongkai check_accessibility`` runs and prints them.
"""
