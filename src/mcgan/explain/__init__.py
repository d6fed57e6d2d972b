"""Pictures of the mechanisms: a topic is a module with ``draw(seed) -> Picture``, no list."""
