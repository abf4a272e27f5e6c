"""The two requests of a trial, its image and its answer, without what they have no use for.

No sign-in, cookies, messages or address resolver: nine of ten requests of a study are these two. A request that is in
any way unusual is left to Django's own way, which leads to the same services, and decides. Whatever is answered here
is answered there alike, to the byte; `tests/studies/observer/test_fast_path.py` holds it.
"""
