//! Pipes between commands of which the first goes on for ever: what it has printed when it pauses is handed on.
//!
//! Elsewhere a stage of a pipe is run when the one before has ended, with all that it printed.

use super::ast::{Node, Word};
use super::{Frame, Sink};
use crate::programs::Input;
use crate::task::{Cx, Task};
use std::rc::Rc;

/// Programs that do with a part of their input what they do with that part of the whole.
const BY_LINES: [&str; 10] = ["awk", "cat", "cut", "egrep", "fgrep", "grep", "nl", "sed", "tee", "tr"];

impl Task {
    /// The stages that read what is printed now, and the place of their frame.
    fn readers(&self) -> Option<(usize, &[Rc<Node>])> {
        let at =
            self.frames.iter().rposition(|frame| matches!(frame, Frame::Pipe(..) | Frame::Capture(_)))?;
        let Frame::Pipe(node, next, _) = &self.frames[at] else { return None };
        let Node::Pipe(stages) = &**node else { return None };
        Some((at, stages.get(*next..).filter(|rest| !rest.is_empty())?))
    }

    /// Whether one of the readers stops reading early.
    pub(crate) fn reader_leaves(&self) -> bool {
        self.readers().is_some_and(|(_, stages)| stages.iter().any(|stage| program(stage) == "head"))
    }

    /// Hands on what was printed so far, if the readers can do with a part of it.
    pub(crate) fn hand_on(&mut self, cx: &mut Cx) {
        let Some((at, stages)) = self.readers() else { return };
        let Some(Frame::Leave(around)) = self.frames.get(at + 1) else { return };
        let own = |sink: &Sink| matches!(sink, Sink::Buffer(_));
        let able = stages.iter().all(|stage| reads_by_lines(stage));
        if !able || own(&around.streams.out) || own(&around.streams.err) {
            return;
        }
        let (stages, mut shell) = (stages.to_vec(), (**around).clone());
        let Some(text) = self.buffers.last_mut().filter(|text| !text.is_empty()).map(std::mem::take) else {
            return;
        };
        shell.streams.input = 0;
        shell.options.goes_on = std::mem::replace(&mut self.handed_on, true);
        let mut reader = Task::new(cx.new_pid(), self.at, shell);
        reader.inputs = vec![Input::new(&text)];
        reader.frames.push(Frame::Run(Rc::new(Node::Pipe(stages))));
        cx.spawned.push(reader);
    }
}

fn reads_by_lines(stage: &Node) -> bool {
    match stage {
        Node::Simple(_) => BY_LINES.contains(&program(stage)),
        Node::Redirected(inner, _) => reads_by_lines(inner),
        // `while read line; do … done`
        Node::Loop { test, .. } => program(test) == "read",
        _ => false,
    }
}

/// The program of a simple command, if it is told literally.
fn program(node: &Node) -> &str {
    let Node::Simple(simple) = node else { return "" };
    simple.words.first().and_then(Word::literal).unwrap_or_default()
}
