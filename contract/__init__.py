"""What the client and the portal say to each other: structs, wishes, paths. No I/O."""
