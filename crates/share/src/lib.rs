//! What a link holds, and how it is put into the fragment of an address: `1:` and then base64url over a frame of length,
//! checksum and deflated JSON. A codec once released is decoded for ever; a new one gets a new number.
//!
//! Links are hostile input: the inflated size is capped and every field is checked by its type.

mod base64url;

use std::fmt;

use serde::{Deserialize, Serialize};

/// The number of the codec that `encode` writes.
const CODEC: &str = "1";
/// No link inflates to more than this many bytes.
const INFLATED_LIMIT: usize = 4 << 20;
const HEADER: usize = 8;

/// A run that anyone can repeat: what was written, what was done when, and where to look.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Link {
    /// Manifests in the editor.
    pub files: Vec<File>,
    /// What was done to the cluster, in order of time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// Seed of the run.
    pub seed: u64,
    /// Nodes at the start.
    pub nodes: u32,
    /// The control plane at the start; one of each where none is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topology: Option<Topology>,
    /// The virtual time to open at, in nanoseconds.
    #[serde(default)]
    pub at: u64,
    /// Virtual seconds for each real one.
    #[serde(default = "one")]
    pub speed: f64,
}

fn one() -> f64 {
    1.0
}

/// A control plane: how many of each, and where.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Topology {
    /// Members of etcd.
    pub etcd: u8,
    /// API servers, each with a scheduler and a controller manager.
    pub control_planes: u8,
    /// Whether the first node carries the control plane.
    #[serde(default)]
    pub all_in_one: bool,
}

/// What is done to a part of the control plane.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// It is stopped, and stays off.
    Stop,
    /// It is started again.
    Start,
    /// It is killed; its machine starts it again.
    Kill,
    /// It is cut off from all others.
    Cut,
    /// It is joined again.
    Join,
    /// A member of etcd loses its data, and stays off.
    Lose,
}

/// One manifest file.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct File {
    /// Name of its tab.
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// Something a person did, and when.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Step {
    /// Virtual time, in nanoseconds.
    pub at: u64,
    /// What was done.
    #[serde(rename = "do")]
    pub action: Action,
}

/// Everything a person can do to the cluster from the page.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// `kubectl apply` of these manifests.
    Apply {
        /// All documents.
        text: String,
    },
    /// `kubectl delete`.
    Delete {
        /// Kind, as in a manifest.
        kind: String,
        /// Namespace, empty for cluster-scoped kinds.
        namespace: String,
        /// Name.
        name: String,
    },
    /// `kubectl scale`.
    Scale {
        /// Kind, as in a manifest.
        kind: String,
        /// Namespace.
        namespace: String,
        /// Name.
        name: String,
        /// The count wanted.
        replicas: u32,
    },
    /// The machine is switched off.
    StopNode {
        /// Name of the node.
        name: String,
    },
    /// The machine is switched on again.
    StartNode {
        /// Name of the node.
        name: String,
    },
    /// A machine joins.
    AddNode,
    /// The machine and its Node object go for good.
    RemoveNode {
        /// Name of the node.
        name: String,
    },
    /// The kubelet is stopped, its containers run on.
    StopKubelet {
        /// Name of the node.
        name: String,
    },
    /// The machine is cut off from the control plane and from all others.
    CutNode {
        /// Name of the node.
        name: String,
    },
    /// The machine that was cut off is joined again.
    JoinNode {
        /// Name of the node.
        name: String,
    },
    /// Something outside the pods uses up what the machine has.
    StrainNode {
        /// Name of the node.
        name: String,
        /// `memory`, `disk` or `pids`.
        what: String,
    },
    /// The machine gets back all that was used up.
    RelieveNode {
        /// Name of the node.
        name: String,
    },
    /// Something is done to a part of the control plane, or to a machine of it.
    Part {
        /// Its name, such as `kube-scheduler-1`.
        name: String,
        /// What is done.
        fault: Fault,
    },
    /// A snapshot of etcd is taken.
    Snapshot {
        /// Name of its file.
        name: String,
    },
    /// The cluster goes back to a snapshot.
    Restore {
        /// Name of its file.
        name: String,
    },
    /// The main process of a container ends.
    EndContainer {
        /// Namespace of the pod.
        namespace: String,
        /// Name of the pod.
        pod: String,
        /// Name of the container.
        container: String,
        /// With this exit code.
        code: i32,
    },
    /// A container runs on and answers nobody, or answers again.
    HangContainer {
        /// Namespace of the pod.
        namespace: String,
        /// Name of the pod.
        pod: String,
        /// Name of the container.
        container: String,
        /// Whether it hangs.
        hangs: bool,
    },
    /// The main process of a container is killed.
    KillContainer {
        /// Namespace of the pod.
        namespace: String,
        /// Name of the pod.
        pod: String,
        /// Name of the container.
        container: String,
    },
    /// A request is sent, and followed.
    Request {
        /// By whom: `outside`, `node/NAME`, `pod/NAMESPACE/NAME`.
        from: String,
        /// What is asked for.
        url: String,
    },
    /// A steady load is turned on, or changed.
    Load {
        /// Its name.
        name: String,
        /// Who asks, as for a request.
        from: String,
        /// What is asked for.
        url: String,
        /// Thousandths of a request in a second.
        per_second_milli: u64,
    },
    /// A steady load is turned off.
    StopLoad {
        /// Its name.
        name: String,
    },
    /// A line of the console.
    Kubectl {
        /// The words after `kubectl`.
        line: Vec<String>,
        /// The files that `-f` can name.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<File>,
    },
}

