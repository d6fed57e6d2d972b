"""Teaching pictures: what makes generators collapse, and what cures them."""
