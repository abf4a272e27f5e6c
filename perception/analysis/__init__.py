"""The statistics: arrays in, frozen dataclasses out; knows neither Django nor files nor the network."""
