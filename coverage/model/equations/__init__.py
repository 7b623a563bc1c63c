"""How does a month follow from the month before: the equations, written once.

`month` is the list itself: each step with its name, expression, unit and symbol. Everything that computes or shows a
month is made from it: `numpy_kernel` (the projection), `javascript` (a browser), `sheet` (the workbook's formulas),
`formulas` (the Method page). `oracle` runs the list one number at a time, slowly, and is what the others are held
against. `expressions` is the language, `reading` refuses what is not in it, `folding` puts in what is known.
"""
