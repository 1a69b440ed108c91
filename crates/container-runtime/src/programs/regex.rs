//! Regular expressions, basic and extended, as `grep`, `sed` and `expr` have them (POSIX.1-2017, volume 1, chapter 9).

/// A compiled expression.
pub struct Regex {
    alternatives: Vec<Vec<Piece>>,
    groups: usize,
    fold: bool,
}

/// One piece, and how often it may come: at least, at most.
struct Piece {
    what: Atom,
    least: usize,
    most: usize,
}

enum Atom {
    Any,
    Literal(char),
    /// Whether it is the opposite; ranges.
    Set(bool, Vec<(char, char)>),
    Start,
    End,
    /// A boundary of words.
    Edge,
    Group(usize, Vec<Vec<Piece>>),
}

/// Where a match is: the whole, then the groups.
pub type Match = Vec<Option<(usize, usize)>>;

/// Steps that a search may take.
const MOST_STEPS: u32 = 200_000;
/// How deep groups may nest.
const DEEPEST: u32 = 20;
/// How often a group is repeated at most, and how long an expression may be: a match recurses for each.
const MOST_GROUPS: usize = 100;
const LONGEST: usize = 500;

impl Regex {
    /// Reads an expression; `extended` as in `grep -E`.
    pub fn new(text: &str, extended: bool, fold: bool) -> Option<Regex> {
        let signs: Vec<char> = text.chars().collect();
        if signs.len() > LONGEST {
            return None;
        }
        let mut reader = Reader { signs: &signs, at: 0, extended, groups: 0, depth: 0 };
        let alternatives = reader.alternatives()?;
        (reader.at == signs.len()).then_some(Regex { alternatives, groups: reader.groups, fold })
    }

    /// The first match at or after a place.
    pub fn find(&self, text: &str, from: usize) -> Option<Match> {
        let mut steps = MOST_STEPS;
        for (at, _) in text.char_indices().map(|(at, c)| (at, Some(c))).chain([(text.len(), None)]) {
            if at < from {
                continue;
            }
            let mut groups: Match = vec![None; self.groups + 1];
            let mut run = Run { text, fold: self.fold, steps: &mut steps };
            if let Some(end) = run.any(&self.alternatives, at, &mut groups, &mut |end, _| Some(end)) {
                groups[0] = Some((at, end));
                return Some(groups);
            }
        }
        None
    }

    /// Whether it is found anywhere.
    pub fn is_in(&self, text: &str) -> bool {
        self.find(text, 0).is_some()
    }
}

struct Reader<'a> {
    signs: &'a [char],
    at: usize,
    extended: bool,
    groups: usize,
    depth: u32,
}

