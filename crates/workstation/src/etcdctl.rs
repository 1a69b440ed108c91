//! `etcdctl` and `etcdutl`: the members of etcd, how they are, and snapshots.

use crate::Desk;
use orrery_kubectl::Output;

pub(crate) fn run(desk: &mut Desk<'_>, argv: &[String]) -> Result<(), String> {
    let said = desk.station.etcdctl(argv);
    desk.output = Output { stdout: said.stdout, stderr: said.stderr, code: said.code, ..Output::default() };
    Ok(())
}
