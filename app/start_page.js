// The engine starts beside the page, which takes it over (connection.rs); what it says until then
// is kept. It starts first: once the page is being built, a browser has no time for that.
const worker = new Worker(new URL("./start_worker.js", import.meta.url), { type: "module" });
const events = [];
worker.onmessage = worker.onerror = (event) => events.push(event);
globalThis.firstWorker = { worker, events };

const { default: init } = await import("./glance-app.js");
await init();
