"""What is read from a workspace: SQL with `:name` parameters in, values of `domain/views.py` out.

A read is a function of a driver connection and writes nothing. This room imports the driver, the
domain and the standard library, so that the first board needs nothing else.
"""
