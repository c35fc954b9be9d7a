// Caches the page's own files, so that it opens offline. Models are not cached here: the engine
// stores them.

// `cargo xtask assemble` fills these in. The version is a digest of all files. Each path has its own
// digest for `integrity`, so that no two versions can mix while a host is updated.
const VERSION = "";
const FILES = {};
const PATHS = new Set(Object.keys(FILES));

const SCOPE = self.registration.scope;
// Pages at other paths of this host share the caches.
const PREFIX = `glance ${SCOPE} `;
const OWN = PREFIX + VERSION;
const RECORD = `${PREFIX}versions`;
const SHARED = `${PREFIX}shared`;

// Limits of one share from the system's share menu.
const MAX_SHARED_FILES = 100;
const MAX_SHARED_BYTES = 256 * 1024 * 1024;

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));

self.addEventListener("message", (event) => {
  if (event.data === "activate") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const path = pathInScope(request.url);
  if (path === "share" && request.method === "POST") {
    event.respondWith(takeShared(request));
    return;
  }
  // The host answers requests for ranges.
  if (path === null || request.method !== "GET" || request.headers.has("range")) return;
  if (request.mode === "navigate") {
    if (path === "" || path === "index.html") event.respondWith(fromCache(OWN, "./", request));
  } else if (path.startsWith("code/")) {
    // The URL identifies the content, so a page of the previous version is served too.
    event.respondWith(fromCache(undefined, request.url, request));
  } else if (PATHS.has(path)) {
    event.respondWith(fromCache(OWN, path, request));
  }
});

async function install() {
  const requests = Object.entries(FILES).map(([path, integrity]) => {
    // URLs in code/ identify their content, so the HTTP cache may answer for what the page fetched.
    const cache = path.startsWith("code/") ? "default" : "no-cache";
    return new Request(path, { cache, integrity });
  });
  const cache = await caches.open(OWN);
  await cache.addAll(requests);
  // Deletes a version that waited and was never used.
  await keep([VERSION, ...(await activated())]);
}

async function activate() {
  const [before] = (await activated()).filter((version) => version !== VERSION);
  const versions = before ? [VERSION, before] : [VERSION];
  const record = await caches.open(RECORD);
  await record.put(SCOPE, new Response(JSON.stringify(versions)));
  await keep(versions);
  await self.clients.claim();
}

// The active version and the previous one, which another tab may still show.
async function activated() {
  const record = await caches.match(SCOPE, { cacheName: RECORD });
  return record ? record.json() : [];
}

async function keep(versions) {
  const kept = [RECORD, SHARED, ...versions.map((version) => PREFIX + version)];
  const ours = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  await Promise.all(ours.filter((name) => !kept.includes(name)).map((name) => caches.delete(name)));
}

async function fromCache(cacheName, path, request) {
  const kept = await caches.match(path, { cacheName, ignoreVary: true });
  return kept ?? fetch(request);
}

// The path below the page's folder, without the query; null outside of it.
function pathInScope(address) {
  const url = new URL(address);
  const whole = url.origin + url.pathname;
  return whole.startsWith(SCOPE) ? whole.slice(SCOPE.length) : null;
}

// Puts pictures from the share menu into a cache for the page, and opens the page.
async function takeShared(request) {
  const answer = (result) => Response.redirect(`./?shared=${result}`, 303);
  try {
    const pictures = (await request.formData()).getAll("pictures");
    const files = pictures.filter((entry) => entry instanceof File);
    await caches.delete(SHARED);
    const cache = await caches.open(SHARED);
    let bytes = 0;
    let taken = 0;
    for (const file of files.slice(0, MAX_SHARED_FILES)) {
      if (bytes + file.size > MAX_SHARED_BYTES) continue;
      bytes += file.size;
      const headers = {
        "content-type": file.type || "application/octet-stream",
        "file-name": encodeURIComponent(file.name),
      };
      await cache.put(`shared/${taken}`, new Response(file, { headers }));
      taken += 1;
    }
    return answer(taken === files.length ? "all" : "some");
  } catch (error) {
    console.error(error);
    return answer("none");
  }
}
