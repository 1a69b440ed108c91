//! What upstream calls our types: messages name Go's.

/// The Go name of a Rust type given by `std::any::type_name`.
pub(super) fn go_type(rust: &str) -> String {
    let (name, arguments) = match rust.split_once('<') {
        Some((name, rest)) => (name, rest.strip_suffix('>').unwrap_or(rest)),
        None => (rust, ""),
    };
    match name.rsplit("::").next().unwrap_or(name) {
        "str" | "&str" | "String" => "string".into(),
        "i8" | "i16" | "i32" => "int32".into(),
        "i64" | "isize" => "int64".into(),
        "u8" | "u16" | "u32" => "uint32".into(),
        "u64" | "usize" => "uint64".into(),
        "f32" | "f64" => "float64".into(),
        "bool" => "bool".into(),
        "Value" => "interface {}".into(),
        "StrMap" => "map[string]string".into(),
        "Option" | "Rc" | "Box" => go_type(arguments),
        "Vec" => format!("[]{}", go_type(arguments)),
        "BTreeMap" => {
            let (key, value) = arguments.split_once(", ").unwrap_or(("str", arguments));
            format!("map[{}]{}", go_type(key), go_type(value))
        }
        own => format!("v1.{own}"),
    }
}
