"""Ways in: the client's web page, the staff's desk."""
