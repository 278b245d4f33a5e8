"""Files as they are attached to requests, made with the standard library alone, and that really open."""
