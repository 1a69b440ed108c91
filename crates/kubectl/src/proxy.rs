//! `kubectl proxy`: a port of the person's machine that leads to the API server (upstream: `kubectl/pkg/cmd/proxy`).
//! Whoever asks there hears what [`crate::raw`] tells.

use crate::command::Cx;
use crate::follow::{Errand, Follow};
use crate::{Args, Failure};

/// The port unless another is named.
const PORT: u16 = 8001;
/// Where random ports of a machine begin.
const RANDOM: u16 = 32_768;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let address = args.flag("address").unwrap_or("127.0.0.1");
    let port = match args.number("port").map(u16::try_from) {
        None => PORT,
        Some(Ok(0)) => RANDOM,
        Some(Ok(port)) => port,
        Some(Err(_)) => return Err(Failure::usage("listen tcp: invalid port")),
    };
    if !cx.session.serve(port) {
        return Err(Failure::usage(format!("listen tcp {address}:{port}: bind: address already in use")));
    }
    cx.say(format!("Starting to serve on {address}:{port}"));
    cx.follow(args, Box::new(Serving { port, closes: false }))
}

/// A port that is kept open.
struct Serving {
    port: u16,
    /// Whether it is to be closed.
    closes: bool,
}

impl Follow for Serving {
    fn look(&mut self, cx: &mut Cx<'_>, _: &Args) -> Result<bool, Failure> {
        Ok(!cx.session.serves(self.port))
    }

    fn stays(&self) -> bool {
        true
    }

    fn errand(&mut self) -> Option<Errand> {
        let port = format!("{}/tcp", self.port);
        std::mem::take(&mut self.closes).then(|| Errand::of(&["fuser", "-k", &port]))
    }

    fn leave(&mut self) {
        self.closes = true;
    }
}
