"""What people look at: pictures, TensorBoard, the terminal."""
