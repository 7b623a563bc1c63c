"""Which figures do the files hold that were handed in, and what is wrong with them?

`read.read` is the door: files in, the canonical table, the problems and the account of every line out.

- `reader`, `worker`: the same in a process of its own, with limits of time and memory; `usage` looks at it
- `finding`, `hand_in`, `archives`: which files are there, what each is, and the verdict on what cannot be read
- `sheets`: the door of all workbooks; `xlsx`, `ods`, `xls`, `excel_xml`, `html` read one kind each, `grid` holds the
  cells, `packed` and `markup` open ZIP and XML from strangers
- `chunks`: a file's bytes in pieces of whole lines, and which lines a reader would misread
- `dialect`: bytes to text: encoding, line ends, separator, the line with the headers; what is no table at all
- `headers`: which column does a header mean, in either language, long or wide
- `lines`, `empty_cells`: a file's text to one row of cells per line, exactly
- `months`, `numbers`: what a cell says
- `opening`: each file to blocks of lines; `recaps`, `layout`: those of any other layout than a clean long table
- `rows`, `row_reader`, `row_counts`: cells to rows of the canonical table, and to problems (`problem_rows`)
- `joining`, `sums`, `doubts`: the rows of all files together; `accounts`: what is told of them; `fates`,
  `figure_account`: where each figure went
- `persons`: a list of persons to counts, and not a cell of it further
- `register`: the list of known branches
"""
