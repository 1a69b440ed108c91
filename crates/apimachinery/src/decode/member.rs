//! What a field can hold: the plain types, and the containers of others.

use super::{Cx, GoType};
use crate::Str;
use serde_json::Value;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A value that can be read from a JSON tree and printed into one.
pub trait Member {
    /// Reads `value` into a default; false when that is not possible, which `cx` was told then.
    fn read<'v>(&mut self, value: &'v Value, cx: &mut Cx<'v>) -> bool;

    /// The JSON tree.
    fn write(&self) -> Value;

    /// Whether Go's `omitempty` leaves it out.
    fn is_empty(&self) -> bool {
        false
    }
}

/// A member whose type is known: one that containers can make and messages can name.
pub trait Typed: Member + Default {
    /// The type in Go's words.
    const TYPE: &'static GoType;
}

/// `T` read from `value`, if that is possible.
fn fresh<'v, T: Typed>(value: &'v Value, cx: &mut Cx<'v>) -> Option<T> {
    let mut made = T::default();
    made.read(value, cx).then_some(made)
}

impl Member for bool {
    fn read<'v>(&mut self, value: &'v Value, cx: &mut Cx<'v>) -> bool {
        match value {
            Value::Bool(truth) => *self = *truth,
            Value::Null => {}
            _ => return cx.wrong_type(value, Self::TYPE),
        }
        true
    }

    fn write(&self) -> Value {
        Value::Bool(*self)
    }

    fn is_empty(&self) -> bool {
        !self
    }
}

impl Typed for bool {
    const TYPE: &'static GoType = &GoType::Plain("bool");
}

macro_rules! integer {
    ($ty:ident $go:literal) => {
        impl Member for $ty {
            fn read<'v>(&mut self, value: &'v Value, cx: &mut Cx<'v>) -> bool {
                let read = cx.integer(value, $ty::MIN.into(), $ty::MAX.into(), Self::TYPE);
                *self = read.unwrap_or_default() as $ty;
                read.is_some()
            }

            fn write(&self) -> Value {
                (*self).into()
            }

            fn is_empty(&self) -> bool {
                *self == 0
            }
        }

        impl Typed for $ty {
            const TYPE: &'static GoType = &GoType::Plain($go);
        }
    };
}
integer!(i32 "int32");
integer!(i64 "int64");

/// The revision at which an object was last written, the only `u64` of the API; a decimal text in JSON.
impl Member for u64 {
    fn read<'v>(&mut self, value: &'v Value, cx: &mut Cx<'v>) -> bool {
        let Some(text) = cx.text(value) else { return false };
        // A version that is not ours cannot be equal to any of ours: it conflicts, as upstream.
        *self = if text.is_empty() { 0 } else { text.parse().unwrap_or(u64::MAX) };
        true
    }

    fn write(&self) -> Value {
        self.to_string().into()
    }

    fn is_empty(&self) -> bool {
        *self == 0
    }
}

impl Typed for u64 {
    const TYPE: &'static GoType = &GoType::Plain("string");
}

impl Member for Str {
    fn read<'v>(&mut self, value: &'v Value, cx: &mut Cx<'v>) -> bool {
        let Some(text) = cx.text(value) else { return false };
        *self = text.into();
        true
    }

    fn write(&self) -> Value {
        (**self).into()
    }

    fn is_empty(&self) -> bool {
        (**self).is_empty()
    }
}

impl Typed for Str {
    const TYPE: &'static GoType = &GoType::Plain("string");
}

/// Kept as it is.
impl Member for Value {
    fn read<'v>(&mut self, value: &'v Value, cx: &mut Cx<'v>) -> bool {
        *self = match value {
            Value::Array(_) => {
                let mut items = Vec::new();
                cx.list(value, Self::TYPE, &mut |item, cx| items.extend(fresh::<Value>(item, cx)));
                Value::Array(items)
            }
            Value::Object(_) => {
                let mut entries = serde_json::Map::new();
                cx.map(value, Self::TYPE, &mut |key, item, cx| {
                    entries.extend(fresh(item, cx).map(|item| (key.to_owned(), item)));
                });
                Value::Object(entries)
            }
            plain => plain.clone(),
        };
        true
    }

    fn write(&self) -> Value {
        self.clone()
    }
}

