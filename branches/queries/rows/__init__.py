"""The frozen rows that queries give and templates show, one module per screen."""
