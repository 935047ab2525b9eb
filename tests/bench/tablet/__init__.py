"""What the tablet's screens cost: at the wire of their sessions, and painted in a real browser."""
