// The built site as a static host would serve it: below a path that is not the root, text
// compressed on the way. It counts what it sends, and can be told to fail.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { promisify } from "node:util";
import { gunzipSync, gzip } from "node:zlib";

/** How an answer fails. @typedef {"abort" | "missing" | "short" | "corrupt"} Fault */
/** @typedef {{ path: string, bytes: number }} Sent */

const compress = promisify(gzip);

/** Where the site is mounted: absolute URLs in the page would miss it. */
export const MOUNT = "/course/vae/";

/** @type {Record<string, string>} */
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".gz": "application/gzip",
};
/** What a host compresses; the data is gzip already. */
const TEXT = new Set([".html", ".js", ".css", ".json", ".svg", ".wasm"]);

export class Site {
  /** By the end of the path: how a request for it fails. @type {Map<string, Fault>} */
  faults = new Map();
  /** By the end of the path: what is sent in place of a text. @type {Map<string, (text: string) => string>} */
  rewrites = new Map();
  /** Every answer, in order. @type {Sent[]} */
  sent = [];
  /** @type {Map<string, Promise<Buffer>>} */
  #bodies = new Map();
  #server = createServer((request, response) => this.#answer(request, response));

  /** @param {Record<string, string>} mounts URL path → folder on disk */
  constructor(mounts) {
    this.mounts = mounts;
  }

  /** @returns {Promise<void>} */
  open() {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(0, "127.0.0.1", resolve);
    });
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  get origin() {
    const { port } = /** @type {import("node:net").AddressInfo} */ (this.#server.address());
    return `http://127.0.0.1:${port}`;
  }

  /** The page, with its query: `?engine=cpu`. */
  address(query = "") {
    return `${this.origin}${MOUNT}${query}`;
  }

  /** Requests answered so far for paths that match. @param {RegExp} pattern */
  requests(pattern) {
    return this.sent.filter(({ path }) => pattern.test(path));
  }

  /**
   * @param {import("node:http").IncomingMessage} request
   * @param {import("node:http").ServerResponse} response
   */
  async #answer(request, response) {
    const path = decodeURIComponent(new URL(request.url ?? "/", this.origin).pathname);
    const fault = [...this.faults].find(([end]) => path.endsWith(end))?.[1];
    const file = this.#locate(path);
    if (fault === "abort") {
      this.sent.push({ path, bytes: 0 });
      request.socket.destroy();
      return;
    }
    try {
      if (!file || fault === "missing") throw new Error("there is no such file");
      const rewrite = [...this.rewrites].find(([end]) => path.endsWith(end))?.[1];
      const body = rewrite ? await rewritten(file, rewrite) : await this.#body(file);
      this.#send(path, file, request, response, body, fault);
    } catch {
      this.sent.push({ path, bytes: 0 });
      response.writeHead(404).end();
    }
  }

  /**
   * @param {string} path
   * @param {string} file
   * @param {import("node:http").IncomingMessage} request
   * @param {import("node:http").ServerResponse} response
   * @param {Buffer} body
   * @param {Fault} [fault]
   */
  #send(path, file, request, response, body, fault) {
    const extension = extname(file);
    const tag = `"${createHash("sha1").update(body).digest("hex")}"`;
    response.setHeader("Content-Type", TYPES[extension] ?? "application/octet-stream");
    response.setHeader("Cache-Control", "no-cache");
    response.setHeader("ETag", tag);
    if (TEXT.has(extension)) response.setHeader("Content-Encoding", "gzip");
    const known = request.headers["if-none-match"] === tag && !fault;
    const bytes = known ? Buffer.alloc(0) : spoil(body, fault);
    this.sent.push({ path, bytes: bytes.length });
    response.writeHead(known ? 304 : 200, known ? {} : { "Content-Length": bytes.length });
    response.end(bytes);
  }

  /** @param {string} path @returns {string | null} */
  #locate(path) {
    const mount = Object.keys(this.mounts).find((mount) => path.startsWith(mount));
    if (!mount || path.includes("\0")) return null;
    const below = normalize(path.slice(mount.length) || "index.html");
    return below.startsWith("..") ? null : join(this.mounts[mount], below);
  }

  /** As sent: compressed once. @param {string} file */
  #body(file) {
    let body = this.#bodies.get(file);
    if (!body) {
      body = readFile(file).then((bytes) => (TEXT.has(extname(file)) ? compress(bytes) : bytes));
      body.catch(() => this.#bodies.delete(file));
      this.#bodies.set(file, body);
    }
    return body;
  }
}

/** @param {string} file @param {(text: string) => string} rewrite */
async function rewritten(file, rewrite) {
  const text = await readFile(file, "utf8");
  const other = rewrite(text);
  if (other === text) throw new Error(`${file} has nothing to rewrite`);
  return compress(other);
}

/** @param {Buffer} body @param {Fault} [fault] */
function spoil(body, fault) {
  if (fault === "short") return body.subarray(0, body.length >> 1);
  if (fault !== "corrupt") return body;
  // Well-formed in all but one pixel, so that only the checksum can tell; inflated, as by a host
  // that sends .gz with Content-Encoding.
  const spoiled = gunzipSync(body);
  spoiled[spoiled.length >> 1] ^= 1;
  return spoiled;
}

/**
 * @param {string} root the site's folder
 * @param {string} repository
 * @param {Record<string, string>} [others] URL path → folder on disk
 */
export async function openSite(root, repository, others = {}) {
  const mounts = {
    [MOUNT]: root,
    "/bench/": join(repository, "bench"),
    "/elsewhere/": join(repository, "tests/browser/hosts"),
    ...others,
  };
  const site = new Site(mounts);
  await site.open();
  return site;
}
