//! A simulated back end.
