//! Links are hostile input: each way to be wrong has its own reason, and nothing is ever half opened.

use super::goldens::run;
use crate::{
    Action, DICTIONARY, Damage, File, Limit, Link, SIZE_LIMIT, Step, base64url, decode, deflate, encode,
    frame, limits,
};

/// A link of whatever text, whole and with a checksum that fits.
fn forged(codec: u8, text: &str) -> String {
    let dictionary = if codec == 1 { &[] } else { DICTIONARY };
    let body = deflate::pack(text.as_bytes(), dictionary);
    format!("{codec}:{}", base64url::encode(&frame::close(&body)))
}

/// A link of a run in which something was changed.
fn changed(change: impl FnOnce(&mut Link)) -> String {
    let mut link = Link { nodes: 3, seed: 1, speed: 1.0, ..Link::default() };
    change(&mut link);
    encode(&link)
}

fn step(at: u64) -> Step {
    Step { at, action: Action::AddNode }
}

#[test]
fn every_link_that_is_cut_is_refused() {
    let whole = encode(&run());
    for length in 0..whole.len() {
        let damage = decode(&whole[..length]).unwrap_err();
        let expected = match length {
            0 | 1 => matches!(damage, Damage::NotALink),
            // A last character alone cannot be a byte.
            _ if (length - 2) % 4 == 1 => matches!(damage, Damage::Checksum | Damage::Cut { .. }),
            _ => matches!(damage, Damage::Cut { .. }),
        };
        assert!(expected, "{length} of {}: {damage:?}", whole.len());
    }
}

#[test]
fn every_bit_that_flips_is_noticed() {
    let whole = encode(&run());
    let payload = base64url::decode(&whole[2..]).unwrap();
    for bit in 0..payload.len() * 8 {
        let mut flipped = payload.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let damage = decode(&format!("2:{}", base64url::encode(&flipped))).unwrap_err();
        assert!(matches!(damage, Damage::Checksum | Damage::Cut { .. }), "bit {bit}: {damage:?}");
    }
}

#[test]
fn what_is_no_link_is_refused() {
    let codec = |number: &str| Damage::Codec(number.into());
    let cut = |got| Damage::Cut { got, of: 8 };
    let rows = [
        ("nothing", "", Damage::NotALink),
        ("a heading", "about", Damage::NotALink),
        ("an anchor with a colon", "chapter:2", Damage::NotALink),
        ("a colon alone", ":AAAA", Damage::NotALink),
        ("an address", "https://kubernetes.io/docs/", Damage::NotALink),
        ("a number below zero", "-1:AAAA", Damage::NotALink),
        ("a newer codec", "3:AAAA", codec("3")),
        ("a codec that nobody will write", "99999999999999999999:AAAA", codec("99999999999999999999")),
        ("zeros before the number", "02:AAAA", codec("02")),
        ("nothing after the number", "2:", cut(0)),
        ("half a header", "2:AAAAAA", cut(4)),
        ("signs outside the alphabet", "2:%%%%", Damage::Checksum),
        ("signs of the other base64", "1:AA+/AAAA", Damage::Checksum),
        ("markup", "2:<script>alert(1)</script>", Damage::Checksum),
        ("an empty frame of zeros", "2:AAAAAAAAAAA", Damage::Checksum),
    ];
    for (name, text, expected) in rows {
        assert_eq!(decode(text), Err(expected), "{name}");
    }
}

