"""Event files for TensorBoard, and how its page lays them out."""
