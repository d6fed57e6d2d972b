"""How a training step is computed: draws, replicas, gradients, update rules, compiling."""
