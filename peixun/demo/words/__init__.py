"""Words that the demo city is written with: names, units, titles. Data, no logic. People are invented."""
