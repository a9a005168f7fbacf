"""Keys that others publish, kept fresh; and our own, published. docs/guide/key-sets.md tells how, docs/design/007-key-sets.md why."""
