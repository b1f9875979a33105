"""The panel service: the pages and records that an agency's practitioners and the extra-familial harm panel work with.

It is fed from the disclosure feeds and from nothing else: what an agency may not have can't be here.
"""
