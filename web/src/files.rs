//! The manifests that the person is writing, and what is wrong with them.

use orrery_apimachinery::Order;
use std::rc::Rc;

use orrery_manifest::{Diagnostic, Located, Severity};
use orrery_share::File;
use orrery_view::scene::ObjectRef;
use orrery_view::support::{NotSimulated, Support};
use orrery_view::why::{Act, Chain, Done, Start};
use yew::prelude::*;

use crate::engine::Engine;
use crate::gallery;

/// What stands between two files when they are applied together.
const BETWEEN: &str = "\n---\n";

/// How the names of files begin that hold an object while it is edited: they are no manifests of the person's.
pub const EDITING: &str = "edit ";

/// Whether a file holds an object while it is edited.
pub fn is_edited(file: &File) -> bool {
    file.name.starts_with(EDITING)
}

/// All files, and the one that is open. There is always at least one.
#[derive(Clone, PartialEq, Debug)]
pub struct Files {
    /// Files in the order of their tabs.
    pub list: Vec<File>,
    /// The open one.
    pub active: usize,
    /// Rises when the text is replaced from outside the editor.
    pub replaced: u32,
    /// Line and column to go to, and how often somebody went.
    pub reveal: Option<(u32, u32, u32)>,
    /// While a story is told, what it has put aside.
    told: Option<Told>,
}

/// What a story writes into the editor, and what was there before.
#[derive(Clone, PartialEq, Debug)]
struct Told {
    /// The person's own files.
    own: Vec<File>,
    /// What the story wrote last.
    written: File,
}

impl Files {
    /// These files, the first one open. What was edited in another visit is over.
    pub fn new(mut list: Vec<File>) -> Self {
        list.retain(|file| !is_edited(file));
        Self { list: at_least_one(list), active: 0, replaced: 0, reveal: None, told: None }
    }

    /// The open file.
    pub fn open(&self) -> &File {
        &self.list[self.active.min(self.list.len() - 1)]
    }

    /// The person's own files: not what a story writes into the editor.
    pub fn own(&self) -> &[File] {
        self.told.as_ref().map_or(&self.list, |told| &told.own)
    }

    /// What the person wrote since a story began, its own file not.
    fn since(&self) -> Vec<File> {
        let theirs = |file: &&File| self.told.as_ref().is_none_or(|told| told.written != **file);
        self.list.iter().filter(theirs).cloned().collect()
    }

    /// Shows what a story applies. What the person changed in it stays in another file.
    fn tell(self: Rc<Self>, file: File) -> Self {
        let own = self.own().to_vec();
        let mut list = vec![file.clone()];
        for mut other in self.told.as_ref().map(|_| self.since()).unwrap_or_default() {
            if list.iter().any(|known| known.name == other.name) {
                other.name = free_name(&list);
            }
            list.push(other);
        }
        let told = Some(Told { own, written: file });
        Self { told, replaced: self.replaced + 1, ..Self::new(list) }
    }

    /// The person's own files again, and what was written meanwhile. Nobody's example stays away: the cluster is the story's.
    fn untell(self: Rc<Self>) -> Self {
        let Some(told) = &self.told else { return (*self).clone() };
        if gallery::which(&told.own).is_some() {
            return Self { told: None, ..(*self).clone() };
        }
        let list = [told.own.clone(), self.since()].concat();
        Self { replaced: self.replaced + 1, ..Self::new(list) }
    }

    /// Everything, as it is applied.
    pub fn joined(&self) -> String {
        let own = self.list.iter().filter(|file| !is_edited(file));
        own.map(|f| f.text.as_str()).collect::<Vec<_>>().join(BETWEEN)
    }

    /// The file and the line in it, for a line of what was applied.
    pub fn place(&self, line: u32) -> (usize, u32) {
        let mut first = 1;
        let own = || self.list.iter().enumerate().filter(|(_, file)| !is_edited(file));
        let last = own().next_back().map_or(0, |(i, _)| i);
        for (i, file) in own() {
            let lines = file.text.matches('\n').count() as u32 + 1;
            if line < first + lines || i == last {
                return (i, line.saturating_sub(first) + 1);
            }
            // The separator ends the last line of one file and stands on a line of its own.
            first += lines + 1;
        }
        (0, line)
    }

    /// The file and the line on which the person wrote what a chain of causes begins with.
    pub fn origin(&self, found: &Check, chain: &Chain) -> Option<(usize, u32)> {
        let Start::Person(Done { act: Act::Command(command), .. }) = &chain.start else { return None };
        let first = chain.links.last().filter(|_| command.contains(" -f "))?;
        let written = found.objects.iter().find(|written| written.id == first.object)?;
        let (from, to) = written.lines;
        let lines = self.list.get(written.file)?.text.lines();
        let document: Vec<&str> = lines.skip(from as usize - 1).take((to - from) as usize + 1).collect();
        Some((written.file, from + chain.line_in(&document.join("\n")) - 1))
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
    /// Opens a file at a line and a column.
    Go(usize, u32, u32),
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
    /// A story shows what it applies; the person's own files are put aside.
    Tell(File),
    /// The story is over: the person's own files come back.
    Untell,
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
            Edit::Go(at, line, column) => {
                files.active = at.min(files.list.len() - 1);
                let times = files.reveal.map_or(0, |(_, _, times)| times);
                files.reveal = Some((line, column, times + 1));
            }
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
                files.list = at_least_one(files.list);
                files.active = at.saturating_sub(1);
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
                        files.list = at_least_one(files.list);
                        files.active = at.saturating_sub(1);
                    }
                    (None, None) => {}
                }
                files.replaced = self.replaced + 1;
            }
            Edit::Tell(file) => return Rc::new(self.tell(file)),
            Edit::Untell => return Rc::new(self.untell()),
            Edit::Replace(list) => files = Self { replaced: files.replaced + 1, ..Self::new(list) },
        }
        Rc::new(files)
    }
}

fn at_least_one(list: Vec<File>) -> Vec<File> {
    match list.is_empty() {
        true => vec![File { name: "manifest.yaml".into(), text: String::new() }],
        false => list,
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
