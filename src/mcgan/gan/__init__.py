"""One GAN as pure functions of its tensors, and the hooks that change it."""