impl Typed for Value {
    const TYPE: &'static GoType = &GoType::Plain("interface {}");
}

impl<T: Typed> Member for Option<T> {
    fn read<'v>(&mut self, value: &'v Value, cx: &mut Cx<'v>) -> bool {
        if value.is_null() {
            return true;
        }
        let read = self.insert(T::default()).read(value, cx);
        if !read {
            *self = None;
        }
        read
    }

    fn write(&self) -> Value {
        match self {
            Some(inner) => inner.write(),
            None => Value::Null,
        }
    }

    fn is_empty(&self) -> bool {
        self.is_none()
    }
}

impl<T: Typed> Typed for Option<T> {
    const TYPE: &'static GoType = T::TYPE;
}

impl<T: Typed> Member for Box<T> {
    fn read<'v>(&mut self, value: &'v Value, cx: &mut Cx<'v>) -> bool {
        (**self).read(value, cx)
    }

    fn write(&self) -> Value {
        (**self).write()
    }
}

impl<T: Typed> Typed for Box<T> {
    const TYPE: &'static GoType = T::TYPE;
}

impl<T: Typed> Member for Rc<T> {
    fn read<'v>(&mut self, value: &'v Value, cx: &mut Cx<'v>) -> bool {
        let read = fresh(value, cx).map(Rc::new);
        read.map(|made| *self = made).is_some()
    }

    fn write(&self) -> Value {
        (**self).write()
    }
}

impl<T: Typed> Typed for Rc<T> {
    const TYPE: &'static GoType = T::TYPE;
}

impl<T: Typed> Member for Vec<T> {
    fn read<'v>(&mut self, value: &'v Value, cx: &mut Cx<'v>) -> bool {
        cx.list(value, Self::TYPE, &mut |item, cx| {
            self.push(T::default());
            if !self.last_mut().is_some_and(|last| last.read(item, cx)) {
                self.pop();
            }
        })
    }

    fn write(&self) -> Value {
        write_list(&|index| Some(self.get(index)?))
    }

    fn is_empty(&self) -> bool {
        self.is_empty()
    }
}

/// These entries as an object.
pub(crate) fn write_map<'m>(entries: &mut dyn Iterator<Item = (&'m Str, &'m dyn Member)>) -> Value {
    let mut map = serde_json::Map::new();
    for (key, item) in entries {
        map.insert(String::from(&**key), item.write());
    }
    Value::Object(map)
}

/// The members that `at` gives for 0, 1 and so on.
fn write_list<'m>(at: &dyn Fn(usize) -> Option<&'m dyn Member>) -> Value {
    Value::Array((0..).map_while(|index| Some(at(index)?.write())).collect())
}

impl<T: Typed> Typed for Vec<T> {
    const TYPE: &'static GoType = &GoType::List(T::TYPE);
}

impl<T: Typed> Member for BTreeMap<Str, T> {
    fn read<'v>(&mut self, value: &'v Value, cx: &mut Cx<'v>) -> bool {
        cx.map(value, Self::TYPE, &mut |key, item, cx| {
            if let Some(item) = fresh(item, cx) {
                self.insert(key.into(), item);
            }
        })
    }

    fn write(&self) -> Value {
        write_map(&mut self.iter().map(|(key, item)| (key, item as &dyn Member)))
    }

    fn is_empty(&self) -> bool {
        self.is_empty()
    }
}

impl<T: Typed> Typed for BTreeMap<Str, T> {
    const TYPE: &'static GoType = &GoType::Map(T::TYPE);
}
