//! Worker.
fn main(){}
