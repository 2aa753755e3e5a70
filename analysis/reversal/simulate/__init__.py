"""A synthetic rig that writes real ABF2 files; it states its physics itself."""
