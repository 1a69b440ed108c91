//! The machine of the shells: the run, and the files of the editor.

use orrery_kubectl::edit::{Opens, opens};
use orrery_kubectl::{Following, KUBECONFIG, Output, Seat};
use orrery_run::Run;
use orrery_share::{Action, File};
use orrery_sim::SimTime;
use orrery_view::scene::ObjectRef;
use orrery_view::touched::touched;
use orrery_workstation::console::Machine;

use crate::assist;
use crate::files::EDITING;

/// The machine of the shells.
pub(super) struct Desk<'a> {
    pub(super) run: &'a mut Run,
    pub(super) files: &'a mut Vec<File>,
    pub(super) written: &'a mut Vec<(String, Option<String>)>,
    pub(super) editing: &'a mut Option<(String, String)>,
    pub(super) touched: Vec<ObjectRef>,
    /// Whether anything was changed.
    pub(super) changes: bool,
    pub(super) code: i32,
}

impl Desk<'_> {
    /// `kubectl edit` and its like: the object becomes a file of the editor.
    fn edit(&mut self, argv: &[String], opens: Opens) -> Output {
        let mut output = self.run.kubectl(opens.asks, self.files.clone(), assist::library());
        if output.code == 0 {
            let name = [EDITING, &opens.what.join("/")].concat();
            let text = [opens.head, &std::mem::take(&mut output.stdout)].concat();
            self.write(&name, &text);
            *self.editing = Some((argv.join(" "), name));
        }
        output
    }
}

impl Machine for Desk<'_> {
    fn now(&self) -> SimTime {
        self.run.cluster().now()
    }

    fn start(&mut self, argv: &[String], input: Option<&str>) -> (Output, Option<Following>) {
        let before = self.run.cluster().api().revision();
        let (output, following) = match opens(argv) {
            Some(opens) => (self.edit(argv, opens), None),
            None => {
                let mut files = self.files.clone();
                files.extend(input.map(|text| File { name: "-".into(), text: text.into() }));
                self.run.start(argv.to_vec(), files, assist::library())
            }
        };
        self.changes |= self.run.cluster().api().revision() != before;
        self.touched.extend(touched(self.run.cluster(), before, argv, &output.stdout));
        self.code |= output.code;
        for (name, text) in output.files.iter().filter(|(name, _)| name != KUBECONFIG) {
            self.write(name, text);
        }
        (output, following)
    }

    fn look(&mut self, following: &mut Following) -> (Output, bool) {
        let (output, over) = self.run.look(following, self.files);
        self.code |= output.code;
        (output, over)
    }

    fn heard(&mut self, following: &mut Following, output: Output) -> Output {
        self.run.heard(following, output, self.files)
    }

    fn end(&mut self, seat: &Seat, code: i32) {
        let Seat { namespace, pod, container } = seat;
        let (namespace, pod, container) = (namespace.to_string(), pod.to_string(), container.to_string());
        self.run.act(Action::EndContainer { namespace, pod, container, code });
    }

    fn read(&self, name: &str) -> Option<String> {
        self.files.iter().find(|file| file.name == name).map(|file| file.text.clone())
    }

    fn write(&mut self, name: &str, text: &str) {
        match self.files.iter_mut().find(|file| file.name == name) {
            Some(file) => file.text = text.into(),
            None => self.files.push(File { name: name.into(), text: text.into() }),
        }
        self.written.push((name.into(), Some(text.into())));
    }

    fn remove(&mut self, name: &str) -> bool {
        let before = self.files.len();
        self.files.retain(|file| file.name != name);
        self.written.push((name.into(), None));
        self.files.len() < before
    }

    fn names(&self) -> Vec<String> {
        self.files.iter().map(|file| file.name.clone()).collect()
    }
}
