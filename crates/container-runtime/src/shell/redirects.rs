//! Reading redirections and here-documents.

use super::ast::{Redirect, RedirectKind, Word};
use super::parser::Parser;

impl Parser<'_> {
    pub(super) fn redirects(&mut self) -> Result<Vec<Redirect>, String> {
        let mut redirects = Vec::new();
        loop {
            self.blanks();
            match self.redirect()? {
                Some(redirect) => redirects.push(redirect),
                None => return Ok(redirects),
            }
        }
    }

    pub(super) fn redirect(&mut self) -> Result<Option<Redirect>, String> {
        let rest = self.rest();
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let both = rest.starts_with("&>");
        if !both && (digits > 1 || !rest[digits..].starts_with(['<', '>'])) {
            return Ok(None);
        }
        self.at += digits + usize::from(both);
        let number = rest[..digits].parse::<u8>().ok();
        let kinds = [
            ("<<<", RedirectKind::Here),
            ("<<", RedirectKind::Here),
            ("<", RedirectKind::In),
            (">>", RedirectKind::Append),
            (">&", RedirectKind::Same),
            (">|", RedirectKind::Out),
            (">", RedirectKind::Out),
        ];
        let (sign, kind) = *kinds.iter().find(|(sign, _)| self.eat(sign)).expect("one of them stands here");
        let input = matches!(kind, RedirectKind::In | RedirectKind::Here);
        let stream = if both { 3 } else { number.unwrap_or(if input { 0 } else { 1 }) };
        let target = match sign {
            "<<" => self.document()?,
            _ => {
                self.blanks();
                self.word()?.ok_or_else(|| self.unexpected())?
            }
        };
        // `>& file` is bash's way to redirect both outputs.
        let file = kind == RedirectKind::Same
            && number.is_none()
            && !target.is("1")
            && !target.is("2")
            && !target.is("-");
        let (stream, kind) = if file { (3, RedirectKind::Out) } else { (stream, kind) };
        Ok(Some(Redirect {
            stream,
            kind,
            target: if sign == "<<<" { target.with_newline() } else { target },
        }))
    }

    /// The text of a here-document, which begins on the next line.
    fn document(&mut self) -> Result<Word, String> {
        let indented = self.eat("-");
        self.blanks();
        let word = self.word()?.ok_or_else(|| self.unexpected())?;
        let (end, quoted) = word.plain();
        let mut at = match self.documents {
            Some(at) => at,
            None => self.rest().find('\n').map_or(self.text.len(), |newline| self.at + newline + 1),
        };
        let mut body = String::new();
        while at < self.text.len() {
            let line = self.text[at..].split_inclusive('\n').next().unwrap_or_default();
            at += line.len();
            let shown = if indented { line.trim_start_matches('\t') } else { line };
            if shown.trim_end_matches('\n') == end {
                break;
            }
            body.push_str(shown);
        }
        self.documents = Some(at);
        if quoted { Ok(Word::quoted(&body)) } else { self.within_quotes(&body) }
    }
}
