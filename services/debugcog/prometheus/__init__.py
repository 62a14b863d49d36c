"""Export to Prometheus: the exposition that it scrapes, and the files of ``deploy/``."""
