//! Columns out of tabs, as Go's `text/tabwriter` makes them: a column is as wide as the widest of
//! its cells in lines that follow each other; what stands after a line's last tab belongs to no column.

/// So much stands between two columns of what is described.
const NARROW: usize = 2;
/// So much stands between two columns of a table.
pub(crate) const WIDE: usize = 3;

/// The text with its tabs turned into spaces.
pub(crate) fn align(text: &str) -> String {
    align_apart(text, NARROW)
}

/// The same with so many blanks between the columns at least.
pub(crate) fn align_apart(text: &str, padding: usize) -> String {
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
    let mut out = String::with_capacity(text.len() * 2);
    block(&lines, padding, &mut Vec::new(), &mut out);
    out
}

/// Prints lines of which the first columns have their widths.
fn block(lines: &[Vec<&str>], padding: usize, widths: &mut Vec<usize>, out: &mut String) {
    let column = widths.len();
    let mut at = 0;
    while at < lines.len() {
        let in_column = |line: &Vec<&str>| line.len() > column + 1;
        let length = lines[at..].iter().take_while(|line| in_column(line)).count();
        if length == 0 {
            print(&lines[at], widths, out);
            at += 1;
            continue;
        }
        let rows = &lines[at..at + length];
        let widest = rows.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
        // A column of a table is six wide at least.
        let least = if padding == WIDE { 2 * WIDE } else { 0 };
        widths.push((widest + padding).max(least));
        block(rows, padding, widths, out);
        widths.pop();
        at += length;
    }
}

fn print(cells: &[&str], widths: &[usize], out: &mut String) {
    for (nth, cell) in cells.iter().enumerate() {
        out.push_str(cell);
        let missing = widths.get(nth).map_or(0, |width| width.saturating_sub(cell.chars().count()));
        out.extend(std::iter::repeat_n(' ', missing));
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::align;

    #[test]
    fn a_column_is_as_wide_as_the_lines_that_share_it() {
        for (row, text, aligned) in [
            ("cells stand below each other", "a\tb\nlonger\tc", "a       b\nlonger  c\n"),
            (
                "a line without a tab ends the column",
                "a\tb\nheading\nlonger\tc",
                "a  b\nheading\nlonger  c\n",
            ),
            ("the last cell widens nothing", "a\tvery long\tx\nb\tc", "a  very long  x\nb  c\n"),
            ("an empty cell is as wide as the others", "\tb\nxx\tc", "    b\nxx  c\n"),
        ] {
            assert_eq!(align(text), aligned, "{row}");
        }
    }
}
