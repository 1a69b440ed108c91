//! The difference of two texts as `diff -u` prints it.

/// How many lines stand around a change.
const CONTEXT: usize = 3;

/// A line of the outcome.
#[derive(Clone, Copy, PartialEq)]
enum Edit {
    Keep,
    Delete,
    Insert,
}

/// The hunks; empty when the texts are equal.
pub(super) fn hunks(old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let script = script(&old, &new);
    let changed: Vec<usize> = (0..script.len()).filter(|i| script[*i] != Edit::Keep).collect();
    let mut text = String::new();
    for group in changed.chunk_by(|a, b| b - a <= 2 * CONTEXT + 1) {
        let (first, last) = (group[0], group[group.len() - 1]);
        let range = first.saturating_sub(CONTEXT)..(last + CONTEXT + 1).min(script.len());
        hunk(&mut text, &script, range, &old, &new);
    }
    text
}

fn hunk(text: &mut String, script: &[Edit], range: std::ops::Range<usize>, old: &[&str], new: &[&str]) {
    let count = |edits: &[Edit], without: Edit| edits.iter().filter(|edit| **edit != without).count();
    let (mut at_old, mut at_new) =
        (count(&script[..range.start], Edit::Insert), count(&script[..range.start], Edit::Delete));
    let edits = &script[range];
    let place = |start: usize, len: usize| match len {
        0 => format!("{start},0"),
        1 => format!("{}", start + 1),
        len => format!("{},{len}", start + 1),
    };
    let (olds, news) = (count(edits, Edit::Insert), count(edits, Edit::Delete));
    text.push_str(&format!("@@ -{} +{} @@\n", place(at_old, olds), place(at_new, news)));
    for edit in edits {
        let (sign, line) = match edit {
            Edit::Keep => (' ', old[at_old]),
            Edit::Delete => ('-', old[at_old]),
            Edit::Insert => ('+', new[at_new]),
        };
        text.push(sign);
        text.push_str(line);
        text.push('\n');
        at_old += usize::from(*edit != Edit::Insert);
        at_new += usize::from(*edit != Edit::Delete);
    }
}

/// The shortest way from one list of lines to the other; what could stand earlier or later stands later.
fn script(old: &[&str], new: &[&str]) -> Vec<Edit> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    let lengths = common(a, b);
    let mut script = vec![Edit::Keep; head];
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            script.push(Edit::Keep);
            (i, j) = (i + 1, j + 1);
        } else if j == b.len() || (i < a.len() && lengths[i + 1][j] >= lengths[i][j + 1]) {
            script.push(Edit::Delete);
            i += 1;
        } else {
            script.push(Edit::Insert);
            j += 1;
        }
    }
    script.extend(vec![Edit::Keep; tail]);
    slide(&mut script, old, new);
    script
}

/// How many lines the rest of one list has in common with the rest of the other, from each place on.
fn common(a: &[&str], b: &[&str]) -> Vec<Vec<usize>> {
    let mut lengths = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            lengths[i][j] = match a[i] == b[j] {
                true => lengths[i + 1][j + 1] + 1,
                false => lengths[i + 1][j].max(lengths[i][j + 1]),
            };
        }
    }
    lengths
}

/// Moves every block of inserted or deleted lines as far down as it means the same.
fn slide(script: &mut [Edit], old: &[&str], new: &[&str]) {
    let (mut at_old, mut at_new, mut start) = (0, 0, 0);
    while start < script.len() {
        let edit = script[start];
        let len = script[start..].iter().take_while(|e| **e == edit).count();
        let lines = match edit {
            Edit::Keep => {
                (at_old, at_new, start) = (at_old + len, at_new + len, start + len);
                continue;
            }
            Edit::Delete => &old[at_old..],
            Edit::Insert => &new[at_new..],
        };
        let after = &script[start + len..];
        let kept = after.iter().take_while(|e| **e == Edit::Keep).count();
        let moved = (0..kept).take_while(|k| lines[*k] == lines[len + k]).count();
        script[start..start + moved].fill(Edit::Keep);
        script[start + moved..start + moved + len].fill(edit);
        (at_old, at_new) = (at_old + moved, at_new + moved);
        start += moved + len;
        match edit {
            Edit::Delete => at_old += len,
            _ => at_new += len,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::hunks;

    #[test]
    fn changes_are_shown_with_three_lines_around_them() {
        let old = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\n";
        let new = "a\nB\nc\nd\ne\nf\ng\nh\ni\nj\nl\n";
        assert_eq!(
            hunks(old, new),
            "@@ -1,5 +1,5 @@\n a\n-b\n+B\n c\n d\n e\n@@ -8,5 +8,4 @@\n h\n i\n j\n-k\n l\n"
        );
        assert_eq!(hunks("", "a\n"), "@@ -0,0 +1 @@\n+a\n");
        assert_eq!(hunks(old, old), "");
    }

    #[test]
    fn a_repeated_block_is_inserted_behind_its_twin() {
        let old = "list:\n- x\n  name: b\n";
        let new = "list:\n- x\n  name: a\n- x\n  name: b\n";
        assert_eq!(hunks(old, new), "@@ -1,3 +1,5 @@\n list:\n - x\n+  name: a\n+- x\n   name: b\n");
    }
}
