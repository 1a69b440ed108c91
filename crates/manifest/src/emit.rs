//! Writes YAML as `kubectl get -o yaml` does (upstream: `sigs.k8s.io/yaml` over go-yaml v2).

use crate::gofmt::float64;
use crate::order::natural;
use crate::scalar::needs_quotes;
use libyaml_safer::{Emitter, Encoding, Event, MappingStyle, ScalarStyle, SequenceStyle};
use orrery_apimachinery::Order;
use serde_json::{Number, Value};

/// The YAML of a tree: keys sorted, lists at the indentation of their key, texts quoted only where a plain
/// scalar would be read as something else.
pub fn to_yaml(value: &Value) -> String {
    let mut bytes = Vec::new();
    let mut emitter = Emitter::new();
    emitter.set_output_string(&mut bytes);
    emitter.set_unicode(true);
    let mut emit = |event| emitter.emit(event).expect("the events are those of one well-formed document");
    emit(Event::stream_start(Encoding::Utf8));
    emit(Event::document_start(None, &[], true));
    write(value, &mut emit);
    emit(Event::document_end(true));
    emit(Event::stream_end());
    drop(emitter);
    let yaml = String::from_utf8(bytes).expect("the emitter was asked for UTF-8");
    // go-yaml never closes a document, not even one that ends with kept empty lines.
    let end = if yaml.ends_with("\n...\n") { yaml.len() - "...\n".len() } else { yaml.len() };
    escape_beyond_first_plane(&yaml[..end])
}

/// go-yaml escapes characters beyond the first plane, such as emoji; [`text`] put them in double quotes.
fn escape_beyond_first_plane(yaml: &str) -> String {
    if yaml.chars().all(|c| c <= '\u{ffff}') {
        return yaml.into();
    }
    let escape = |c: char| if c > '\u{ffff}' { format!("\\U{:08X}", u32::from(c)) } else { c.into() };
    yaml.chars().map(escape).collect()
}

fn write(value: &Value, emit: &mut impl FnMut(Event)) {
    match value {
        Value::Null => emit(plain("null")),
        Value::Bool(b) => emit(plain(&b.to_string())),
        Value::Number(n) => emit(plain(&number(n))),
        Value::String(s) => emit(text(s)),
        Value::Array(items) => {
            emit(Event::sequence_start(None, None, true, SequenceStyle::Block));
            items.iter().for_each(|item| write(item, emit));
            emit(Event::sequence_end());
        }
        Value::Object(entries) => {
            emit(Event::mapping_start(None, None, true, MappingStyle::Block));
            let mut entries: Vec<(&String, &Value)> = entries.iter().collect();
            entries.order_by(|a, b| natural(a.0, b.0));
            for (key, value) in entries {
                // Upstream writes this one plain and then reads it as a merge.
                emit(if key == "<<" { quoted(key) } else { text(key) });
                write(value, emit);
            }
            emit(Event::mapping_end());
        }
    }
}

fn plain(text: &str) -> Event {
    Event::scalar(None, None, text, true, true, ScalarStyle::Plain)
}

fn quoted(text: &str) -> Event {
    Event::scalar(None, None, text, true, true, ScalarStyle::DoubleQuoted)
}

fn text(text: &str) -> Event {
    if text.chars().any(|c| c > '\u{ffff}') {
        quoted(text)
    } else if text.contains('\n') {
        Event::scalar(None, None, text, true, true, ScalarStyle::Literal)
    } else if needs_quotes(text) {
        quoted(text)
    } else {
        plain(text)
    }
}

fn number(number: &Number) -> String {
    match number.as_f64() {
        Some(f) if number.is_f64() => match crate::gofmt::json_number(f) {
            Some(integer) if !integer.is_f64() => integer.to_string(),
            _ => float64(f),
        },
        _ => number.to_string(),
    }
}
