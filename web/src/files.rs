//! The manifests that the person is writing, and what is wrong with them.

use orrery_apimachinery::Order;
use std::rc::Rc;

use orrery_manifest::{Diagnostic, Located, Severity};
use orrery_share::File;
use orrery_view::scene::ObjectRef;
use orrery_view::support::{NotSimulated, Support};
use yew::prelude::*;

use crate::engine::Engine;

/// What stands between two files when they are applied together.
const BETWEEN: &str = "\n---\n";

/// All files, and the one that is open. There is always at least one.
#[derive(Clone, PartialEq, Debug)]
pub struct Files {
    /// Files in the order of their tabs.
    pub list: Vec<File>,
    /// The open one.
    pub active: usize,
    /// Rises when the text is replaced from outside the editor.
    pub replaced: u32,
}

impl Files {
    /// These files, the first one open.
    pub fn new(list: Vec<File>) -> Self {
        let list = if list.is_empty() {
            vec![File { name: "manifest.yaml".into(), text: String::new() }]
        } else {
            list
        };
        Self { list, active: 0, replaced: 0 }
    }

    /// The open file.
    pub fn open(&self) -> &File {
        &self.list[self.active.min(self.list.len() - 1)]
    }

    /// Everything, as it is applied.
    pub fn joined(&self) -> String {
        self.list.iter().map(|f| f.text.as_str()).collect::<Vec<_>>().join(BETWEEN)
    }

    /// The file and the line in it, for a line of what was applied.
    pub fn place(&self, line: u32) -> (usize, u32) {
        let mut first = 1;
        for (i, file) in self.list.iter().enumerate() {
            let lines = file.text.matches('\n').count() as u32 + 1;
            if line < first + lines || i + 1 == self.list.len() {
                return (i, line.saturating_sub(first) + 1);
            }
            // The separator ends the last line of one file and stands on a line of its own.
            first += lines + 1;
        }
        (0, line)
    }

    /// Size of all text in bytes.
    pub fn size(&self) -> usize {
        self.list.iter().map(|f| f.text.len()).sum()
    }
}

/// A change of the files.
pub enum Edit {
    /// The person typed.
    Text(usize, String),
    /// Opens a file.
    Open(usize),
    /// Adds an empty file.
    Add,
    /// Adds a file, under another name if its own is taken.
    Take(File),
    /// Renames a file.
    Rename(usize, String),
    /// Closes a file for good.
    Close(usize),
    /// Writes a file from outside the editor and opens it, or removes it.
    Write(String, Option<String>),
    /// Puts other files in place of all.
    Replace(Vec<File>),
}

impl Reducible for Files {
    type Action = Edit;

    fn reduce(self: Rc<Self>, edit: Edit) -> Rc<Self> {
        let mut files = (*self).clone();
        match edit {
            Edit::Text(at, text) => {
                if let Some(file) = files.list.get_mut(at) {
                    file.text = text;
                }
            }
            Edit::Open(at) => files.active = at.min(files.list.len() - 1),
            Edit::Add => {
                let name = free_name(&files.list);
                files.list.push(File { name, text: String::new() });
                files.active = files.list.len() - 1;
            }
            Edit::Take(mut file) => {
                if files.list.iter().any(|other| other.name == file.name) {
                    file.name = free_name(&files.list);
                }
                files.list.push(file);
                files.active = files.list.len() - 1;
            }
            Edit::Rename(at, name) => {
                if let Some(file) = files.list.get_mut(at).filter(|_| !name.trim().is_empty()) {
                    file.name = name.trim().to_owned();
                }
            }
            Edit::Close(at) => {
                files.list.remove(at);
                files =
                    Self { active: at.saturating_sub(1), replaced: files.replaced, ..Self::new(files.list) };
            }
            Edit::Write(name, text) => {
                let at = files.list.iter().position(|file| file.name == name);
                match (at, text) {
                    (Some(at), Some(text)) => files.list[at].text = text,
                    (None, Some(text)) => {
                        files.list.push(File { name, text });
                        files.active = files.list.len() - 1;
                    }
                    (Some(at), None) => {
                        files.list.remove(at);
                        files = Self { active: at.saturating_sub(1), ..Self::new(files.list) };
                    }
                    (None, None) => {}
                }
                files.replaced = self.replaced + 1;
            }
            Edit::Replace(list) => files = Self { replaced: files.replaced + 1, ..Self::new(list) },
        }
        Rc::new(files)
    }
}

