// Starts the worker before the page, because building the page keeps the browser busy. The page
// takes over the worker and the events that arrived until then (connection.rs). With `?marks` in the
// address, the worker marks on its timeline what it does (engine/src/timeline.rs).
const name = new URLSearchParams(location.search).has("marks") ? "marks" : "";
const options = { type: "module", name };
const worker = new Worker(new URL("./start_worker.js", import.meta.url), options);
const events = [];
worker.onmessage = worker.onerror = (event) => events.push(event);
globalThis.firstWorker = { worker, events };

const { default: init } = await import("./glance-app.js");
await init();
