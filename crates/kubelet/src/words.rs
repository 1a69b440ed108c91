//! The strings that every status repeats, each stored once for all pods of all nodes.

use orrery_apimachinery::Str;
use std::rc::Rc;

macro_rules! words {
    ($($word:ident)*) => {
        /// A word of a status, spelled as it is called.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Word {
            $($word),*
        }

        const TEXTS: &[&str] = &[$(stringify!($word)),*];
    };
}

words! {
    True False
    PodReadyToStartContainers Initialized Ready ContainersReady PodScheduled
    ContainersNotReady ContainersNotInitialized ReadinessGatesNotReady PodCompleted PodFailed
    Pending Running Succeeded Failed
    ContainerCreating PodInitializing Completed Error Disabled Enabled
}

impl Word {
    /// The text.
    pub(crate) fn text(self) -> &'static str {
        TEXTS[self as usize]
    }

    /// Whether a string is this word.
    pub(crate) fn is(self, text: &str) -> bool {
        self.text() == text
    }
}

/// The shared strings.
#[derive(Clone, Debug)]
pub(crate) struct Words(Rc<[Str]>);

thread_local! {
    /// All nodes of a run share them; there are thousands.
    static SHARED: Words = Words(TEXTS.iter().map(|text| Str::from(*text)).collect());
}

impl Default for Words {
    fn default() -> Self {
        SHARED.with(Words::clone)
    }
}

impl Words {
    /// The shared string of a word.
    pub(crate) fn get(&self, word: Word) -> Str {
        self.0[word as usize].clone()
    }
}
