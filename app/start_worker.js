import init, { serve } from "./worker/worker.js";

await init();
serve();
