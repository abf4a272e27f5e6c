"""Checks of what an observer sees and has understood: figures drawn, questions read. Pure: no database, no request.

Each figure follows from a number alone, so that it can be drawn again and again without being kept; whoever has not
that number cannot know what is on it. None of it is copied from a published test, and none is a diagnosis.
"""
