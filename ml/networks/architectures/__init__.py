"""The networks layer by layer: classifiers and the generator; knows Keras, no training."""