/// Why a link cannot be opened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Damage {
    /// It does not begin with a codec's number.
    NotALink,
    /// It was written by a newer page.
    Codec(String),
    /// The end is missing: so many bytes of how many.
    Cut {
        /// Bytes that came.
        got: usize,
        /// Bytes that were sent.
        of: usize,
    },
    /// A character was changed on the way.
    Checksum,
    /// It inflates beyond the limit.
    TooLarge,
    /// It is whole, but does not say what a link says.
    Content(String),
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotALink => write!(f, "not a link of this page"),
            Self::Codec(codec) => write!(f, "written by a newer version (codec {codec})"),
            Self::Cut { got, of } => write!(f, "cut short: {got} of {of} bytes"),
            Self::Checksum => write!(f, "damaged: the checksum does not fit"),
            Self::TooLarge => write!(f, "too large"),
            Self::Content(what) => write!(f, "not understood: {what}"),
        }
    }
}

/// The fragment for a link, without its `#`.
pub fn encode(link: &Link) -> String {
    let json = serde_json::to_vec(link).expect("a link is plain data");
    let body = miniz_oxide::deflate::compress_to_vec(&json, 9);
    let mut frame = Vec::with_capacity(HEADER + body.len());
    frame.extend((body.len() as u32).to_le_bytes());
    frame.extend(checksum(&body).to_le_bytes());
    frame.extend(body);
    format!("{CODEC}:{}", base64url::encode(&frame))
}

/// Reads a fragment, with or without its `#`.
pub fn decode(fragment: &str) -> Result<Link, Damage> {
    let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
    let (codec, payload) = fragment.split_once(':').ok_or(Damage::NotALink)?;
    if codec.is_empty() || !codec.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Damage::NotALink);
    }
    if codec != CODEC {
        return Err(Damage::Codec(codec.to_owned()));
    }
    let frame = base64url::decode(payload.trim_end()).ok_or(Damage::Checksum)?;
    let body = open(&frame)?;
    let json =
        miniz_oxide::inflate::decompress_to_vec_with_limit(body, INFLATED_LIMIT).map_err(|e| {
            match e.status {
                miniz_oxide::inflate::TINFLStatus::HasMoreOutput => Damage::TooLarge,
                _ => Damage::Checksum,
            }
        })?;
    serde_json::from_slice(&json).map_err(|e| Damage::Content(e.to_string()))
}

/// The deflated body of a frame whose length and checksum fit.
fn open(frame: &[u8]) -> Result<&[u8], Damage> {
    let word = |at: usize| frame.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
    let (Some(length), Some(sum)) = (word(0), word(4)) else {
        return Err(Damage::Cut { got: frame.len(), of: HEADER });
    };
    let body = &frame[HEADER..];
    if body.len() < length as usize {
        return Err(Damage::Cut { got: body.len(), of: length as usize });
    }
    if body.len() > length as usize || checksum(body) != sum {
        return Err(Damage::Checksum);
    }
    Ok(body)
}

