"""One's own account and this computer: password, second factor, devices, lock, and being forgotten."""
