//! Commands that go on: they print what changes until it is over, or until the person presses Ctrl-C.

use crate::command::{Cx, Output};
use crate::trouble::Failure;
use crate::{Args, Files};
use orrery_apiserver::Session;
use orrery_sim::Duration;

/// How often it is looked for news unless the command says otherwise.
const LOOK: Duration = Duration::from_millis(100);
/// How long something is followed that does not end by itself where nobody is there to press Ctrl-C.
const FOLLOWED: Duration = Duration::from_secs(60);

/// What a command does that goes on.
pub(crate) trait Follow {
    /// Prints what is new, and tells whether that was all. It changes nothing and lets no time pass.
    fn look(&mut self, cx: &mut Cx<'_>, args: &Args) -> Result<bool, Failure>;

    /// How often it looks.
    fn every(&self) -> Duration {
        LOOK
    }

    /// Whether it ends by itself, sooner or later.
    fn ends(&self) -> bool {
        false
    }
}

/// A command that goes on, in the hands of whoever lets time pass.
pub struct Following {
    args: Args,
    what: Box<dyn Follow>,
}

impl Following {
    pub(crate) fn new(args: Args, what: Box<dyn Follow>) -> Following {
        Following { args, what }
    }

    /// What it prints by now, and whether it has ended with that.
    pub fn look(&mut self, files: &dyn Files, session: &mut dyn Session) -> (Output, bool) {
        let mut cx = Cx::new(session, files);
        let ended = self.what.look(&mut cx, &self.args);
        let mut output = cx.output;
        let over = ended.unwrap_or_else(|failure| {
            output.fail(&failure);
            true
        });
        (output, over)
    }
}

impl Cx<'_> {
    /// Goes on with a command: in the hands of the caller if it wants that, else until it is over or somebody would
    /// have had enough of it.
    pub(crate) fn follow(&mut self, args: &Args, mut what: Box<dyn Follow>) -> Result<(), Failure> {
        if let Some(followed) = &mut self.followed {
            *followed = Some(what);
            return Ok(());
        }
        let deadline = self.session.now() + FOLLOWED;
        while !what.look(self, args)? {
            if !what.ends() && self.session.now() >= deadline {
                self.output.stderr += "^C\n";
                self.output.code = 130;
                break;
            }
            self.session.pass(what.every());
        }
        Ok(())
    }
}
