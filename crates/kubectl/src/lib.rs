//! kubectl: argv in, text out.
