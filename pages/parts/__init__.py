"""What the pages share: state and caches, inputs drawn from declarations, the link."""
