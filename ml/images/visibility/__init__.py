"""How visible a change is to people, as models of the eye predict it: numbers of a pair of images, and maps of them.

Arrays in, numbers and arrays out: neither database nor files. scikit-image and FLIP are imported inside functions.
"""
