"""The two catalogues: statutory content (条例 arts 19–21) and grass-roots standard lists."""
