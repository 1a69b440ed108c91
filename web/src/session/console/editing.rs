//! `kubectl edit`: the object is a file of the editor until it is saved or given up.

use orrery_kubectl::EDITED;
use orrery_share::File;

use super::super::Session;

impl Session {
    /// Ends `kubectl edit`: with what the file holds by now, or as it was. What the server refuses is opened again, below the
    /// reasons; the file holds then what was edited, and the answer is what the command printed.
    pub fn end_editing(&self, save: bool) -> String {
        let Some((what, name)) = self.consoles.borrow_mut().editing.take() else { return String::new() };
        let file = self.consoles.borrow().files.iter().find(|file| file.name == name).cloned();
        let edited = file.filter(|_| save).map(|file| File { name: EDITED.to_owned(), ..file });
        let mut given = self.consoles.borrow().files.clone();
        given.extend(edited);
        let (entry, files) = self.run_line(&what, given);
        let again = files.into_iter().find(|(name, _)| name == EDITED);
        {
            let mut all = self.consoles.borrow_mut();
            if again.is_some() {
                all.editing = Some((what, name.clone()));
            }
            all.written.push((name, again.map(|(_, text)| text)));
        }
        self.changed();
        entry.text()
    }
}
