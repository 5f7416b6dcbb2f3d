"""Batch normalisation and dropout: layers that do something else in training than afterwards."""
