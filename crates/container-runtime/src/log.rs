//! What a container has printed.

use orrery_apimachinery::Str;
use orrery_sim::SimTime;
use std::collections::VecDeque;
use std::rc::Rc;

/// The stream that a line was printed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// A line of a container's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When it was printed.
    pub at: SimTime,
    /// Where to.
    pub stream: Stream,
    /// The text with its line feed, which a last line may lack.
    pub text: Str,
}

/// Lines that are kept of one run of a container; the oldest make room.
const MOST_LINES: usize = 2_000;
/// A longer line is cut into several, as container runtimes do.
const LONGEST: usize = 16 * 1024;

/// The log of one run of a container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    lines: Rc<VecDeque<Line>>,
    dropped: u64,
    closed: bool,
}

impl Log {
    /// The lines that are kept, oldest first.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter()
    }

    /// How many lines were dropped before the first that is kept.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// The last `most` bytes, as a container's last words are taken from its log.
    pub fn tail(&self, most: usize) -> String {
        let (mut from, mut bytes) = (self.lines.len(), 0);
        while from > 0 && bytes < most {
            from -= 1;
            bytes += self.lines[from].text.len();
        }
        let mut text = String::new();
        self.lines.range(from..).for_each(|line| text.push_str(&line.text));
        let mut start = text.len().saturating_sub(most);
        while !text.is_char_boundary(start) {
            start += 1;
        }
        text.split_off(start)
    }

    /// Keeps nothing from now on: nobody will read it.
    pub(crate) fn close(&mut self) {
        *self = Log { closed: true, ..Log::default() };
    }

    /// Adds what was printed at an instant.
    pub(crate) fn print(&mut self, at: SimTime, stream: Stream, text: &str) {
        if self.closed || text.is_empty() {
            return;
        }
        let lines = Rc::make_mut(&mut self.lines);
        for mut rest in text.split_inclusive('\n') {
            while !rest.is_empty() {
                let mut cut = rest.len().min(LONGEST);
                while !rest.is_char_boundary(cut) {
                    cut -= 1;
                }
                let (piece, more) = rest.split_at(cut);
                rest = more;
                let open = lines.back_mut().filter(|last| {
                    last.stream == stream && !last.text.ends_with('\n') && last.text.len() < LONGEST
                });
                match open {
                    Some(last) => last.text = [&*last.text, piece].concat().into(),
                    None => lines.push_back(Line { at, stream, text: piece.into() }),
                }
            }
        }
        while lines.len() > MOST_LINES {
            lines.pop_front();
            self.dropped += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(log: &Log) -> Vec<&str> {
        log.lines().map(|line| &*line.text).collect()
    }

    #[test]
    fn what_is_printed_in_pieces_is_one_line() {
        let mut log = Log::default();
        for (stream, text) in [
            (Stream::Stdout, "a"),
            (Stream::Stdout, "b\nc"),
            (Stream::Stderr, "oops\n"),
            (Stream::Stdout, "d"),
        ] {
            log.print(SimTime::ZERO, stream, text);
        }
        assert_eq!(texts(&log), ["ab\n", "c", "oops\n", "d"]);
        assert_eq!(log.tail(4), "ps\nd");
    }

    #[test]
    fn the_oldest_lines_make_room_and_that_is_counted() {
        let mut log = Log::default();
        for i in 0..MOST_LINES + 3 {
            log.print(SimTime::ZERO, Stream::Stdout, &format!("{i}\n"));
        }
        assert_eq!((log.dropped(), texts(&log)[0]), (3, "3\n"));
    }
}
