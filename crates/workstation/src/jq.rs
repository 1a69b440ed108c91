//! `jq`, as far as people ask objects with it: paths, pipes, comparisons, strings with computed parts, objects, and the
//! commonest functions (upstream: the manual of jq 1.7).

mod parse;
mod value;

use crate::Desk;
use orrery_apimachinery::Value;
use parse::Parser;
use serde_json::Deserializer;
use value::{compare, index, iterate, plus, text, truth};

/// What is computed of a value.
pub(crate) enum Expr {
    Here,
    Const(Value),
    Field(Box<Expr>, Box<Expr>),
    Each(Box<Expr>),
    Try(Box<Expr>),
    Pipe(Box<Expr>, Box<Expr>),
    Comma(Box<Expr>, Box<Expr>),
    Binary(&'static str, Box<Expr>, Box<Expr>),
    List(Box<Expr>),
    Object(Vec<(Expr, Expr)>),
    Text(Vec<Expr>),
    Call(String, Vec<Expr>),
}

/// Values, or why there are none.
type Values = Result<Vec<Value>, String>;

/// A program has at most so many characters: what is nested deeper than a stack is long.
const LONGEST: usize = 2_000;
/// What a step of a program makes weighs at most so much, in bytes of text and 16 for each value: `[.,.]|[.,.]|…` doubles.
const HEAVIEST: usize = 4 << 20;

pub(crate) fn run(desk: &mut Desk<'_>, argv: &[String]) -> Result<(), String> {
    let (mut raw, mut short, mut whole) = (false, false, false);
    let (mut plain, mut named) = (Vec::new(), Vec::new());
    let mut words = argv.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--arg" => named.extend(words.next().cloned().zip(words.next().cloned())),
            "--raw-output" => raw = true,
            "--compact-output" => short = true,
            "--slurp" => whole = true,
            letters if letters.starts_with('-') => {
                raw |= letters.contains('r');
                short |= letters.contains('c');
                whole |= letters.contains('s');
            }
            word => plain.push(word),
        }
    }
    let (program, file) = (plain.first().copied().unwrap_or("."), plain.get(1).copied().unwrap_or("-"));
    let text = desk.files.read(file);
    let text =
        text.ok_or_else(|| format!("jq: error: Could not open file {file}: No such file or directory"))?;
    let parsed = match program.len() > LONGEST {
        true => Err("the program is too long".to_owned()),
        false => Parser::new(program, &named).whole(),
    };
    desk.output.code = match parsed {
        Err(why) => {
            desk.note(&format!("jq: error: {why}\njq: 1 compile error"));
            3
        }
        Ok(expr) => print(desk, &expr, &text, (raw, short, whole)),
    };
    Ok(())
}

/// Prints what is computed of each value of a text; the exit code.
fn print(desk: &mut Desk<'_>, expr: &Expr, given: &str, (raw, short, whole): (bool, bool, bool)) -> i32 {
    let values: Result<Vec<Value>, _> = Deserializer::from_str(given).into_iter().collect();
    let values = match values {
        Ok(values) if whole => vec![values.into()],
        Ok(values) => values,
        Err(why) => {
            let (line, column) = (why.line(), why.column());
            desk.note(&format!("jq: parse error: Invalid literal at line {line}, column {column}"));
            return 2;
        }
    };
    let mut code = 0;
    for value in &values {
        match eval(expr, value) {
            Ok(all) => all.iter().for_each(|value| match value {
                Value::String(line) if raw => desk.say(line),
                value if short => desk.say(&value.to_string()),
                value => desk.say(&format!("{value:#}")),
            }),
            Err(why) => {
                desk.note(&format!("jq: error (at <stdin>:{}): {why}", given.lines().count()));
                code = 5;
            }
        }
    }
    code
}

/// What comes of a value, unless more was made of it than is good.
fn eval(expr: &Expr, at: &Value) -> Values {
    let values = made(expr, at)?;
    let picks = matches!(
        expr,
        Expr::Here | Expr::Const(_) | Expr::Field(..) | Expr::Each(_) | Expr::Try(_) | Expr::Call(..)
    );
    if !picks && values.iter().map(value::weight).sum::<usize>() > HEAVIEST {
        return Err("there is too much of it".into());
    }
    Ok(values)
}

