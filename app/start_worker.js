import init, { serve } from "./worker/worker.js";

await init();
serve(() => new Worker(new URL("./start_helper.js", import.meta.url), { type: "module" }));
