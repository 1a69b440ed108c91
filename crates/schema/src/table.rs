//! The table as types and fields, and how to find them.

use crate::{TEXT, Ty};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// A struct of the API, or a type that JSON holds as something plain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Type {
    /// Its name, with its group in front where two types share a name.
    pub name: &'static str,
    /// The API version, if it is a kind.
    pub api_version: Option<&'static str>,
    /// The plain type in the words of JSON Schema, if it is held as one.
    pub plain: Option<&'static str>,
    /// What the API says of it.
    pub doc: String,
    /// Its fields by name.
    pub fields: Vec<Field>,
}

/// A field of a struct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in JSON.
    pub name: &'static str,
    /// What it holds.
    pub ty: Ty,
    /// Whether it has to be there.
    pub required: bool,
    /// The fields of its elements by which a list is merged.
    pub keys: Vec<&'static str>,
    /// The values it is confined to; of its elements, if it is a list.
    pub values: Vec<&'static str>,
    /// Whether the API publishes these values as an enumeration.
    pub published: bool,
    /// What the API says of it.
    pub doc: String,
}

/// One step into an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// To a field, or to the value of a map at a key.
    Field(String),
    /// To an element of a list.
    Item,
}

/// The whole table.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    types: BTreeMap<&'static str, Type>,
}

impl Schema {
    /// The table that is compiled in, for programs that may be large.
    pub fn compiled_in() -> &'static Schema {
        static READ: OnceLock<Schema> = OnceLock::new();
        READ.get_or_init(|| Schema::parse(TEXT))
    }

    /// Reads the table. Lines that mean nothing are passed over: the file may be of another version.
    pub fn parse(text: &'static str) -> Schema {
        let mut schema = Schema::default();
        let mut open: Option<Type> = None;
        for line in text.lines() {
            if let Some(head) = line.strip_prefix('@') {
                schema.close(open.replace(opening(head)));
            } else if let Some(current) = &mut open {
                match line.strip_prefix('|') {
                    Some(prose) => document(current, prose),
                    None => current.fields.extend(field(line)),
                }
            }
        }
        schema.close(open);
        schema
    }

    fn close(&mut self, done: Option<Type>) {
        if let Some(done) = done {
            self.types.insert(done.name, done);
        }
    }

    /// All types by name.
    pub fn types(&self) -> impl Iterator<Item = &Type> {
        self.types.values()
    }

    /// The kinds among the types.
    pub fn kinds(&self) -> impl Iterator<Item = (&'static str, &Type)> {
        self.types().filter_map(|ty| Some((ty.api_version?, ty)))
    }

    /// The type of that name in the table.
    pub fn named(&self, ty: Ty) -> Option<&Type> {
        self.types.get(ty.word())
    }

    /// The kind of that name in an API version.
    pub fn kind(&self, api_version: &str, kind: &str) -> Option<&Type> {
        self.kinds()
            .find(|(version, ty)| *version == api_version && Ty(ty.name).name() == kind)
            .map(|(_, ty)| ty)
    }

    /// The fields of what is inside all lists and maps of `ty`.
    pub fn fields(&self, ty: Ty) -> &[Field] {
        self.named(ty.innermost()).map_or(&[], |ty| &ty.fields)
    }

    /// The type that `steps` lead to from a kind, and the field that it was last a value of.
    pub fn at<'s>(&'s self, kind: &'s Type, steps: &[Step]) -> Option<(Ty, Option<&'s Field>)> {
        let mut here = (Ty(kind.name), None);
        for step in steps {
            here = match (step, here.0.element(), here.0.value()) {
                (Step::Item, Some(element), _) => (element, here.1),
                (Step::Field(_), None, Some(value)) => (value, here.1),
                (Step::Field(name), None, None) => {
                    let field = self.named(here.0)?.field(name)?;
                    (field.ty, Some(field))
                }
                _ => return None,
            };
        }
        Some(here)
    }

    /// A type in the words of JSON Schema, as `kubectl explain` writes them: `[]Container`, `map[string]string`.
    pub fn shown(&self, ty: Ty) -> String {
        if let Some(element) = ty.element() {
            return format!("[]{}", self.shown(element));
        }
        if let Some(value) = ty.value() {
            return format!("map[string]{}", self.shown(value));
        }
        let plain = ty.plain().or_else(|| self.named(ty)?.plain);
        plain.unwrap_or(ty.name()).to_owned()
    }
}

impl Type {
    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

fn opening(head: &'static str) -> Type {
    let (name, rest) = head.split_once(' ').unwrap_or((head, ""));
    let (plain, api_version) = match rest.strip_prefix('=') {
        Some(plain) => (Some(plain), None),
        None => (None, Some(rest).filter(|rest| !rest.is_empty())),
    };
    Type { name, api_version, plain, ..Type::default() }
}

/// One more line of prose for what was read last.
fn document(ty: &mut Type, prose: &str) {
    let doc = match ty.fields.last_mut() {
        Some(field) => &mut field.doc,
        None => &mut ty.doc,
    };
    if !doc.is_empty() {
        doc.push('\n');
    }
    doc.push_str(prose);
}

fn field(line: &'static str) -> Option<Field> {
    let mut words = line.split(' ');
    let name = words.next()?;
    let ty = Ty(words.next()?);
    let (name, required) = name.strip_suffix('!').map_or((name, false), |name| (name, true));
    let mut field = Field {
        name,
        ty,
        required,
        keys: Vec::new(),
        values: Vec::new(),
        published: false,
        doc: String::new(),
    };
    for word in words {
        let list = word.get(1..).unwrap_or_default().split(',');
        match word.as_bytes().first() {
            Some(b'*') => field.keys = list.collect(),
            Some(sign @ (b'=' | b'~')) => {
                field.published = *sign == b'=';
                field.values = list.collect();
            }
            _ => {}
        }
    }
    Some(field)
}
