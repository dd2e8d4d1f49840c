"""Tables: reading and writing the sheets that offices keep.

Reading (xlsx, xls, ods, csv) happens in a child process with limits, so that no file can hurt the server:

    from peixun.kernel.tables.headings import HeadingSet
    from peixun.kernel.tables.reader import TableRefused, read_table

    headings = HeadingSet(
        required=("姓名", "公民身份号码"),
        optional=("性别",),
        aliases={"身份证号": "公民身份号码"},
    )
    try:
        with read_table(path, headings=headings) as table:
            name, number = table.columns["姓名"], table.columns["公民身份号码"]
            for row in table.rows:  # streams; TableRefused can also come from here
                print(row.number, row.values[name], row.values[number])
    except TableRefused as refusal:
        print(refusal.code, refusal.reason)

`row.values` has one value for each known heading (`headings.names`; "" where the file has no such column or
nothing in the cell): text, a float or int for numbers, a bool, and ISO text for dates and times
("2017-03-05", "2017-03-05T08:30:00"): `peixun.kernel.cells.parse_date` takes all of them. `row.number` is the
row of the sheet as a person sees it.

Writing: `peixun.kernel.tables.writer` (`write_workbook`, `write_csv`, `error_workbook`).

This package holds no imports of its own here: the child process must start in a few hundredths of a second.
"""
