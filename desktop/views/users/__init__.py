"""The tab « Utilisateurs »: people, their rights in every space, and the log of rights."""
