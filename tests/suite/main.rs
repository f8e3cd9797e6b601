//! The hall's tests in one binary: pure ones first, then those that run in namespaces of their own.

mod journeys;
mod matrix;
mod published;
mod storm;
mod tidy;
