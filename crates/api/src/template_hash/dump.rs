//! A template as Go's dumper prints it: `(v1.PodTemplateSpec){ObjectMeta:(v1.ObjectMeta){Name:(string)…`
//! (upstream: `k8s.io/apimachinery/pkg/util/dump`, `ForHash`).

use super::{layout, quantity};
use crate::PodTemplateSpec;
use orrery_apimachinery::Value;
use orrery_apimachinery::decode::encode;

/// The text that upstream hashes.
pub(super) fn dump(template: &PodTemplateSpec) -> String {
    let template = encode(template);
    let mut dump = Dump { out: String::new() };
    dump.typed("PodTemplateSpec", Some(&template));
    dump.out
}

struct Dump {
    out: String,
}

impl Dump {
    /// A value behind its type, as fields of structs are printed.
    fn typed(&mut self, ty: &str, value: Option<&Value>) {
        let name = ty.trim_start_matches(['*', '[', ']']);
        let local = name.starts_with(|c: char| c.is_ascii_uppercase());
        let package = if local { "v1." } else { "" };
        self.out.extend(["(", &ty[..ty.len() - name.len()], package, name, ")"]);
        self.bare(ty, value);
    }

    /// A value alone. The store makes no difference between an empty list or map and none: both are nil.
    fn bare(&mut self, ty: &str, value: Option<&Value>) {
        if let Some(target) = ty.strip_prefix('*') {
            match value {
                Some(value) => self.bare(target, Some(value)),
                None => self.out.push_str("<nil>"),
            }
        } else if let Some(element) = ty.strip_prefix("[]") {
            self.list(element, value);
        } else if let Some(fields) = layout::fields(ty) {
            self.structure(fields, value);
        } else {
            match ty {
                "map[string]string" => self.map("string", value),
                "ResourceList" => self.map("resource.Quantity", value),
                "bool" | "int32" | "int64" => self.scalar(ty, value),
                "intstr.IntOrString" => self.int_or_string(value),
                "resource.Quantity" => {
                    quantity::dump(&mut self.out, value.and_then(Value::as_str).unwrap_or("0"))
                }
                // Templates are never created at a time of their own.
                "Time" => self
                    .out
                    .push_str("{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}"),
                _ => self.out.push_str(value.and_then(Value::as_str).unwrap_or_default()),
            }
        }
    }

    fn list(&mut self, element: &str, value: Option<&Value>) {
        let Some(items) = value.and_then(Value::as_array).filter(|items| !items.is_empty()) else {
            return self.out.push_str("<nil>");
        };
        self.sequence("[", "]", items, |dump, item| dump.bare(element, Some(item)));
    }

    fn map(&mut self, element: &str, value: Option<&Value>) {
        let Some(entries) = value.and_then(Value::as_object).filter(|entries| !entries.is_empty()) else {
            return self.out.push_str("<nil>");
        };
        self.sequence("map[", "]", entries, |dump, (key, item)| {
            dump.out.extend([key, ":"]);
            dump.bare(element, Some(item));
        });
    }

    fn structure(&mut self, fields: &'static str, value: Option<&Value>) {
        self.sequence("{", "}", layout::parse(fields), |dump, field| {
            let member = match &field.key {
                Some(key) => value.and_then(|value| value.get(key)).filter(|member| !member.is_null()),
                None => value,
            };
            dump.out.extend([field.name, ":"]);
            dump.typed(field.ty, member);
        });
    }

    fn scalar(&mut self, ty: &str, value: Option<&Value>) {
        match value {
            Some(value) => self.out.push_str(&value.to_string()),
            None => self.out.push_str(if ty == "bool" { "false" } else { "0" }),
        }
    }

    fn int_or_string(&mut self, value: Option<&Value>) {
        let text = value.and_then(Value::as_str);
        let number = value.and_then(Value::as_i64).unwrap_or(0);
        let (kind, text) = text.map_or((0, ""), |text| (1, text));
        self.out
            .push_str(&format!("{{Type:(intstr.Type){kind} IntVal:(int32){number} StrVal:(string){text}}}"));
    }

    /// Items between brackets, with spaces between them.
    fn sequence<I: IntoIterator>(
        &mut self,
        open: &str,
        close: &str,
        items: I,
        each: impl Fn(&mut Self, I::Item),
    ) {
        self.out.push_str(open);
        for (i, item) in items.into_iter().enumerate() {
            if i > 0 {
                self.out.push(' ');
            }
            each(self, item);
        }
        self.out.push_str(close);
    }
}
