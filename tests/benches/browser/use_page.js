// Uses the page as a person would, and tells how long it takes. Injected into the page.

(() => {
  const painted = () =>
    new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()))));
  const settled = async (isSo) => {
    while (!isSo()) await new Promise(requestAnimationFrame);
    return painted();
  };
  const cards = () => Array.from(document.querySelectorAll("[data-testid=picture-card]"));
  const answered = () =>
    cards().length > 0 && cards().every(({ dataset }) => dataset.state === "done");
  const type = (field, text) => {
    field.focus();
    field.value = text;
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  };

  let longest = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
  }).observe({ type: "longtask" });

  window.use = {
    // Drops copies of a sample, each with bytes of its own.
    async drop(count) {
      const sample = new Uint8Array(await (await fetch("samples/cat.jpg")).arrayBuffer());
      const dataTransfer = new DataTransfer();
      for (let copy = 0; copy < count; copy += 1) {
        const file = new File([sample, `copy ${copy}`], `${copy}.jpg`, { type: "image/jpeg" });
        dataTransfer.items.add(file);
      }
      await painted();
      longest = 0;
      const options = { dataTransfer, bubbles: true, cancelable: true };
      for (const kind of ["dragenter", "dragover", "drop"]) {
        document.querySelector("#drop-zone").dispatchEvent(new DragEvent(kind, options));
      }
      const begun = performance.now();
      const status = document.querySelector("#model-status");
      const done = `${count.toLocaleString("en")} pictures done`;
      const end = await settled(() => status.innerText.includes(done) && answered());
      const nodes = document.querySelectorAll("*").length;
      return { time: end - begun, longest, nodes };
    },
    // Adds a label.
    async label(text) {
      longest = 0;
      const before = document.querySelectorAll("[data-testid=label-chip]").length;
      const field = document.querySelector("#label-input");
      type(field, text);
      const begun = performance.now();
      field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
      const chips = () => document.querySelectorAll("[data-testid=label-chip]").length;
      const chip = await settled(() => chips() > before);
      const answers = await settled(answered);
      return { chip: chip - begun, answers: answers - begun, longest };
    },
    // Searches by a text.
    async search(text) {
      document.querySelector("#mode-search").click();
      await painted();
      longest = 0;
      const begun = performance.now();
      type(document.querySelector("#search-input"), text);
      // The tiles ask within this frame, and are no longer "done" then.
      await new Promise(requestAnimationFrame);
      const ordered = await settled(answered);
      return { ordered: ordered - begun, longest };
    },
  };
})();
