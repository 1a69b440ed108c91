//! From the text of a template to its parts (Go: `text/template/parse`).

use super::lex::{Action, Token, token};
use super::{Block, Command, First, Node, Operand, Pipe};
use crate::gotemplate::functions;

/// What ends a list of parts.
enum Closing {
    Text,
    End,
    Else(String),
}

/// Reads a whole template. The error begins with its line.
pub(super) fn template(text: &str) -> Result<Vec<Node>, String> {
    let mut parser = Parser { text, at: 0, variables: vec!["$".into()], loops: 0, trim: false };
    let outcome = parser.nodes().and_then(|(nodes, end)| match end {
        Closing::Text => Ok(nodes),
        Closing::End => Err("unexpected {{end}}".into()),
        Closing::Else(_) => Err("unexpected {{else}}".into()),
    });
    outcome.map_err(|error| format!("{}: {error}", 1 + text[..parser.at].matches('\n').count()))
}

struct Parser<'t> {
    text: &'t str,
    /// Where it is read.
    at: usize,
    /// The names of the variables that can be seen here.
    variables: Vec<String>,
    loops: usize,
    /// Whether the white space that follows is dropped.
    trim: bool,
}

impl<'t> Parser<'t> {
    fn nodes(&mut self) -> Result<(Vec<Node>, Closing), String> {
        let mut nodes = Vec::new();
        loop {
            let rest = &self.text[self.at..];
            let start = rest.find("{{").unwrap_or(rest.len());
            let mut before = &rest[..start];
            if std::mem::take(&mut self.trim) {
                before = before.trim_start();
            }
            let trims = rest[start..].starts_with("{{- ") || rest[start..].starts_with("{{-\n");
            if trims {
                before = before.trim_end();
            }
            if !before.is_empty() {
                nodes.push(Node::Text(before.into()));
            }
            self.at += start;
            if start == rest.len() {
                return Ok((nodes, Closing::Text));
            }
            self.at += if trims { 3 } else { 2 };
            if self.comment()? {
                continue;
            }
            let action = self.action()?;
            if let Some(end) = self.node(action, &mut nodes)? {
                return Ok((nodes, end));
            }
        }
    }

    /// Passes over a comment, if there is one.
    fn comment(&mut self) -> Result<bool, String> {
        let rest = self.text[self.at..].trim_start();
        let Some(comment) = rest.strip_prefix("/*") else { return Ok(false) };
        let (_, behind) = comment.split_once("*/").ok_or("unclosed comment")?;
        let trimmed = behind.trim_start();
        self.trim = trimmed.starts_with("-}}") && trimmed.len() < behind.len();
        let closed = trimmed.strip_prefix("-}}").or_else(|| behind.strip_prefix("}}"));
        self.at = self.text.len() - closed.ok_or("comment ends before closing delimiter")?.len();
        Ok(true)
    }

