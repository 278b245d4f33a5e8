"""The users of spaces, for those who administer them."""
