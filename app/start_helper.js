import init, { help } from "./worker/worker.js";

// The worker that this one helps sends the compiled module and its name.
const { data: [module, name] } = await new Promise((heard) => {
  onmessage = heard;
});
globalThis.name = name;
await init({ module_or_path: module });
help();
