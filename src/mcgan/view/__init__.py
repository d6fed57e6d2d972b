"""Views of a run: TensorBoard, pictures, the terminal."""
