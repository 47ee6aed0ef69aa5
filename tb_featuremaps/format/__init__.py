"""The on-disk format, shared by writer and reader. No TensorFlow here."""
