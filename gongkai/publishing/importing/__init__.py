"""Office documents and pasted text turned into clean web text. Pure: no models, no settings."""
