"""Small multiples: several maps of one extent under one legend."""
