//! The npm package in web pages that use it, in Chromium.
//!
//! ```text
//! consumer   a page that uses the package: plain, or built by Vite or webpack
//! bundlers   each of them classifies, cancels and fails as it should
//! sources    every kind of picture
//! answers    rankings, cosines and embeddings of many pictures; what is stored
//! life       other origins, policies, workers that die, other versions
//! element/   the element <glance-drop>
//! types      TypeScript on the types and on the README
//! ```

mod answers;
mod bundlers;
mod consumer;
mod element;
mod life;
mod sources;
mod types;
