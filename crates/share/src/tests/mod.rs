//! Links as a whole: what was released is read for ever, and what is damaged or hostile is refused by name.

mod goldens;
mod refusals;
