"""The work report's text: sentences over the year's figures, in official Chinese, whatever language the screen speaks.

A sentence whose records are empty is not written. Every number that is counted is a figure run.
"""
