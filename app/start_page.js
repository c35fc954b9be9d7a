import init from "./glance-app.js";

// The engine starts beside the page, which takes it over (connection.rs); what it says until then
// is kept.
const worker = new Worker(new URL("./start_worker.js", import.meta.url), { type: "module" });
const events = [];
worker.onmessage = worker.onerror = (event) => events.push(event);
globalThis.firstWorker = { worker, events };

await init();
