//! A Rust source as the rules see it: its words without comments and literals, and its text without literals.

/// A word or a single punctuation mark, and the line it stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub line: usize,
    pub word: String,
}

/// One file.
pub struct Source {
    /// Code only: comments are dropped, and so are the contents of strings and characters.
    pub tokens: Vec<Token>,
    /// The text with comments, but with `_` for every letter of a literal: a table in a string may end in blanks.
    pub prose: String,
}

impl Source {
    /// Reads Rust well enough for tidiness: comments, strings of all sorts, characters, lifetimes, words, punctuation.
    pub fn read(text: &str) -> Source {
        let mut reader = Reader { rest: text, line: 1, tokens: Vec::new(), prose: String::new() };
        while let Some(letter) = reader.rest.chars().next() {
            reader.step(letter);
        }
        Source { tokens: reader.tokens, prose: reader.prose }
    }

    /// The lines on which these words stand in a row.
    pub fn lines_with<'a>(&'a self, words: &'a [&str]) -> impl Iterator<Item = usize> + 'a {
        let rows = self.tokens.windows(words.len());
        rows.filter(move |row| row.iter().zip(words).all(|(token, word)| token.word == *word))
            .map(|row| row[0].line)
    }
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    tokens: Vec<Token>,
    prose: String,
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

impl Reader<'_> {
    fn step(&mut self, letter: char) {
        if let Some(length) = comment(self.rest) {
            self.keep(length);
        } else if let Some(length) = literal(self.rest) {
            self.hide(length);
        } else if letter == '\'' {
            // A lifetime: no rule speaks of them.
            let word = self.rest[1..].find(|letter| !is_word(letter)).unwrap_or(self.rest.len() - 1);
            self.keep(1 + word);
        } else if letter.is_whitespace() {
            self.keep(letter.len_utf8());
        } else {
            let word = self.rest.find(|letter| !is_word(letter)).unwrap_or(self.rest.len());
            let length = word.max(if is_word(letter) { 1 } else { letter.len_utf8() });
            self.tokens.push(Token { line: self.line, word: self.rest[..length].to_owned() });
            self.keep(length);
        }
    }

    /// Moves on over `length` bytes that stay visible in the prose.
    fn keep(&mut self, length: usize) {
        let (passed, rest) = self.rest.split_at(length);
        self.prose.push_str(passed);
        self.line += passed.matches('\n').count();
        self.rest = rest;
    }

    /// Moves on over a literal of `length` bytes.
    fn hide(&mut self, length: usize) {
        let (passed, rest) = self.rest.split_at(length);
        self.prose.extend(passed.chars().map(|letter| if letter == '\n' { '\n' } else { '_' }));
        self.line += passed.matches('\n').count();
        self.rest = rest;
    }
}

/// The length of the comment that `text` starts with.
fn comment(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    if !text.starts_with("/*") {
        return None;
    }
    let (mut depth, mut at) = (0usize, 0);
    while at < text.len() {
        let rest = &text.as_bytes()[at..];
        if rest.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return Some(at);
            }
        } else {
            at += 1;
        }
    }
    Some(text.len())
}

/// The length of the string or character that `text` starts with.
fn literal(text: &str) -> Option<usize> {
    let prefix = ["br", "cr", "r", "b", "c", ""].into_iter().find(|prefix| {
        let opening = text.strip_prefix(prefix).unwrap_or("");
        opening.starts_with('"')
            || (prefix.ends_with('r')
                && opening.trim_start_matches('#').starts_with('"')
                && opening.starts_with('#'))
            || (matches!(*prefix, "" | "b") && character(opening).is_some())
    })?;
    let opening = &text[prefix.len()..];
    let length = if prefix.ends_with('r') {
        let hashes = opening.len() - opening.trim_start_matches('#').len();
        let closing = format!("\"{}", "#".repeat(hashes));
        let inside = &opening[hashes + 1..];
        hashes + 1 + inside.find(&closing).map_or(inside.len(), |at| at + closing.len())
    } else if opening.starts_with('"') {
        quoted(opening, '"')
    } else {
        character(opening)?
    };
    Some(prefix.len() + length)
}

/// The length of `'x'` or `'\n'`; nothing for a lifetime.
fn character(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('\'')?;
    let letter = inside.chars().next()?;
    if letter == '\\' {
        return Some(quoted(text, '\''));
    }
    inside[letter.len_utf8()..].starts_with('\'').then(|| letter.len_utf8() + 2)
}

/// The length of a literal with escapes, both quotes included.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if letter == '\\' {
            escaped = true;
        } else if letter == quote {
            return at + 1;
        }
    }
    text.len()
}

#[test]
fn comments_and_literals_are_no_code() {
    let rows = [
        ("a line comment", "a // b\nc", "a c"),
        ("a nested comment", "a /* b /* c */ d */ e", "a e"),
        ("a string with a quote in it", r#"a "b \" c" d"#, "a d"),
        ("a raw string with quotes in it", "a r#\"b \" c\"# d", "a d"),
        ("a byte string", "a b\"c\" d", "a d"),
        ("a word that ends like a prefix", "attr\"c\" d", "attr d"),
        ("a quote as a character", r"a '\'' b '{' c", "a b c"),
        ("a lifetime is not the start of a character", "fn a<'b>(c: &'b str)", "fn a < > ( c : & str )"),
        ("Korean", "'한' 한글", "한글"),
    ];
    for (row, text, want) in rows {
        let words: Vec<_> = Source::read(text).tokens.into_iter().map(|token| token.word).collect();
        assert_eq!(words.join(" "), want, "{row}");
    }
}

#[test]
fn prose_keeps_comments_and_lines_and_hides_literals() {
    assert_eq!(Source::read("a // b \nc = \"d \n e\";").prose, "a // b \nc = ___\n___;");
    assert_eq!(Source::read("\"x\ny\" z").tokens, [Token { line: 2, word: "z".to_owned() }]);
}
