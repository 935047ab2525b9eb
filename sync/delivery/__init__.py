"""Ways to reach a customer, one file each over `base`, and the durable sending that drives them (`workflows`)."""
