"""How does a table look as a picture, and what does the picture say in words?

Every chart is a function of a table and texts that returns a `Chart`: a Vega-Lite specification without data, the
data, and the message as alternative text. The specification is built by Altair once for each language and theme
and kept: building costs 20 ms, and a page that swaps only the data redraws in place (measured; a changed
specification, even a title, mounts the chart anew). So sentences that carry numbers stand above the chart, not in it.
"""
