//! Who set which fields of an object, as its metadata remembers it.

use crate::decode::{Cx, Fields, GoType, Member, Typed};
use crate::{Str, Time, Value};

/// The fields that one manager set in one way (upstream: `metav1.ManagedFieldsEntry`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ManagedFieldsEntry {
    /// The program, or the name that it gave.
    #[json(omitempty)]
    pub manager: Str,
    /// `Apply` or `Update`.
    #[json(omitempty)]
    pub operation: Str,
    /// The version in which the fields are named.
    #[json(omitempty)]
    pub api_version: Str,
    /// When the manager last changed something.
    #[json(omitempty)]
    pub time: Option<Time>,
    /// `FieldsV1`, the only format that there is.
    #[json(omitempty)]
    pub fields_type: Str,
    /// The fields.
    #[json(omitempty)]
    pub fields_v1: FieldsV1,
    /// The subresource through which they were set; empty for the object itself.
    #[json(omitempty)]
    pub subresource: Str,
}

/// A set of fields as JSON text: the tree is made when somebody looks.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct FieldsV1(Option<Str>);

impl FieldsV1 {
    /// The set that this tree describes.
    pub fn new(tree: &Value) -> Self {
        FieldsV1(Some(tree.to_string().into()))
    }

    /// The tree; an empty one where there is none.
    pub fn tree(&self) -> Value {
        let tree = self.0.as_ref().and_then(|text| serde_json::from_str(text).ok());
        tree.unwrap_or_else(|| Value::Object(Default::default()))
    }
}

impl FieldsV1 {
    /// Whether the field at the end of these steps, such as `f:metadata`, is in the set.
    pub fn has(&self, steps: &[&str]) -> bool {
        let tree = self.tree();
        let node = steps.iter().try_fold(&tree, |node, step| node.get(step));
        node.and_then(Value::as_object).is_some_and(|below| below.is_empty() || below.contains_key(SELF))
    }

    /// What is in either set.
    pub fn union(&self, other: &FieldsV1) -> FieldsV1 {
        FieldsV1::new(&union(self.tree(), other.tree(), false))
    }
}

/// The step that stands for the field itself where there are others below it.
const SELF: &str = ".";

fn union(mine: Value, theirs: Value, is_field: bool) -> Value {
    let (Value::Object(mut all), Value::Object(more)) = (mine, theirs) else { return Value::Null };
    if is_field && all.is_empty() != more.is_empty() {
        all.insert(SELF.into(), Value::Object(Default::default()));
    }
    for (step, below) in more {
        let below = match all.remove(&step) {
            Some(mine) => union(mine, below, step != SELF),
            None => below,
        };
        all.insert(step, below);
    }
    Value::Object(all)
}

impl Member for FieldsV1 {
    fn read<'v>(&mut self, value: &'v Value, _cx: &mut Cx<'v>) -> bool {
        *self = FieldsV1::new(value);
        true
    }

    fn write(&self) -> Value {
        self.tree()
    }

    fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

impl Typed for FieldsV1 {
    const TYPE: &'static GoType = &GoType::Named("FieldsV1");
}