impl Reader<'_> {
    /// Passes an operator: plain in extended expressions, after a backslash in basic ones.
    fn operator(&mut self, sign: char) -> bool {
        let plain = self.signs.get(self.at) == Some(&sign);
        let escaped = self.signs.get(self.at) == Some(&'\\') && self.signs.get(self.at + 1) == Some(&sign);
        match self.extended {
            true if plain => self.at += 1,
            false if escaped => self.at += 2,
            _ => return false,
        }
        true
    }

    fn sees(&mut self, sign: char) -> bool {
        let before = self.at;
        let found = self.operator(sign);
        self.at = before;
        found
    }

    fn alternatives(&mut self) -> Option<Vec<Vec<Piece>>> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let mut all = Vec::new();
        loop {
            let mut pieces = Vec::new();
            while self.at < self.signs.len() && !self.sees('|') && !(self.depth > 1 && self.sees(')')) {
                let what = self.atom(pieces.is_empty())?;
                let (least, most) = self.repeated();
                pieces.push(Piece { what, least, most });
            }
            all.push(pieces);
            if !self.operator('|') {
                break;
            }
        }
        self.depth -= 1;
        Some(all)
    }

    fn repeated(&mut self) -> (usize, usize) {
        if self.signs.get(self.at) == Some(&'*') {
            self.at += 1;
            return (0, usize::MAX);
        }
        if self.operator('+') {
            return (1, usize::MAX);
        }
        if self.operator('?') {
            return (0, 1);
        }
        let before = self.at;
        if self.operator('{') {
            let end = self.signs[self.at..].iter().position(|c| *c == '}');
            if let Some(end) = end {
                let body: String = self.signs[self.at..self.at + end].iter().collect();
                let body = body.trim_end_matches('\\');
                let (least, most) = body.split_once(',').unwrap_or((body, body));
                if let Ok(least) = least.parse::<usize>() {
                    self.at += end + 1;
                    return (least, most.parse().unwrap_or(usize::MAX));
                }
            }
            self.at = before;
        }
        (1, 1)
    }

    fn atom(&mut self, first: bool) -> Option<Atom> {
        if self.operator('(') {
            self.groups += 1;
            let number = self.groups;
            let inner = self.alternatives()?;
            return self.operator(')').then_some(Atom::Group(number, inner));
        }
        let c = *self.signs.get(self.at)?;
        self.at += 1;
        Some(match c {
            '.' => Atom::Any,
            '^' if first || self.extended => Atom::Start,
            '$' if self.at == self.signs.len() || self.sees(')') || self.sees('|') => Atom::End,
            '[' => self.set()?,
            '\\' => {
                let c = *self.signs.get(self.at)?;
                self.at += 1;
                let digit = ('0', '9');
                let word = vec![('a', 'z'), ('A', 'Z'), digit, ('_', '_')];
                match c {
                    'd' => Atom::Set(false, vec![digit]),
                    'w' => Atom::Set(false, word),
                    'W' => Atom::Set(true, word),
                    's' => Atom::Set(false, vec![(' ', ' '), ('\t', '\r')]),
                    'S' => Atom::Set(true, vec![(' ', ' '), ('\t', '\r')]),
                    'b' | '<' | '>' => Atom::Edge,
                    'n' => Atom::Literal('\n'),
                    't' => Atom::Literal('\t'),
                    other => Atom::Literal(other),
                }
            }
            other => Atom::Literal(other),
        })
    }

    fn set(&mut self) -> Option<Atom> {
        let not = self.signs.get(self.at) == Some(&'^');
        self.at += usize::from(not);
        let (start, mut ranges) = (self.at, Vec::new());
        loop {
            let c = *self.signs.get(self.at)?;
            self.at += 1;
            if c == ']' && self.at > start + 1 {
                return Some(Atom::Set(not, ranges));
            }
            if c == '[' && self.signs.get(self.at) == Some(&':') {
                let end = self.at + self.signs[self.at..].iter().position(|c| *c == ']')?;
                let name: String = self.signs[self.at + 1..end - 1].iter().collect();
                self.at = end + 1;
                ranges.extend_from_slice(class(&name));
                continue;
            }
            let range = self.signs.get(self.at) == Some(&'-')
                && self.signs.get(self.at + 1).is_some_and(|c| *c != ']');
            let high = if range { self.signs[self.at + 1] } else { c };
            self.at += if range { 2 } else { 0 };
            ranges.push((c, high));
        }
    }
}

/// The characters of a class.
pub(super) fn class(name: &str) -> &'static [(char, char)] {
    match name {
        "digit" => &[('0', '9')],
        "alpha" => &[('a', 'z'), ('A', 'Z')],
        "alnum" => &[('a', 'z'), ('A', 'Z'), ('0', '9')],
        "upper" => &[('A', 'Z')],
        "lower" => &[('a', 'z')],
        "space" => &[(' ', ' '), ('\t', '\r')],
        "blank" => &[(' ', ' '), ('\t', '\t')],
        "punct" => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        "xdigit" => &[('0', '9'), ('a', 'f'), ('A', 'F')],
        _ => &[],
    }
}

struct Run<'a> {
    text: &'a str,
    fold: bool,
    steps: &'a mut u32,
}

type Next<'a> = &'a mut dyn FnMut(usize, &mut Match) -> Option<usize>;

