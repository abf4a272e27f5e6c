"""How networks learn, and the state that a cut-off run goes on from; knows Keras and the architectures."""
