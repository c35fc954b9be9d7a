import init from "./glance-app.js";

await init();