fn free_name(taken: &[File]) -> String {
    let name = |n: usize| format!("manifest-{n}.yaml");
    (1..).map(name).find(|name| taken.iter().all(|f| f.name != *name)).expect("numbers do not end")
}

/// The context of the files.
pub type FilesContext = UseReducerHandle<Files>;

/// The files.
#[hook]
pub fn use_files() -> FilesContext {
    use_context::<FilesContext>().expect("the page provides it around every component")
}

/// Something wrong with a file, at its place.
#[derive(Clone, PartialEq, Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// Index of the file.
    pub file: usize,
    /// First line, from 1.
    pub line: u32,
    /// First column, from 1.
    pub column: u32,
    /// Last line.
    pub end_line: u32,
    /// Column behind the last character.
    pub end_column: u32,
    /// Whether it keeps the object from being used.
    pub error: bool,
    /// Field path, may be empty.
    pub path: String,
    /// What.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

impl Problem {
    /// What the diagnostic says of a file.
    fn of(file: usize, d: Diagnostic) -> Self {
        let error = d.severity == Severity::Error;
        let Diagnostic { line, column, end_line, end_column, path, message, hint, .. } = d;
        Self { file, line, column, end_line, end_column, error, path, message, hint }
    }
}

/// An object of a file and its lines.
#[derive(Clone, PartialEq, Debug)]
pub struct Written {
    /// Index of the file.
    pub file: usize,
    /// The object.
    pub id: ObjectRef,
    /// First and last line.
    pub lines: (u32, u32),
}

/// What there is to say about the files before they are applied.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Check {
    /// Objects that can be applied.
    pub objects: Vec<Written>,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Kinds that the simulator does not serve.
    pub unserved: Vec<String>,
    /// Fields that are kept and that nothing happens because of.
    pub accepted: Vec<Accepted>,
}

/// A field that is not simulated.
#[derive(Clone, PartialEq, Debug)]
pub struct Accepted {
    /// Index of the file.
    pub file: usize,
    /// The object.
    pub id: ObjectRef,
    /// Field path.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
}

/// Reads all files, as the cluster of `engine` would take them.
pub fn check(files: &Files, engine: &Engine) -> Check {
    let mut check = Check::default();
    let mut written: Vec<(usize, Located)> = Vec::new();
    for (at, file) in files.list.iter().enumerate() {
        let found = engine.objects(&file.text);
        check.objects.extend(found.objects.iter().map(|located| {
            let (kind, meta) = (located.object.kind(), located.object.metadata());
            let namespace = match (kind.namespaced(), &*meta.namespace) {
                (true, "") => "default",
                (_, given) => given,
            };
            let range = located.document.positions.of("").value;
            let id = ObjectRef::new(kind.name(), namespace, &meta.name);
            Written { file: at, id, lines: (range.line, range.end_line.max(range.line)) }
        }));
        for d in found.diagnostics {
            check.unserved.extend(unserved(&d.message, d.hint.as_deref()));
            check.problems.push(Problem::of(at, d));
        }
        written.extend(found.objects.into_iter().map(|located| (at, located)));
    }
    let (support, written_as) = (Support::default(), check.objects.iter().zip(&written));
    check.accepted = written_as
        .flat_map(|(Written { file, id, .. }, (_, located))| {
            let accepted = move |NotSimulated { path, range }: NotSimulated| Accepted {
                file: *file,
                id: id.clone(),
                path,
                line: range.line,
            };
            support.not_simulated(located).into_iter().map(accepted)
        })
        .collect();
    let objects: Vec<&Located> = written.iter().map(|(_, located)| located).collect();
    let found = engine.findings(&objects).into_iter();
    check.problems.extend(found.map(|finding| Problem::of(written[finding.object].0, finding.diagnostic)));
    check.problems.order_by_key(|problem| (problem.file, problem.line, problem.column));
    check.unserved.order();
    check.unserved.dedup();
    check
}

/// The kind in `no matches for kind "Ingress" in version "networking.k8s.io/v1"`, if Kubernetes has it.
fn unserved(message: &str, hint: Option<&str>) -> Option<String> {
    hint.filter(|hint| hint.contains("not simulated"))?;
    Some(message.strip_prefix("no matches for kind \"")?.split('"').next()?.to_owned())
}
