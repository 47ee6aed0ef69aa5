"""The TensorBoard backend.

Imports the standard library, numpy, pillow, protobuf, werkzeug and tensorboard only: an import
error here would take all of TensorBoard down.
"""
