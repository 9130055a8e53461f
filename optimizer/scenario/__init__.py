"""The scenario file: models, reading with `extends`, JSON Schema."""
