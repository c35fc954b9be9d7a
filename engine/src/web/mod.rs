//! What only a browser has: model store, worker host, JavaScript API.
