"""What a stranger needs to be convinced: the checker, which runs alone, and the format that it reads."""
