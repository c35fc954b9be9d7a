import init from "./worker.js";

await init();
