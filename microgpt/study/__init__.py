"""The source taken apart and altered: for exercises, experiments and pages that show it in another order.

There are two tools. `microgpt.study.source` cuts the true source into prose and code, and takes the body out
of a function. `microgpt.study.edits` runs an altered copy of the whole package beside the true one. Both work
on texts, need only the standard library and write no files, so they work in a browser too.
"""
