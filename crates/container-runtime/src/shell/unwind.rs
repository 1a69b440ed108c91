//! Leaving what is being done: `exit`, `return`, `break`, failures, and what took too long.

use super::Frame;
use super::ast::Node;
use crate::task::{Doing, Task};
use orrery_sim::SimTime;

impl Task {
    /// Ends the subshell, or else the whole process, with a status.
    pub(crate) fn exit(&mut self, status: i32) {
        self.shell.status = status;
        while let Some(frame) = self.frames.pop() {
            match frame {
                Frame::Leave(_) | Frame::Capture(_) => return self.frames.push(frame),
                Frame::Deadline(around, ..) => self.deadline = around,
                _ => {}
            }
        }
    }

    /// The time of what may take a limited time is over.
    pub(crate) fn cut_off(&mut self, at: SimTime, gnu: bool) {
        self.at = at;
        self.doing = Doing::Stepping;
        while let Some(frame) = self.frames.pop() {
            match frame {
                Frame::Leave(shell) | Frame::Capture(shell) => self.shell = *shell,
                Frame::Deadline(around, buffers, inputs) => {
                    self.deadline = around;
                    self.buffers.truncate(buffers);
                    self.inputs.truncate(inputs);
                    break;
                }
                _ => {}
            }
        }
        self.shell.status = if gnu { 124 } else { 143 };
        self.check_errexit();
    }

    /// Leaves so many loops; the last one goes on when `again`.
    pub(crate) fn leave_loops(&mut self, mut count: u32, again: bool) {
        self.shell.status = 0;
        while let Some(frame) = self.frames.pop() {
            match frame {
                Frame::Leave(_) | Frame::Capture(_) | Frame::Call(..) => return self.frames.push(frame),
                Frame::Restore(streams, inputs) => self.restore(streams, inputs),
                Frame::Loop(..) | Frame::For(..) if count > 1 => count -= 1,
                Frame::Loop(..) | Frame::For(..) => {
                    if again {
                        self.frames.push(frame);
                    }
                    return;
                }
                _ => {}
            }
        }
    }

    /// Leaves the function.
    pub(crate) fn leave_function(&mut self, status: i32) {
        self.shell.status = status;
        while let Some(frame) = self.frames.pop() {
            match frame {
                Frame::Leave(_) | Frame::Capture(_) => return self.frames.push(frame),
                Frame::Restore(streams, inputs) => self.restore(streams, inputs),
                Frame::Call(arguments, locals) => return self.returned(arguments, locals),
                _ => {}
            }
        }
    }

    /// With `set -e` a failure that nobody asks about ends the script.
    pub(crate) fn check_errexit(&mut self) {
        if self.shell.status == 0 || !self.shell.options.errexit {
            return;
        }
        let asked = self.frames.iter().any(|frame| match frame {
            Frame::Not | Frame::If(..) | Frame::AndOr(..) | Frame::Loop(_, true, _) => true,
            // Only the last stage of a pipe counts.
            Frame::Pipe(node, next, _) => matches!(&**node, Node::Pipe(stages) if *next < stages.len()),
            _ => false,
        });
        if !asked {
            self.exit(self.shell.status);
        }
    }
}