fn made(expr: &Expr, at: &Value) -> Values {
    match expr {
        Expr::Here => Ok(vec![at.clone()]),
        Expr::Const(value) => Ok(vec![value.clone()]),
        Expr::Field(of, key) => pairs(of, key, at, &index),
        Expr::Each(of) => each(eval(of, at)?, &iterate),
        Expr::Try(of) => Ok(eval(of, at).unwrap_or_default()),
        Expr::Call(name, args) => call(name, args, at),
        Expr::Pipe(first, then) => each(eval(first, at)?, &|value| eval(then, value)),
        Expr::Comma(first, then) => Ok([eval(first, at)?, eval(then, at)?].concat()),
        Expr::Binary(sign, left, right) => binary(sign, left, right, at),
        Expr::List(of) => Ok(vec![eval(of, at)?.into()]),
        Expr::Object(fields) => {
            let mut all = vec![Value::Object(Default::default())];
            for (key, value) in fields {
                let new = pairs(key, value, at, &|key, value| Ok(serde_json::json!({text(key): value})))?;
                all = each(all, &|object| new.iter().map(|field| plus(object, field)).collect())?;
            }
            Ok(all)
        }
        Expr::Text(parts) => {
            let mut whole = String::new();
            for part in parts {
                eval(part, at)?.iter().for_each(|value| whole += &text(value));
            }
            Ok(vec![whole.into()])
        }
    }
}

fn each(values: Vec<Value>, act: &dyn Fn(&Value) -> Values) -> Values {
    let mut all = Vec::new();
    for value in &values {
        all.extend(act(value)?);
    }
    Ok(all)
}

/// What two values make, for all that two expressions come to.
fn pairs(
    left: &Expr,
    right: &Expr,
    at: &Value,
    make: &dyn Fn(&Value, &Value) -> Result<Value, String>,
) -> Values {
    let right = eval(right, at)?;
    each(eval(left, at)?, &|left| right.iter().map(|right| make(left, right)).collect())
}

fn binary(sign: &str, left: &Expr, right: &Expr, at: &Value) -> Values {
    let first = || eval(left, at).unwrap_or_default().into_iter().filter(truth).collect::<Vec<_>>();
    match sign {
        "//" => match first() {
            found if found.is_empty() => eval(right, at),
            found => Ok(found),
        },
        // What decides alone is not asked further.
        "and" | "or" => each(eval(left, at)?, &|left| match truth(left) == (sign == "or") {
            true => Ok(vec![truth(left).into()]),
            false => each(eval(right, at)?, &|right| Ok(vec![truth(right).into()])),
        }),
        "+" => pairs(left, right, at, &plus),
        _ => pairs(left, right, at, &|left, right| {
            let order = compare(left, right);
            Ok(Value::Bool(match sign {
                "==" => order.is_eq(),
                "!=" => order.is_ne(),
                "<=" => order.is_le(),
                ">=" => order.is_ge(),
                "<" => order.is_lt(),
                _ => order.is_gt(),
            }))
        }),
    }
}

/// A function.
fn call(name: &str, args: &[Expr], at: &Value) -> Values {
    match (name, args) {
        ("empty", []) => Ok(Vec::new()),
        ("select", [test]) => {
            each(eval(test, at)?, &|value| Ok(truth(value).then(|| at.clone()).into_iter().collect()))
        }
        ("map", [act]) => Ok(vec![each(iterate(at)?, &|value| eval(act, value))?.into()]),
        ("not", []) => Ok(vec![(!truth(at)).into()]),
        ("first", []) => Ok(vec![index(at, &0.into())?]),
        ("last", []) => Ok(vec![index(at, &(-1).into())?]),
        ("add", []) => {
            let sum = iterate(at)?.iter().try_fold(Value::Null, |sum, value| plus(&sum, value));
            Ok(vec![sum?])
        }
        ("sort_by", [by]) => {
            let mut keyed = Vec::new();
            for value in iterate(at)? {
                keyed.push((Value::from(eval(by, &value)?), value));
            }
            keyed.sort_by(|(a, _), (b, _)| compare(a, b));
            Ok(vec![keyed.into_iter().map(|(_, value)| value).collect::<Vec<_>>().into()])
        }
        (_, []) => Ok(vec![value::of(name, at)?]),
        (_, [with]) => each(eval(with, at)?, &|with| Ok(vec![value::with(name, at, with)?])),
        _ => Err(value::unknown(name, args.len())),
    }
}

#[cfg(test)]
mod tests;