impl Run<'_> {
    fn any(&mut self, all: &[Vec<Piece>], at: usize, groups: &mut Match, next: Next) -> Option<usize> {
        all.iter().find_map(|pieces| self.pieces(pieces, 0, at, groups, next))
    }

    /// Matches pieces, the first of which has come so often; as many of it as can be.
    fn pieces(
        &mut self,
        pieces: &[Piece],
        count: usize,
        at: usize,
        groups: &mut Match,
        next: Next,
    ) -> Option<usize> {
        *self.steps = self.steps.checked_sub(1)?;
        let Some(piece) = pieces.first() else { return next(at, groups) };
        let Atom::Group(number, inner) = &piece.what else {
            return self.characters(pieces, at, groups, next);
        };
        if count < piece.most.min(MOST_GROUPS) {
            let before = groups.clone();
            let mut ends = Vec::new();
            self.any(inner, at, groups, &mut |end, _| {
                ends.push(end);
                None
            });
            for end in ends.into_iter().filter(|end| *end > at || count < piece.least) {
                *groups = before.clone();
                groups[*number] = Some((at, end));
                if let Some(found) = self.pieces(pieces, count + 1, end, groups, next) {
                    return Some(found);
                }
            }
            *groups = before;
        }
        if count >= piece.least { self.pieces(&pieces[1..], 0, at, groups, next) } else { None }
    }

    /// Matches pieces of which the first stands for one character, or for a place.
    fn characters(&mut self, pieces: &[Piece], at: usize, groups: &mut Match, next: Next) -> Option<usize> {
        let piece = &pieces[0];
        let mut ends = vec![at];
        while ends.len() <= piece.most {
            let last = *ends.last().expect("the first is there");
            match self.one(&piece.what, last) {
                Some(end) => {
                    ends.push(end);
                    if end == last {
                        break;
                    }
                }
                None => break,
            }
        }
        *self.steps = self.steps.checked_sub(ends.len() as u32)?;
        let most = ends.into_iter().skip(piece.least).rev();
        most.into_iter().find_map(|end| self.pieces(&pieces[1..], 0, end, groups, next))
    }

    /// Where the text goes on after an atom.
    fn one(&self, atom: &Atom, at: usize) -> Option<usize> {
        let c = self.text[at..].chars().next();
        let word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        match atom {
            Atom::Start => return (at == 0).then_some(at),
            Atom::End => return c.is_none().then_some(at),
            Atom::Edge => return (word(c) != word(self.text[..at].chars().next_back())).then_some(at),
            _ => {}
        }
        let c = c?;
        let folded = |c: char| if self.fold { c.to_ascii_lowercase() } else { c };
        let fits = match atom {
            Atom::Any => true,
            Atom::Literal(literal) => folded(*literal) == folded(c),
            Atom::Set(not, ranges) => {
                let within = |c: char| ranges.iter().any(|(low, high)| *low <= c && c <= *high);
                (within(c)
                    || (self.fold && (within(c.to_ascii_lowercase()) || within(c.to_ascii_uppercase()))))
                    != *not
            }
            _ => false,
        };
        fits.then(|| at + c.len_utf8())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_find_what_they_describe() {
        for (expression, extended, text, expected) in [
            ("b*", false, "abb", Some("")),
            ("bb*", false, "abb", Some("bb")),
            ("^a.c$", false, "abc", Some("abc")),
            ("^b", false, "abc", None),
            ("a|b", false, "xa|b", Some("a|b")),
            ("a|b", true, "xb", Some("b")),
            ("(ab)+c", true, "xababc", Some("ababc")),
            ("[0-9]{2,3}", true, "a12345", Some("123")),
            ("[0-9]\\{2\\}", false, "a12345", Some("12")),
            ("[^ ]*", false, "one two", Some("one")),
            ("[[:digit:]]+", true, "v42", Some("42")),
            ("\\.", false, "a.b", Some(".")),
            ("(a|ab)(c|bcd)", true, "abcd", Some("abcd")),
            ("(a*)*b", true, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac", None),
            ("colou?r", true, "color", Some("color")),
        ] {
            let regex = Regex::new(expression, extended, false).expect(expression);
            let found = regex.find(text, 0).and_then(|m| m[0]).map(|(from, to)| &text[from..to]);
            assert_eq!(found, expected, "{expression} {text}");
        }
        assert!(Regex::new("(a", true, false).is_none(), "a group that is not closed");
    }
}
