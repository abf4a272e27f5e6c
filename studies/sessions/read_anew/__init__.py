"""Study and session as the database has them now, with all their columns, at little cost.

A study has more than a hundred columns. Django takes milliseconds to write the query for them, each time, and the
database a tenth of one to answer it.
"""