#[test]
fn what_was_forged_is_refused() {
    let with = |field: &str| format!("{{\"files\":[],\"seed\":1,\"nodes\":3,{field}}}");
    let rows = [
        ("no JSON", "kind: Pod".into()),
        ("nothing", String::new()),
        ("too little", "{\"files\":[],\"seed\":1}".into()),
        ("a moment beyond numbers", with("\"at\":99999999999999999999")),
        ("a moment before the start", with("\"at\":-1")),
        ("a speed that is no number", with("\"speed\":NaN")),
        ("a speed beyond numbers", with("\"speed\":1e999")),
        ("no speed", with("\"speed\":null")),
        ("more nodes than fit into a number", with("\"at\":0").replace(":3", ":5000000000")),
        ("an action that nobody knows", with("\"steps\":[{\"at\":0,\"do\":\"format-disk\"}]")),
        ("a field that nobody knows", with("\"script\":\"alert(1)\"")),
        ("a text that is a list", with("\"steps\":[{\"at\":0,\"do\":{\"apply\":{\"text\":[]}}}]")),
        ("lists in lists", "[".repeat(100_000)),
        ("two of one", with("\"seed\":2")),
        ("something after the end", format!("{}{{}}", with("\"at\":0"))),
    ];
    let mut refusals = String::new();
    for (name, text) in rows {
        let damage = decode(&forged(1, &text)).unwrap_err();
        assert_eq!(decode(&forged(2, &text)), Err(damage.clone()), "{name}, codec 2");
        refusals += &format!("{name}: {damage}\n");
    }
    expect_test::expect![[r#"
        no JSON: not understood: expected value at line 1 column 1
        nothing: not understood: EOF while parsing a value at line 1 column 0
        too little: not understood: missing field `nodes` at line 1 column 21
        a moment beyond numbers: not understood: invalid type: floating point `1e+20`, expected u64 at line 1 column 56
        a moment before the start: not understood: invalid value: integer `-1`, expected u64 at line 1 column 38
        a speed that is no number: not understood: expected value at line 1 column 40
        a speed beyond numbers: not understood: number out of range at line 1 column 44
        no speed: not understood: invalid type: null, expected f64 at line 1 column 43
        more nodes than fit into a number: not understood: invalid value: integer `5000000000`, expected u32 at line 1 column 39
        an action that nobody knows: not understood: unknown variant `format-disk`, expected one of `apply`, `delete`, `scale`, `stop-node`, `start-node`, `add-node`, `remove-node`, `stop-kubelet`, `cut-node`, `join-node`, `strain-node`, `relieve-node`,
        a field that nobody knows: not understood: unknown field `script`, expected one of `files`, `steps`, `seed`, `nodes`, `topology`, `at`, `speed`, `view` at line 1 column 39
        a text that is a list: not understood: invalid type: sequence, expected a string at line 1 column 70
        lists in lists: not understood: invalid type: sequence, expected a string at line 1 column 3
        two of one: not understood: duplicate field `seed` at line 1 column 37
        something after the end: not understood: trailing characters at line 1 column 39
    "#]].assert_eq(&refusals);
}

#[test]
fn what_asks_for_too_much_is_refused() {
    let day = 86_400_000_000_000;
    let file = || File { name: "a.yaml".into(), text: String::new() };
    let most = Limit::Files(limits::FILES);
    let kubectl = Action::Kubectl { line: vec!["apply".into()], files: vec![file(); limits::FILES + 1] };
    let topology = |etcd, control_planes| Some(crate::Topology { etcd, control_planes, all_in_one: false });
    let nodes = Damage::Beyond(Limit::Nodes(5_000));
    let speed = Damage::Beyond(Limit::Speed(1_000_000));
    let plane = Damage::Beyond(Limit::ControlPlane(9));
    let days = Damage::Beyond(Limit::Days(365));
    let rows = [
        ("four thousand million nodes", changed(|l| l.nodes = 4_000_000_000), nodes.clone()),
        ("no node", changed(|l| l.nodes = 0), nodes),
        ("no member of etcd", changed(|l| l.topology = topology(0, 1)), plane.clone()),
        ("as many control planes as fit", changed(|l| l.topology = topology(3, 255)), plane),
        ("time that stands", changed(|l| l.speed = 0.0), speed.clone()),
        ("time that runs back", changed(|l| l.speed = -1.0), speed.clone()),
        ("time that leaps", changed(|l| l.speed = 1e300), speed),
        ("the end of time", changed(|l| l.at = u64::MAX), days.clone()),
        ("a step at the end of time", changed(|l| l.steps = vec![step(366 * day)]), days),
        ("steps that go back", changed(|l| l.steps = vec![step(2), step(1)]), Damage::Order(2)),
        (
            "steps without end",
            changed(|l| l.steps = vec![step(1); limits::STEPS + 1]),
            Damage::Beyond(Limit::Steps(limits::STEPS)),
        ),
        ("files without end", changed(|l| l.files = vec![file(); limits::FILES + 1]), Damage::Beyond(most)),
        (
            "files without end behind a command",
            changed(|l| l.steps = vec![Step { at: 0, action: kubectl }]),
            Damage::Beyond(most),
        ),
        ("a bomb", forged(2, &" ".repeat(SIZE_LIMIT + 1)), Damage::TooLarge),
        ("a bomb of codec 1", forged(1, &" ".repeat(SIZE_LIMIT + 1)), Damage::TooLarge),
    ];
    for (name, link, expected) in rows {
        assert_eq!(decode(&link), Err(expected), "{name}");
    }
}
