"""What is stored of a person: the list of it, and how it is erased, detached from the person, or goes with time.

On the observers' side: nothing here can reach the truth.
"""
