"""From theory and pilots to advice."""
