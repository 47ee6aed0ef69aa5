"""The TensorBoard backend. Standard library, numpy, pillow, protobuf, werkzeug and tensorboard only."""
