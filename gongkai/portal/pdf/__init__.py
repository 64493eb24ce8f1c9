"""The PDF of a public item: made on demand by WeasyPrint in a process of its own, kept as a private
file as long as the item is public in that form."""
