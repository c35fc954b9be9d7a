import init, { serve } from "./worker.js";

await init();
serve();
