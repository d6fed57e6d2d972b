"""Networks for a generator and for the trunk of a discriminator."""
