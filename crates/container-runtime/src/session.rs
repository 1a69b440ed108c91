//! A command that somebody runs within a container from outside, and that goes on: what it prints is theirs.

use crate::log::Stream;

/// Bytes of a stream that are kept, at least the last of them.
const MOST_KEPT: usize = 64 << 10;
/// So many commands are remembered; of those that have ended the oldest make room.
const MOST: usize = 8;

/// What was printed to a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Printed {
    text: String,
    /// How many bytes before that are kept no more.
    dropped: usize,
}

impl Printed {
    /// What came after so many bytes, as far as it is kept.
    pub fn after(&self, bytes: usize) -> &str {
        self.text.get(bytes.saturating_sub(self.dropped)..).unwrap_or_default()
    }

    /// How many bytes there were.
    pub fn bytes(&self) -> usize {
        self.dropped + self.text.len()
    }
}

/// A command that was run from outside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    pub(crate) pid: u32,
    /// Whether it goes on while others look: then the last of what it prints is enough.
    pub(crate) goes_on: bool,
    /// What it has printed, to standard output and to standard error.
    pub printed: [Printed; 2],
    /// The code with which it has ended.
    pub code: Option<i32>,
    /// Whether it waits for what is typed.
    pub reads: bool,
}

/// The commands that were run in one container.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sessions(Vec<Session>);

impl Sessions {
    pub(crate) fn open(&mut self, pid: u32) {
        if self.0.len() >= MOST
            && let Some(at) = self.0.iter().position(|session| session.code.is_some())
        {
            self.0.remove(at);
        }
        self.0.push(Session { pid, ..Session::default() });
    }

    pub(crate) fn get(&self, pid: u32) -> Option<&Session> {
        self.0.iter().find(|session| session.pid == pid)
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn print(&mut self, pid: u32, stream: Stream, text: &str) {
        let Some(session) = self.0.iter_mut().find(|session| session.pid == pid) else { return };
        let printed = &mut session.printed[usize::from(stream == Stream::Stderr)];
        printed.text.push_str(text);
        if session.goes_on && printed.text.len() > MOST_KEPT {
            let half = printed.text.ceil_char_boundary(printed.text.len() / 2);
            printed.text.drain(..half);
            printed.dropped += half;
        }
    }

    /// A command has ended.
    pub(crate) fn end(&mut self, pid: u32, code: i32) {
        if let Some(session) = self.0.iter_mut().find(|session| session.pid == pid) {
            session.code = Some(code);
        }
    }

    /// What a command has printed so far; one that goes on prints the rest to whoever asks.
    pub(crate) fn take(&mut self, pid: u32, goes_on: bool) -> [String; 2] {
        let Some(at) = self.0.iter().position(|session| session.pid == pid) else { return <_>::default() };
        let taken = std::mem::take(&mut self.0[at].printed).map(|printed| printed.text);
        match goes_on {
            true => self.0[at].goes_on = true,
            false => drop(self.0.remove(at)),
        }
        taken
    }
}