    /// The words up to the closing braces.
    fn action(&mut self) -> Result<Action<'t>, String> {
        let mut tokens = Vec::new();
        loop {
            let rest = &self.text[self.at..];
            let close = rest.trim_start();
            if close.starts_with("-}}") && close.len() < rest.len() || rest.starts_with("}}") {
                self.trim = !rest.starts_with("}}");
                self.at = self.text.len() - close.len() + if self.trim { 3 } else { 2 };
                break;
            }
            let (length, token) = token(rest)?;
            tokens.push((self.at, self.at + length, token));
            self.at += length;
        }
        while matches!(tokens.last(), Some((_, _, Token::Space))) {
            tokens.pop();
        }
        let next = usize::from(matches!(tokens.first(), Some((_, _, Token::Space))));
        Ok(Action { tokens, next })
    }

    fn node(&mut self, mut action: Action<'t>, nodes: &mut Vec<Node>) -> Result<Option<Closing>, String> {
        let word = match action.peek() {
            Some(Token::Name(word)) => *word,
            _ => "",
        };
        let block = match word {
            "if" => Block::If,
            "range" => Block::Range,
            "with" => Block::With,
            "end" => return Ok(Some(Closing::End)),
            "else" => {
                action.take();
                action.spaces();
                let from = action.tokens.get(action.next).map_or(self.at, |(from, ..)| *from);
                let to = action.tokens.last().map_or(self.at, |(_, to, _)| *to);
                return Ok(Some(Closing::Else(self.text.get(from..to).unwrap_or_default().into())));
            }
            "break" | "continue" => {
                if self.loops == 0 {
                    return Err(format!("{{{{{word}}}}} outside {{{{range}}}}"));
                }
                nodes.push(if word == "break" { Node::Break } else { Node::Continue });
                return Ok(None);
            }
            "template" | "define" | "block" => {
                return Err(format!("{{{{{word}}}}} is not supported here"));
            }
            _ => {
                let pipe = self.pipe(&mut action, "command")?;
                nodes.push(Node::Action(pipe));
                return Ok(None);
            }
        };
        action.take();
        nodes.push(self.block(block, action)?);
        Ok(None)
    }

    fn block(&mut self, kind: Block, mut action: Action<'t>) -> Result<Node, String> {
        let known = self.variables.len();
        let word = match kind {
            Block::If => "if",
            Block::Range => "range",
            Block::With => "with",
        };
        let pipe = self.pipe(&mut action, word)?;
        self.loops += usize::from(kind == Block::Range);
        let (body, end) = self.nodes()?;
        let mut otherwise = Vec::new();
        match end {
            Closing::Text => return Err("unexpected EOF".into()),
            Closing::End => {}
            Closing::Else(rest) if rest.is_empty() => {
                let (nodes, end) = self.nodes()?;
                match end {
                    Closing::End => otherwise = nodes,
                    Closing::Text => return Err("unexpected EOF".into()),
                    Closing::Else(_) => return Err("expected end; found {{else}}".into()),
                }
            }
            Closing::Else(rest) => otherwise.push(self.chained(&rest)?),
        }
        self.loops -= usize::from(kind == Block::Range);
        self.variables.truncate(known);
        Ok(Node::Block { kind, pipe, body, otherwise })
    }

    /// `else if …`, `else with …`: a block of its own that ends with the one around it.
    fn chained(&mut self, rest: &str) -> Result<Node, String> {
        let start = self.text[..self.at].rfind(rest).unwrap_or(self.at);
        let kind = match rest.split_whitespace().next() {
            Some("if") => Block::If,
            Some("with") => Block::With,
            _ => return Err(format!("unexpected <{rest}> in else")),
        };
        self.at = start;
        let mut action = self.action()?;
        action.take();
        self.block(kind, action)
    }

    fn pipe(&mut self, action: &mut Action<'t>, what: &str) -> Result<Pipe, String> {
        let mut pipe = Pipe::default();
        self.variables_of(action, &mut pipe)?;
        loop {
            action.spaces();
            match action.peek() {
                None | Some(Token::Sign(")")) => break,
                Some(Token::Sign("|")) if !pipe.commands.is_empty() => {
                    action.take();
                    pipe.commands.push(self.command(action)?);
                }
                _ if pipe.commands.is_empty() => pipe.commands.push(self.command(action)?),
                Some(other) => return Err(format!("unexpected {other:?} in command")),
            }
        }
        if pipe.commands.is_empty() {
            return Err(format!("missing value for {what}"));
        }
        Ok(pipe)
    }

    /// `$x := `, `$i, $x := `, `$x = `.
    fn variables_of(&mut self, action: &mut Action<'t>, pipe: &mut Pipe) -> Result<(), String> {
        let start = action.next;
        let mut names = Vec::new();
        loop {
            action.spaces();
            let Some(Token::Variable(name)) = action.peek().cloned() else { break };
            action.take();
            action.spaces();
            names.push(name.to_owned());
            match action.take() {
                Some(Token::Sign(",")) => {}
                Some(Token::Sign(sign @ (":=" | "="))) => {
                    pipe.declares = sign == ":=";
                    if pipe.declares {
                        self.variables.extend(names.iter().cloned());
                    }
                    pipe.variables = names;
                    return Ok(());
                }
                _ => break,
            }
        }
        action.next = start;
        Ok(())
    }

    fn command(&mut self, action: &mut Action<'t>) -> Result<Command, String> {
        action.spaces();
        let from = action.tokens.get(action.next).map_or(self.at, |(from, ..)| *from);
        let mut operands = Vec::new();
        let mut to = from;
        while let Some(token) = action.peek() {
            match token {
                Token::Space => action.spaces(),
                Token::Sign("|" | ")") => break,
                _ => {
                    operands.push(self.operand(action)?);
                    to = action.tokens[action.next - 1].1;
                }
            }
        }
        if operands.is_empty() {
            return Err("empty command".into());
        }
        let (at, text) = (self.place(from), self.text[from..to].into());
        Ok(Command { at, text, operands })
    }

    fn operand(&mut self, action: &mut Action<'t>) -> Result<Operand, String> {
        let (from, _, token) = action.tokens[action.next].clone();
        action.next += 1;
        let mut fields = Vec::new();
        let mut at = from;
        let first = match token {
            Token::Field(name) => {
                fields.push(name.to_owned());
                First::Dot
            }
            Token::Sign(".") => First::Dot,
            Token::Constant(value) => First::Constant(value),
            Token::Variable(name) if self.variables.iter().any(|known| known == name) => {
                First::Variable(name.into())
            }
            Token::Variable(name) => return Err(format!("undefined variable {name:?}")),
            Token::Name(name) if functions::is_known(name) => First::Function(name.into()),
            Token::Name(name) => return Err(format!("function {name:?} not defined")),
            Token::Sign("(") => {
                let pipe = self.pipe(action, "parenthesized pipeline")?;
                if action.take() != Some(Token::Sign(")")) {
                    return Err("unclosed left paren".into());
                }
                First::Pipe(pipe)
            }
            other => return Err(format!("unexpected {other:?} in operand")),
        };
        let mut behind = false;
        while let Some((place, _, Token::Field(name))) = action.tokens.get(action.next) {
            if !std::mem::replace(&mut behind, true) {
                at = *place;
            }
            fields.push((*name).into());
            action.next += 1;
        }
        if let Some(Token::Sign(".")) = action.peek() {
            return Err("unexpected <.> in operand".into());
        }
        let text = self.text[from..action.tokens[action.next - 1].1].into();
        Ok(Operand { first, fields, at: self.place(at), text })
    }

    /// `1:5`: the line, and how many bytes of it stand before.
    fn place(&self, at: usize) -> String {
        let before = &self.text[..at];
        let column = at - before.rfind('\n').map_or(0, |end| end + 1);
        format!("{}:{column}", 1 + before.matches('\n').count())
    }
}
