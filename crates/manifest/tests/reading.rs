//! Text in, documents and diagnostics out.

use expect_test::{Expect, expect};
use orrery_manifest::{Document, Limits, Reading, expand_lists, objects, read};
use std::fmt::Write;

/// The documents, a line of JSON each, then what is wrong, a line each.
fn print(reading: &Reading) -> String {
    let mut out = String::new();
    for document in &reading.documents {
        writeln!(out, "{}: {}", document.line, document.value).expect("a string takes it");
    }
    for d in &reading.diagnostics {
        let (from, to) = ((d.line, d.column), (d.end_line, d.end_column));
        writeln!(out, "{:?} {}:{}-{}:{} {} {}", d.severity, from.0, from.1, to.0, to.1, d.path, d.message)
            .expect("a string takes it");
        if let Some(hint) = &d.hint {
            writeln!(out, "  {hint}").expect("a string takes it");
        }
    }
    out
}

fn check(text: &str, expected: Expect) {
    expected.assert_eq(&print(&read(text, &Limits::default())));
}

#[test]
fn documents_are_separated_and_empty_ones_skipped() {
    check(
        "\u{feff}# a comment\r\n---\r\na: 1\r\n--- # next\r\n\r\n---\r\n# nothing\r\n---\r\n~\r\n---\r\n- b\r\n",
        expect![[r#"
            3: {"a":1}
            11: ["b"]
        "#]],
    );
}

#[test]
fn scalars_have_the_types_that_kubernetes_sees() {
    check(
        "a: yes\nb: 'yes'\nc: 0644\nd: 1_000\ne: ~\nf: 1.0\ng: 2024-01-01\nh: !!str 12\ni: |\n  two\n  lines\n1: one\ntrue: t\n",
        expect![[r#"
            1: {"1":"one","a":true,"b":"yes","c":420,"d":1000,"e":null,"f":1,"g":"2024-01-01","h":"12","i":"two\nlines\n","true":"t"}
        "#]],
    );
}

#[test]
fn json_is_read_too_one_value_after_the_other() {
    check(
        "{\"a\":\n\t[1, 2.0, \"\\ud83d\\ude00\\/\"]}\n{\"b\": null}",
        expect![[r#"
        1: {"a":[1,2,"😀/"]}
        3: {"b":null}
    "#]],
    );
}

#[test]
fn json_is_refused_in_the_words_of_go() {
    check(
        "{\n  \"a\": 1,\n}",
        expect![[r#"
        Error 3:1-3:2  json: offset 13: invalid character '}' looking for beginning of object key string
          a text that starts with `{` is read as JSON: keys and texts in double quotes, commas between, none at the end
    "#]],
    );
    check(
        "{apiVersion: v1}",
        expect![[r#"
        Error 1:2-1:3  json: offset 2: invalid character 'a' looking for beginning of object key string
          a text that starts with `{` is read as JSON: keys and texts in double quotes, commas between, none at the end
    "#]],
    );
    check(
        "{\"a\": [1",
        expect![[r#"
        Error 1:9-1:10  unexpected EOF
          a text that starts with `{` is read as JSON: keys and texts in double quotes, commas between, none at the end
    "#]],
    );
}

#[test]
fn merges_and_aliases_are_expanded() {
    check(
        "base: &b {x: 1, w: 2}\none:\n  <<: *b\n  w: 3\nmany:\n  <<: [*b, {x: 7, z: 8}]\nagain: *b\n",
        expect![[r#"
            1: {"again":{"w":2,"x":1},"base":{"w":2,"x":1},"many":{"w":2,"x":1,"z":8},"one":{"w":3,"x":1}}
        "#]],
    );
}

#[test]
fn the_last_of_two_equal_keys_wins_with_a_warning() {
    check(
        "spec:\n  containers:\n  - name: a\n    image: x\n    name: b\n",
        expect![[r#"
        1: {"spec":{"containers":[{"image":"x","name":"b"}]}}
        Warning 5:5-5:9 spec.containers[0].name key "name" already set in map
          the last one wins; the first is in line 3
    "#]],
    );
}

#[test]
fn broken_yaml_is_refused_in_the_words_of_upstream_with_advice() {
    let rows = [
        ("a tab in the indentation", "a:\n\tb: 1\n"),
        ("a sibling that is indented less", "a:\n  b: 1\n c: 2\n"),
        ("a line without its colon", "apiVersion: v1\nkind Pod\nmetadata:\n  name: a\n"),
        ("no space after the colon of the line above", "metadata:\n  name:web\n  labels:\n    a: b\n"),
        ("no space after a dash", "spec:\n  containers:\n  -name: a\n   image: b\n"),
        ("two colons in one line", "a: b: c\n"),
        ("a deeper line under a value", "a: b\n  c: d\n"),
        ("a quote that is never closed", "a: \"b\nc: d\n"),
        ("a bracket that is never closed", "a: [1, 2\nb: c\n"),
        ("a value that starts with an at sign", "a: @b\n"),
        ("a template that was not rendered", "a: {{ .Values.a }}\n"),
        ("an alias without its anchor", "a: *b\n"),
        ("an alias within its own anchor", "a: &b [*b]\n"),
        ("a key that is null", "~: 1\n"),
        ("a merge of something else than a map", "<<: 3\n"),
        ("a number that JSON has not", "a: .inf\n"),
        ("a tag that does not fit", "a: !!int b\n"),
        ("a list in the line of its key", "a: - b\n"),
        ("a separator that says more", "a: b\n--- c\nd: e\n"),
        ("a second document after dots", "a: b\n...\nc: d\n"),
        ("a second value in one document", "[a] b\n"),
        ("a text that ends amid an escape", "a: \"\\"),
        ("a comma after a tag, which upstream takes for a part of it", "a: [!x, y, !z, \"!b, c\"]\n"),
        ("a full-width character at the start", "！: 1\n"),
        ("a missing space within braces", "a: {b:{c: 1}}\n"),
        ("an invisible character", "a: \u{1}\n"),
        ("a backslash in double quotes", "a: \"\\d\"\n"),
    ];
    let mut out = String::new();
    for (name, text) in rows {
        write!(out, "# {name}\n{}", print(&read(text, &Limits::default()))).expect("a string takes it");
    }
    expect![[r##"
        # a tab in the indentation
        Error 2:1-2:2  yaml: line 2: found character that cannot start any token
          this is a tab: YAML is indented with spaces only
        # a sibling that is indented less
        Error 3:2-3:3  yaml: line 2: did not find expected key
          the keys of one map start in the same column, and a quoted value ends with its quote
        # a line without its colon
        Error 2:1-2:2  yaml: line 3: could not find expected ':'
          a key is followed by a colon and a space: `key: value`
        # no space after the colon of the line above
        Error 3:9-3:10  yaml: line 3: mapping values are not allowed in this context
          put a space after the colon in the line above: `key: value`
        # no space after a dash
        Error 4:9-4:10  yaml: line 4: mapping values are not allowed in this context
          put a space after the dash in the line above: `- `
        # two colons in one line
        Error 1:5-1:6  yaml: mapping values are not allowed in this context
          a value that holds a colon and a space must be quoted
        # a deeper line under a value
        Error 2:4-2:5  yaml: line 2: mapping values are not allowed in this context
          this line is indented deeper than the line above, which has a value already
        # a quote that is never closed
        Error 1:4-1:5  yaml: line 3: found unexpected end of stream
          a quote is opened here and never closed
        # a bracket that is never closed
        Error 2:2-2:3  yaml: line 1: did not find expected ',' or ']'
          a list that starts with `[` ends with `]`
        # a value that starts with an at sign
        Error 1:4-1:5  yaml: found character that cannot start any token
          a value cannot start with `@`: quote it
        # a template that was not rendered
        Error 1:5-1:18  yaml: invalid map key: map[interface {}]interface {}{".Values.a":interface {}(nil)}
          a key is a text; a value in braces is a map: quote it, and render templates before applying them
        # an alias without its anchor
        Error 1:4-1:6  yaml: unknown anchor 'b' referenced
        # an alias within its own anchor
        Error 1:8-1:10  yaml: anchor 'b' value contains itself
        # a key that is null
        Error 1:4-1:5  unsupported map key of type: %!s(<nil>), key: <nil>, value: 1
        # a merge of something else than a map
        Error 1:5-1:6  yaml: map merge requires map or sequence of maps as the value
        # a number that JSON has not
        Error 1:4-1:8  json: unsupported value: +Inf
          JSON, which the API server speaks, has no such number; quote it to make it a text
        # a tag that does not fit
        Error 1:4-1:11  yaml: cannot decode !!str `b` as a !!int
        # a list in the line of its key
        Error 1:4-1:5  yaml: block sequence entries are not allowed in this context
          a list starts on the line after its key, with `- `
        # a separator that says more
        1: {"a":"b"}
        3: {"d":"e"}
        Error 2:1-2:6  invalid Yaml document separator: c
          `---` stands alone on its line; put what follows on the next line
        # a second document after dots
        1: {"a":"b"}
        Warning 3:1-3:2  what follows the end of the document is not read
          separate documents with a line of `---`
        # a second value in one document
        1: ["a"]
        Warning 1:5-1:6  what follows the end of the document is not read
          separate documents with a line of `---`
        # a text that ends amid an escape
        Error 1:4-1:5  yaml: line 2: found unexpected end of stream
          a quote is opened here and never closed
        # a comma after a tag, which upstream takes for a part of it
        1: {"a":["y","!b, c"]}
        # a full-width character at the start
        1: {"！":1}
        # a missing space within braces
        Error 1:7-1:8  yaml: did not find expected ',' or '}'
          put a space after the colon: `{key: value}`
        # an invisible character
        Error 1:4-1:5  yaml: control characters are not allowed
          remove the invisible character
        # a backslash in double quotes
        Error 1:5-1:6  yaml: found unknown escape character
          in double quotes a backslash starts an escape: use single quotes, or write it twice
    "##]]
    .assert_eq(&out);
}

#[test]
fn a_broken_document_does_not_hide_the_others() {
    check(
        "a: 1\n---\nb: [\n---\nc: 3\n---\nd: 1\n e: 2\n",
        expect![[r#"
            1: {"a":1}
            5: {"c":3}
            Error 4:1-4:2  yaml: line 1: did not find expected node content
              a value is missing here, or a bracket is not closed
            Error 8:3-8:4  yaml: line 2: mapping values are not allowed in this context
              this line is indented deeper than the line above, which has a value already
        "#]],
    );
}

#[test]
fn every_value_knows_its_place() {
    let text = "# first\nspec:\n  containers:\n  - name: web\n    image: nginx\n    ports: [{containerPort: 80}]\n  text: |\n    a\n    b\nmetadata:\n  labels:\n    app.kubernetes.io/name: web\n    app: x\n  empty:\n";
    let reading = read(text, &Limits::default());
    let mut out = String::new();
    for path in [
        "",
        "spec",
        "spec.containers[0]",
        "spec.containers[0].image",
        "spec.containers[0].ports[0].containerPort",
        "spec.containers[0].imagePullPolicy",
        "spec.containers[7].name",
        "spec.text",
        "metadata.labels.app.kubernetes.io/name",
        "metadata.labels[app.kubernetes.io/name]",
        "metadata.labels.app",
        "metadata.empty",
        "status.nothing",
    ] {
        let span = reading.documents[0].positions.of(path);
        let key = span
            .key
            .map_or("-".into(), |k| format!("{}:{}-{}:{}", k.line, k.column, k.end_line, k.end_column));
        let v = span.value;
        writeln!(out, "{path}: key {key} value {}:{}-{}:{}", v.line, v.column, v.end_line, v.end_column)
            .expect("a string takes it");
    }
    expect![[r#"
        : key - value 2:1-14:9
        spec: key 2:1-2:5 value 3:3-10:1
        spec.containers[0]: key - value 4:5-6:33
        spec.containers[0].image: key 5:5-5:10 value 5:12-5:17
        spec.containers[0].ports[0].containerPort: key 6:14-6:27 value 6:29-6:31
        spec.containers[0].imagePullPolicy: key - value 4:5-6:33
        spec.containers[7].name: key 3:3-3:13 value 4:3-6:33
        spec.text: key 7:3-7:7 value 7:9-10:1
        metadata.labels.app.kubernetes.io/name: key 12:5-12:27 value 12:29-12:32
        metadata.labels[app.kubernetes.io/name]: key 12:5-12:27 value 12:29-12:32
        metadata.labels.app: key 13:5-13:8 value 13:10-13:11
        metadata.empty: key 14:3-14:8 value 14:9-14:9
        status.nothing: key - value 2:1-14:9
    "#]]
    .assert_eq(&out);
}

#[test]
fn the_objects_of_a_list_know_their_own_places() {
    let text = "apiVersion: v1\nkind: List\nitems:\n- kind: A\n  x: 1\n- kind: B\n  z: 2\n";
    let documents = read(text, &Limits::default()).documents;
    let objects: Vec<Document> = documents.into_iter().flat_map(expand_lists).collect();
    let places: Vec<_> = objects.iter().map(|o| (o.value.to_string(), o.line)).collect();
    assert_eq!(places, [(r#"{"kind":"A","x":1}"#.into(), 4), (r#"{"kind":"B","z":2}"#.into(), 6)]);
    assert_eq!(objects[1].positions.of("z").value.line, 7);
}

#[test]
fn what_kubectl_refuses_of_lists_and_of_metadata_is_refused_with_advice() {
    let rows = [
        ("a list within a list", "kind: List\nitems:\n- kind: List\n  items: []\n"),
        ("a map for the elements of a list", "kind: List\nitems: {}\n"),
        ("a list for metadata", "apiVersion: v1\nkind: Pod\nmetadata: []\n"),
        ("a number for a version", "apiVersion: 1\nkind: Pod\n"),
        ("a slash with a backslash, as in JSON", "a:\n  b: \"é\n    \\/\"\n"),
        ("another YAML", "%YAML 1.2\n---\na: b\n"),
        ("what was not UTF-8", "a: 1\nb: é\u{fffd}\n"),
        ("JSON objects with a line between", "{}\n---\n{}\n"),
    ];
    let mut out = String::new();
    for (name, text) in rows {
        writeln!(out, "# {name}").expect("a string takes it");
        for d in objects(text).diagnostics.iter().filter(|d| !d.message.starts_with("Object ")) {
            writeln!(out, "{}:{} {}", d.line, d.column, d.message).expect("a string takes it");
            writeln!(out, "  {}", d.hint.as_deref().unwrap_or("-")).expect("a string takes it");
        }
    }
    expect![[r#"
        # a list within a list
        4:10 *unstructured.Unstructured is not a list: no Items field in this object
          put the elements of the inner list into the outer one
        # a map for the elements of a list
        2:8 json: cannot unmarshal object into Go struct field decodeList.items of type []json.RawMessage
          a list is expected: start each element with `- `
        # a list for metadata
        3:11 json: cannot unmarshal array into Go struct field metadataOnlyObject.metadata of type v1.ObjectMeta
          a map is expected: lines of `key: value`, indented
        # a number for a version
        1:13 json: cannot unmarshal number into Go struct field metadataOnlyObject.apiVersion of type string
          a text is expected, such as `v1`
        # a slash with a backslash, as in JSON
        3:5 yaml: line 3: found unknown escape character
          write the slash without the backslash
        # another YAML
        2:1 yaml: found incompatible YAML document
          Kubernetes reads YAML 1.1: leave out the line that starts with `%YAML`
        # what was not UTF-8
        2:5 a character here could not be read: the text was not UTF-8
          save the file as UTF-8
        # JSON objects with a line between
        2:2 json: offset 5: invalid character '-' in numeric literal
          JSON objects follow each other without `---`
    "#]].assert_eq(&out);
}

#[test]
fn kubectl_says_what_it_was_doing_with_the_file() {
    let rows = [
        ("a: [\n", "error converting YAML to JSON: yaml: line 1: did not find expected node content"),
        ("a: .inf\n", "error converting YAML to JSON: json: unsupported value: +Inf"),
        ("{\"a\":b}", "json: offset 6: invalid character 'b' looking for beginning of value"),
    ];
    for (text, words) in rows {
        let diagnostic = &read(text, &Limits::default()).diagnostics[0];
        assert_eq!(diagnostic.parsing("web.yaml"), format!("error: error parsing web.yaml: {words}"));
    }
}
