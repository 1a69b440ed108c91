//! What single fields hold: durations, sentences in two languages, words of a command, words out of a list.

use orrery_apimachinery::decode::{Cx, GoType, Member, Typed, closest};
use orrery_apimachinery::{Str, Value, duration, gofmt};
use orrery_sim::Duration;

/// A length of time: a number of seconds, or as Go writes it, such as `5m`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seconds(pub Duration);

impl Member for Seconds {
    fn read<'v>(&mut self, value: &'v Value, cx: &mut Cx<'v>) -> bool {
        let nanos = match value {
            Value::Number(number) => {
                number.as_f64().filter(|n| (0.0..1e9).contains(n)).map(|n| (n * 1e9) as i64)
            }
            Value::String(text) => duration::parse(text).ok().filter(|nanos| *nanos >= 0),
            _ => None,
        };
        let Some(nanos) = nanos else {
            return cx.refuse("a number of seconds is expected, or a duration such as 5m");
        };
        self.0 = Duration::from_nanos(nanos as u64);
        true
    }

    fn write(&self) -> Value {
        duration::print(self.0.as_nanos() as u64).into()
    }
}

impl Typed for Seconds {
    const TYPE: &'static GoType = &GoType::Plain("duration");
}

/// So many in a second, in thousandths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rate(pub u64);

impl Rate {
    /// As people write it.
    pub fn in_a_second(self) -> f64 {
        self.0 as f64 / 1e3
    }
}

impl Member for Rate {
    fn read<'v>(&mut self, value: &'v Value, cx: &mut Cx<'v>) -> bool {
        let rate = value.as_f64().filter(|rate| (0.0..=1e4).contains(rate));
        self.0 = rate.map_or(0, |rate| (rate * 1e3).round() as u64);
        rate.is_some() || cx.refuse("a number is expected: so many in a second, at most 10000")
    }

    fn write(&self) -> Value {
        self.in_a_second().into()
    }
}

impl Typed for Rate {
    const TYPE: &'static GoType = &GoType::Plain("number");
}

/// A sentence in English and in Korean; one that is written plainly stands for both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phrase {
    /// English.
    pub en: Str,
    /// Korean.
    pub ko: Str,
}

impl Member for Phrase {
    fn read<'v>(&mut self, value: &'v Value, cx: &mut Cx<'v>) -> bool {
        if let Value::String(text) = value {
            (self.en, self.ko) = (text.as_str().into(), text.as_str().into());
            return true;
        }
        let read = cx.map(value, Self::TYPE, &mut |language, text, cx| {
            let text = cx.text(text).unwrap_or_default().trim().into();
            match language {
                "en" => self.en = text,
                "ko" => self.ko = text,
                _ => drop(cx.refuse("a language is expected: en or ko")),
            }
        });
        read && (!self.en.is_empty() && !self.ko.is_empty()
            || cx.refuse("both languages are expected: en and ko"))
    }

    fn write(&self) -> Value {
        [("en", self.en.write()), ("ko", self.ko.write())]
            .into_iter()
            .map(|(language, text)| (language.to_owned(), text))
            .collect()
    }
}

impl Typed for Phrase {
    const TYPE: &'static GoType = &GoType::Plain("sentence");
}

/// The words of a command: a list, or a line that is split at its blanks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line(pub Vec<String>);

impl Member for Line {
    fn read<'v>(&mut self, value: &'v Value, cx: &mut Cx<'v>) -> bool {
        if let Value::String(text) = value {
            self.0 = text.split_whitespace().map(str::to_owned).collect();
            return true;
        }
        cx.list(value, Self::TYPE, &mut |word, cx| self.0.extend(cx.text(word).map(str::to_owned)))
    }

    fn write(&self) -> Value {
        self.0.iter().map(|word| Value::from(word.as_str())).collect()
    }
}

impl Typed for Line {
    const TYPE: &'static GoType = &GoType::Plain("line");
}

/// A plain value as the text that a path leads to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scalar(pub String);

impl Member for Scalar {
    fn read<'v>(&mut self, value: &'v Value, cx: &mut Cx<'v>) -> bool {
        if value.is_array() || value.is_object() {
            return cx.refuse("a plain value is expected: a text, a number, true or false");
        }
        self.0 = gofmt::value(value);
        true
    }

    fn write(&self) -> Value {
        self.0.as_str().into()
    }
}

impl Typed for Scalar {
    const TYPE: &'static GoType = &GoType::Plain("value");
}

/// One word out of a list; the error names the closest.
fn one_of<'v, T: Copy>(value: &'v Value, cx: &mut Cx<'v>, table: &[(&'static str, T)]) -> Option<T> {
    let text = cx.text(value)?;
    let found = table.iter().find(|(name, _)| *name == text);
    if found.is_none() {
        let names = || table.iter().map(|(name, _)| *name);
        let meant = closest(text, names()).map(|meant| format!("; did you mean \"{meant}\"?"));
        let all: Vec<&str> = names().collect();
        cx.refuse(format!("\"{text}\" is none of {}{}", all.join(", "), meant.unwrap_or_default()));
    }
    found.map(|(_, value)| *value)
}

/// The name of a value of such a list.
fn name_of<T: PartialEq>(value: &T, table: &[(&'static str, T)]) -> Value {
    table.iter().find(|(_, known)| known == value).map_or("", |(name, _)| name).into()
}

macro_rules! word {
    ($ty:ident $table:ident) => {
        impl Member for $ty {
            fn read<'v>(&mut self, value: &'v Value, cx: &mut Cx<'v>) -> bool {
                let read = one_of(value, cx, &$table);
                *self = read.unwrap_or_default();
                read.is_some()
            }

            fn write(&self) -> Value {
                name_of(self, &$table)
            }
        }

        impl Typed for $ty {
            const TYPE: &'static GoType = &GoType::Plain("word");
        }
    };
}

/// Where the control plane is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// On machines of its own; members of etcd beside the API servers as far as there are as many.
    #[default]
    Stacked,
    /// On machines of its own, etcd on others.
    ExternalEtcd,
    /// On the first node.
    AllInOne,
}

const PLACES: [(&str, Place); 3] =
    [("stacked", Place::Stacked), ("external-etcd", Place::ExternalEtcd), ("all-in-one", Place::AllInOne)];
word!(Place PLACES);

/// How long images and containers take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    /// No time, as in the recordings.
    #[default]
    Immediate,
    /// As long as for real; claims are served by a default class.
    Lively,
}

const PACES: [(&str, Pace); 2] = [("immediate", Pace::Immediate), ("lively", Pace::Lively)];
word!(Pace PACES);

/// A view of the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// Where pods run.
    #[default]
    Nodes,
    /// Whom pods belong to.
    Owners,
    /// How requests reach them.
    Traffic,
    /// What keeps their data.
    Storage,
    /// How they did over time.
    Charts,
    /// The control plane, part by part.
    ControlPlane,
}

const VIEWS: [(&str, View); 6] = [
    ("nodes", View::Nodes),
    ("owners", View::Owners),
    ("traffic", View::Traffic),
    ("storage", View::Storage),
    ("charts", View::Charts),
    ("control-plane", View::ControlPlane),
];
word!(View VIEWS);
