"""How is a judgement shown: as a text, figures, a page, events of TensorBoard."""
