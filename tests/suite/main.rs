//! The hall's tests in one binary.
