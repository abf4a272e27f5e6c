"""Pixels: decoding, arrays, augmentation, distortion, PNG; knows no database and no network."""
