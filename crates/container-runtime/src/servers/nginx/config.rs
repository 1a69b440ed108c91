//! nginx's configuration language: directives, each a line of words that ends with `;` or with a block.

/// A directive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Directive {
    /// Its name, then its arguments.
    pub words: Vec<String>,
    pub block: Vec<Directive>,
    pub line: usize,
}

impl Directive {
    pub(super) fn name(&self) -> &str {
        self.words.first().map_or("", |word| word)
    }

    /// The argument with this number, from one.
    pub(super) fn argument(&self, number: usize) -> &str {
        self.words.get(number).map_or("", |word| word)
    }

    /// The directives of this name in its block.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Directive> {
        self.block.iter().filter(move |directive| directive.name() == name)
    }

    /// The first of them.
    pub(super) fn first(&self, name: &str) -> Option<&Directive> {
        self.block.iter().find(|directive| directive.name() == name)
    }
}

/// Reads a configuration; the error is nginx's and the line it is on.
pub(super) fn read(text: &str) -> Result<Vec<Directive>, (String, usize)> {
    // The blocks that are open, the outermost first.
    let mut open = vec![Directive::default()];
    let (mut words, mut line): (Vec<String>, usize) = (Vec::new(), 1);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\n' => line += 1,
            c if c.is_whitespace() => {}
            '#' => while rest.next_if(|c| *c != '\n').is_some() {},
            ';' | '{' if words.is_empty() => return Err((format!("unexpected \"{c}\""), line)),
            ';' => {
                let directive = Directive { words: std::mem::take(&mut words), block: Vec::new(), line };
                open.last_mut().expect("the text itself is never closed").block.push(directive);
            }
            '{' => open.push(Directive { words: std::mem::take(&mut words), block: Vec::new(), line }),
            '}' => {
                let closed = open.pop().filter(|_| words.is_empty() && !open.is_empty());
                let outer = open.last_mut();
                let (Some(closed), Some(outer)) = (closed, outer) else {
                    return Err(("unexpected \"}\"".into(), line));
                };
                outer.block.push(closed);
            }
            '"' | '\'' => {
                let mut word = String::new();
                while let Some(inner) = rest.next_if(|inner| *inner != c) {
                    line += usize::from(inner == '\n');
                    word.push(inner);
                }
                rest.next();
                words.push(word);
            }
            c => {
                let mut word = String::from(c);
                while let Some(inner) = rest.next_if(|c| !c.is_whitespace() && !matches!(c, ';' | '{')) {
                    word.push(inner);
                }
                words.push(word);
            }
        }
    }
    match (open.pop(), open.is_empty() && words.is_empty()) {
        (Some(all), true) => Ok(all.block),
        _ => Err(("unexpected end of file, expecting \";\" or \"}\"".into(), line)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_are_read_with_their_blocks() {
        let read =
            |text: &str| read(text).map(|all| format!("{:?}", all.iter().map(shown).collect::<Vec<_>>()));
        fn shown(d: &Directive) -> String {
            let inner: Vec<String> = d.block.iter().map(shown).collect();
            format!(
                "{}{}",
                d.words.join("_"),
                if inner.is_empty() { String::new() } else { format!("({})", inner.join(" ")) }
            )
        }
        for (text, expected) in [
            ("# c\nlisten 80;", Ok(r#"["listen_80"]"#)),
            (
                "server { listen 80; location / { return 200 'a b'; } }",
                Ok(r#"["server(listen_80 location_/(return_200_a b))"]"#),
            ),
            ("server {\n listen 80;\n", Err(("unexpected end of file, expecting \";\" or \"}\"", 3))),
            ("}", Err(("unexpected \"}\"", 1))),
        ] {
            let expected = expected.map(str::to_owned).map_err(|(why, line)| (why.to_owned(), line));
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
