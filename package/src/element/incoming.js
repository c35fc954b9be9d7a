// Files that a person drops or pastes on an element.

/**
 * Only what is dropped on the element is taken; what is dropped beside it is the page's affair.
 * @param {HTMLElement} element
 * @param {{
 *   isDisabled(): boolean, hovers(hovering: boolean): void, arrived(files: File[]): void,
 * }} listener
 */
export function listenForFiles(element, listener) {
  const dragged = (event) => {
    if (!carriesFiles(event.dataTransfer)) return;
    // Otherwise the browser would open the file in place of the page, even if nothing is taken.
    event.preventDefault();
    const isDisabled = listener.isDisabled();
    event.dataTransfer.dropEffect = isDisabled ? "none" : "copy";
    listener.hovers(!isDisabled);
  };
  element.addEventListener("dragenter", dragged);
  element.addEventListener("dragover", dragged);
  element.addEventListener("dragleave", (event) => {
    const isInside = event.relatedTarget instanceof Node && element.contains(event.relatedTarget);
    if (!isInside) listener.hovers(false);
  });
  for (const kind of ["drop", "paste"]) {
    element.addEventListener(kind, (event) => {
      const transfer = event.dataTransfer ?? event.clipboardData;
      listener.hovers(false);
      if (!carriesFiles(transfer)) return;
      event.preventDefault();
      if (!listener.isDisabled()) listener.arrived([...transfer.files]);
    });
  }
}

/** @param {DataTransfer | null} transfer */
function carriesFiles(transfer) {
  return transfer?.types.includes("Files") ?? false;
}

/**
 * Parts files by the attribute `accept`, by the rules of `<input type=file>`. A file of unknown type
 * fits a MIME type, because systems do not know the types of all pictures.
 * @param {File[]} files
 * @param {string} accept such as `image/*` or `image/png, .heic`
 */
export function sortOut(files, accept) {
  const kinds = accept.toLowerCase().split(",").map((kind) => kind.trim()).filter(Boolean);
  const isAccepted = (file) => kinds.length === 0 || kinds.some((kind) => isOfKind(file, kind));
  const accepted = files.filter(isAccepted);
  return { accepted, refused: files.filter((file) => !isAccepted(file)) };
}

function isOfKind(file, kind) {
  const type = file.type.toLowerCase();
  if (kind.startsWith(".")) return file.name.toLowerCase().endsWith(kind);
  if (type === "") return true;
  return kind.endsWith("/*") ? type.startsWith(kind.slice(0, -1)) : type === kind;
}