/// FNV-1a: it guards against accidents of copying, not against malice.
fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |h, b| (h ^ u32::from(*b)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link() -> Link {
        let delete = Action::Delete { kind: "Pod".into(), namespace: "default".into(), name: "web-1".into() };
        let lose = Action::Part { name: "etcd-1".into(), fault: Fault::Lose };
        let text = "kind: Pod\nmetadata: {name: 웹}\n";
        Link {
            files: vec![File { name: "web.yaml".into(), text: text.into() }],
            steps: vec![
                Step { at: 0, action: Action::Apply { text: text.into() } },
                Step { at: 5_000_000_000, action: delete },
                Step { at: 6_000_000_000, action: Action::AddNode },
                Step { at: 7_000_000_000, action: Action::Snapshot { name: "backup.db".into() } },
                Step { at: 8_000_000_000, action: lose },
                Step { at: 9_000_000_000, action: Action::Restore { name: "backup.db".into() } },
            ],
            seed: 7,
            nodes: 3,
            topology: Some(Topology { etcd: 3, control_planes: 2, all_in_one: false }),
            at: 60_000_000_000,
            speed: 10.0,
        }
    }

    #[test]
    fn a_link_comes_back_as_it_was_sent() {
        assert_eq!(decode(&format!("#{}", encode(&link()))), Ok(link()));
    }

    #[test]
    fn everything_that_can_break_fits_into_a_link() {
        let name = || "node-2".to_owned();
        let container = Action::KillContainer {
            namespace: "default".into(),
            pod: "web-1".into(),
            container: "web".into(),
        };
        let actions = [
            Action::StopNode { name: name() },
            Action::StartNode { name: name() },
            Action::RemoveNode { name: name() },
            Action::StopKubelet { name: name() },
            Action::CutNode { name: name() },
            Action::JoinNode { name: name() },
            Action::StrainNode { name: name(), what: "disk".into() },
            Action::RelieveNode { name: name() },
            Action::EndContainer {
                namespace: "default".into(),
                pod: "web-1".into(),
                container: "web".into(),
                code: 3,
            },
            container,
            Action::Request { from: "pod/default/web-1".into(), url: "http://web.shop/cart".into() },
            Action::Load {
                name: "a".into(),
                from: "outside".into(),
                url: "http://shop.example.com/".into(),
                per_second_milli: 2_500,
            },
            Action::StopLoad { name: "a".into() },
        ];
        let steps = actions.map(|action| Step { at: 1, action }).into();
        let link = Link { steps, ..link() };
        assert_eq!(decode(&encode(&link)), Ok(link));
    }

    /// Made by codec 1 on its first day. It must open for ever.
    #[test]
    fn the_first_codec_is_read_for_ever() {
        let golden = "1:aQAAAK3yP4ZtjD0KhDAQha8ir55dRLSZU2yvFgMzgmxMAqZQJHc3ktbufe_vwrI628HjBS-bgSHfUzYHQrIjFf6vXrn5BZ088kzYk8U6kBK3BA3gAjG68xFvs5yp1odah6h-fFCrj2YK7giPU677fAM";
        let files = vec![File { name: "a.yaml".into(), text: "kind: Pod\n".into() }];
        let apply = Action::Apply { text: "kind: Pod\n".into() };
        let steps = vec![Step { at: 0, action: apply }, Step { at: 5, action: Action::AddNode }];
        let want = Link { files, steps, seed: 2, nodes: 4, topology: None, at: 0, speed: 1.0 };
        assert_eq!(decode(golden), Ok(want));
    }

    #[test]
    fn damage_is_named() {
        let whole = encode(&link());
        let mut changed = whole.clone().into_bytes();
        let last = changed.len() - 9;
        changed[last] = if changed[last] == b'A' { b'B' } else { b'A' };
        type Row = (&'static str, String, fn(&Damage) -> bool);
        let rows: [Row; 6] = [
            ("an end that was cut off", whole[..whole.len() - 12].into(), |d| {
                matches!(d, Damage::Cut { .. })
            }),
            ("a character that changed", String::from_utf8(changed).unwrap(), |d| *d == Damage::Checksum),
            ("a newer codec", "2:AAAA".into(), |d| *d == Damage::Codec("2".into())),
            ("a heading, not a link", "about".into(), |d| *d == Damage::NotALink),
            ("signs outside the alphabet", "1:%%%".into(), |d| *d == Damage::Checksum),
            ("nothing after the number", "1:".into(), |d| matches!(d, Damage::Cut { .. })),
        ];
        for (name, text, expected) in rows {
            let damage = decode(&text).unwrap_err();
            assert!(expected(&damage), "{name}: {damage:?}");
        }
    }

    #[test]
    fn a_bomb_is_stopped_at_the_limit() {
        let body = miniz_oxide::deflate::compress_to_vec(&vec![b' '; INFLATED_LIMIT + 1], 9);
        let mut frame = (body.len() as u32).to_le_bytes().to_vec();
        frame.extend(checksum(&body).to_le_bytes());
        frame.extend(body);
        assert_eq!(decode(&format!("1:{}", base64url::encode(&frame))), Err(Damage::TooLarge));
    }
}
