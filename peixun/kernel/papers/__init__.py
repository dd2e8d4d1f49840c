"""Papers: official papers, set as .docx in the layout of GB/T 9704-2012 and as HTML for the screen.

Door: `model` (what a paper is), `docx_writer.write_docx`, `html.render_html`, `length.check_length`,
`numerals` (numbers and dates as offices write them). It knows layout and no business word; it reads no
database and no clock: everything printed comes from the paper.
"""
