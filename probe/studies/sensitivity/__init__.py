"""How far readings carry where one thing after another is varied."""
