//! Dry runs: everything is done but the storing.

use crate::{ApiServer, Key, Request};
use orrery_api::Object;
use orrery_apimachinery::StatusResult;

impl ApiServer {
    /// Does to a copy of the server what the request asks for: what is allocated or drawn is given back with the copy.
    pub(crate) fn rehearse(
        &self,
        request: &Request,
        work: impl FnOnce(&mut Self, &Request) -> StatusResult<Object>,
    ) -> StatusResult<Object> {
        let mut copy = self.clone();
        copy.network.rehearse();
        let mut object = work(&mut copy, &Request { dry_run: false, ..request.clone() })?;
        // Nothing was stored, so there is no revision of it.
        let stored = self.object(&Key::of(&object)).map_or(0, |old| old.metadata().resource_version);
        object.metadata_mut().resource_version = stored;
        Ok(object)
    }
}
