"""What the client knows and does, without Qt."""
