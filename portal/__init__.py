"""The reference portal: what an insurer's side of the contract does, for real."""
