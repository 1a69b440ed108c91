//! Reading compound commands: `if`, `while`, `for`, `case`, groups and functions.

use super::ast::Node;
use super::parser::Parser;
use orrery_apimachinery::Str;
use std::rc::Rc;

impl Parser<'_> {
    pub(super) fn close(&mut self, sign: &str) -> Result<(), String> {
        self.lines();
        if self.eat(sign) { Ok(()) } else { Err(self.unexpected()) }
    }

    pub(super) fn subshell(&mut self) -> Result<Rc<Node>, String> {
        self.eat("(");
        let body = self.list()?;
        self.close(")")?;
        Ok(Rc::new(Node::Subshell(body)))
    }

    pub(super) fn arithmetic_command(&mut self) -> Result<Option<Rc<Node>>, String> {
        let before = self.at;
        self.at += 2;
        match self.arithmetic_text() {
            Some(text) => Ok(Some(Rc::new(Node::Arithmetic(self.within_quotes(text)?)))),
            None => {
                self.at = before;
                Ok(None)
            }
        }
    }

    pub(super) fn conditional(&mut self) -> Result<Rc<Node>, String> {
        self.eat("if");
        let mut branches = Vec::new();
        let mut otherwise = None;
        loop {
            let test = self.list()?;
            self.expect("then")?;
            branches.push((test, self.list()?));
            if self.at_reserved("elif") {
                continue;
            }
            if self.at_reserved("else") {
                otherwise = Some(self.list()?);
            }
            self.expect("fi")?;
            return Ok(Rc::new(Node::If(branches, otherwise)));
        }
    }

    pub(super) fn repeated(&mut self, until: bool) -> Result<Rc<Node>, String> {
        self.at += "while".len();
        let test = self.list()?;
        let body = self.body()?;
        Ok(Rc::new(Node::Loop { until, test, body }))
    }

    fn body(&mut self) -> Result<Rc<Node>, String> {
        self.expect("do")?;
        let body = self.list()?;
        self.expect("done")?;
        Ok(body)
    }

    pub(super) fn each(&mut self) -> Result<Rc<Node>, String> {
        self.eat("for");
        self.blanks();
        if self.eat("((") {
            return self.counted();
        }
        let name: Str = self.name().into();
        if name.is_empty() {
            return Err(self.unexpected());
        }
        let words = match self.at_reserved("in") {
            true => {
                let mut words = Vec::new();
                loop {
                    self.blanks();
                    match self.word()? {
                        Some(word) => words.push(word),
                        None => break,
                    }
                }
                Some(words)
            }
            false => None,
        };
        self.blanks();
        self.eat(";");
        let body = self.body()?;
        Ok(Rc::new(Node::For { name, words, body }))
    }

    /// `for ((start; test; step))`: a loop with what it does before and after.
    fn counted(&mut self) -> Result<Rc<Node>, String> {
        let Some(text) = self.arithmetic_text() else { return Err(self.unexpected()) };
        let mut parts = text.splitn(3, ';').map(str::trim);
        let mut next = |instead: &'static str| {
            let text = parts.next().filter(|text| !text.is_empty()).unwrap_or(instead);
            self.within_quotes(text).map(|word| Rc::new(Node::Arithmetic(word)))
        };
        let (start, test, step) = (next("0")?, next("1")?, next("0")?);
        self.blanks();
        self.eat(";");
        let body = Rc::new(Node::List(vec![self.body()?, step]));
        Ok(Rc::new(Node::List(vec![start, Rc::new(Node::Loop { until: false, test, body })])))
    }

    pub(super) fn case(&mut self) -> Result<Rc<Node>, String> {
        self.eat("case");
        self.blanks();
        let word = self.word()?.ok_or_else(|| self.unexpected())?;
        self.expect("in")?;
        let mut arms = Vec::new();
        while !self.at_reserved("esac") {
            self.lines();
            self.eat("(");
            let mut patterns = Vec::new();
            loop {
                self.blanks();
                patterns.push(self.word()?.ok_or_else(|| self.unexpected())?);
                self.blanks();
                if !self.eat("|") {
                    break;
                }
            }
            self.close(")")?;
            let body = self.list()?;
            arms.push((patterns, body));
            self.lines();
            self.eat(";;");
        }
        Ok(Rc::new(Node::Case { word, arms }))
    }

    pub(super) fn function(&mut self, name: Str) -> Result<Rc<Node>, String> {
        self.lines();
        if name.is_empty() {
            return Err(self.unexpected());
        }
        let body = self.deeper(Self::command)?;
        Ok(Rc::new(Node::Function(name, body)))
    }
}
