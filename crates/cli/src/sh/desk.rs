//! The machine of the shell: a run, and the files of the directory in which the program was started.

use super::editor;
use crate::files::Disk;
use orrery_kubectl::edit::{Opens, opens};
use orrery_kubectl::{EDITED, Files, Following, KUBECONFIG, Output, Seat};
use orrery_run::{Library, Run};
use orrery_share::{Action, File};
use orrery_sim::SimTime;
use orrery_workstation::console::Machine;

/// Larger files are left alone.
const LARGEST: u64 = 4 << 20;

/// The machine.
pub(super) struct Desk {
    pub(super) run: Run,
}

fn library() -> Library<'static> {
    Library { schema: Disk.schema(), help: Disk.help() }
}

/// The files that the words of a command line may name, such as `-f web.yaml` or `--from-file=key=web.yaml`.
fn named(argv: &[String]) -> Vec<File> {
    let mut files: Vec<File> = Vec::new();
    let beside = ["Dockerfile".to_owned()];
    for word in argv.iter().chain(&beside) {
        let behind = word.match_indices(['=', ',']).map(|(at, _)| &word[at + 1..]);
        let whole = [word.as_str(), word.strip_prefix("-f").unwrap_or(word)];
        for name in whole.into_iter().chain(behind) {
            if let Some(text) = read(name).filter(|_| files.iter().all(|file| file.name != name)) {
                files.push(File { name: name.into(), text });
            }
        }
    }
    files
}

fn read(name: &str) -> Option<String> {
    let about = std::fs::metadata(name).ok()?;
    (about.is_file() && about.len() <= LARGEST).then(|| std::fs::read_to_string(name).ok())?
}

impl Desk {
    /// `kubectl edit` and its like: the object goes through the person's editor, again and again while the server refuses it.
    fn edit(&mut self, argv: &[String], opens: Opens) -> Output {
        let got = self.run.kubectl(opens.asks, named(argv), library());
        if got.code != 0 {
            return got;
        }
        let (mut text, mut said) = ([opens.head, &got.stdout].concat(), String::new());
        loop {
            let edited = match editor::edit(&text) {
                Ok(edited) => edited,
                Err(why) => {
                    let stderr = [&said, "error: ", &why, "\n"].concat();
                    return Output { stderr, code: 1, ..Output::default() };
                }
            };
            let again = edited == text && !said.is_empty();
            let mut files = named(argv);
            files.push(File { name: EDITED.into(), text: edited });
            let mut output = self.run.kubectl(argv.to_vec(), files, library());
            said += &output.stderr;
            let reopened = output.files.pop().filter(|_| !again);
            let Some((_, next)) = reopened else {
                if again {
                    said += "error: Edit cancelled, no valid changes were saved.\n";
                }
                return Output { stderr: said, ..output };
            };
            text = next;
        }
    }
}

impl Machine for Desk {
    fn now(&self) -> SimTime {
        self.run.cluster().now()
    }

    fn start(&mut self, argv: &[String], input: Option<&str>) -> (Output, Option<Following>) {
        if let Some(opens) = opens(argv) {
            return (self.edit(argv, opens), None);
        }
        let mut files = named(argv);
        files.extend(input.map(|text| File { name: "-".into(), text: text.into() }));
        let (output, following) = self.run.start(argv.to_vec(), files, library());
        for (name, text) in output.files.iter().filter(|(name, _)| name != KUBECONFIG) {
            self.write(name, text);
        }
        (output, following)
    }

    fn look(&mut self, following: &mut Following) -> (Output, bool) {
        self.run.look(following, &[])
    }

    fn heard(&mut self, following: &mut Following, output: Output) -> Output {
        self.run.heard(following, output, &[])
    }

    fn end(&mut self, seat: &Seat, code: i32) {
        let Seat { namespace, pod, container } = seat;
        let (namespace, pod, container) = (namespace.to_string(), pod.to_string(), container.to_string());
        self.run.act(Action::EndContainer { namespace, pod, container, code });
    }

    fn read(&self, name: &str) -> Option<String> {
        read(name)
    }

    fn write(&mut self, name: &str, text: &str) {
        if let Err(error) = std::fs::write(name, text) {
            eprintln!("bash: {name}: {error}");
        }
    }

    fn remove(&mut self, name: &str) -> bool {
        std::fs::remove_file(name).is_ok()
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(".").into_iter().flatten().flatten();
        let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
        let mut names: Vec<String> =
            files.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}
