"""The review of allowance files, with no portal needed: read, checked, explained, kept, searched, given.

Nothing here is imported before a review opens: polars takes longer to load than the first window to show.
"""
