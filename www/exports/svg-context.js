// The part of a canvas's drawing context that the figures use, written down as SVG: a figure is
// drawn once, and comes out as pixels or as lines.

/** Of a letter's height, by which its baseline lies below the place that is asked for. */
const BASELINES = { alphabetic: 0, top: 0.8, middle: 0.35, bottom: -0.22 };
const ANCHORS = { left: "start", center: "middle", right: "end" };

/** Hundredths of a pixel. @param {number} value */
const short = (value) => String(Math.round(value * 100) / 100);

export class SvgContext {
  fillStyle = "#000";
  strokeStyle = "#000";
  lineWidth = 1;
  lineJoin = "miter";
  globalAlpha = 1;
  imageSmoothingEnabled = true;
  font = "10px sans-serif";
  /** @type {keyof typeof ANCHORS} */
  textAlign = "left";
  /** @type {keyof typeof BASELINES} */
  textBaseline = "alphabetic";

  /** @type {string[]} */
  #nodes = [];
  #path = "";
  /** A path that is one whole circle. */
  #circle = "";
  /** @type {number[]} */
  #dash = [];

  /** What was drawn. */
  get content() {
    return this.#nodes.join("\n");
  }

  beginPath() {
    this.#path = this.#circle = "";
  }

  /** @param {number} x @param {number} y */
  moveTo(x, y) {
    this.#path += `M${short(x)} ${short(y)}`;
  }

  /** @param {number} x @param {number} y */
  lineTo(x, y) {
    this.#path += `${this.#path ? "L" : "M"}${short(x)} ${short(y)}`;
  }

  /** A whole circle, which is all that is asked for. @param {number} x @param {number} y @param {number} radius */
  arc(x, y, radius) {
    this.#circle = `<circle cx="${short(x)}" cy="${short(y)}" r="${short(radius)}"`;
  }

  closePath() {
    this.#path += "Z";
  }

  /** @param {number[]} dash */
  setLineDash(dash) {
    this.#dash = dash;
  }

  fill() {
    this.#nodes.push(`${this.#shape} fill="${this.fillStyle}"${this.#opacity}/>`);
  }

  stroke() {
    this.#nodes.push(`${this.#shape} fill="none"${this.#pen}/>`);
  }

  /** @param {number} x @param {number} y @param {number} width @param {number} height */
  fillRect(x, y, width, height) {
    this.#nodes.push(`<rect${box(x, y, width, height)} fill="${this.fillStyle}"/>`);
  }

  /** @param {string} text @param {number} x @param {number} y */
  fillText(text, x, y) {
    this.#write(text, x, y, ` fill="${this.fillStyle}"${this.#opacity}`);
  }

  /** @param {string} text @param {number} x @param {number} y */
  strokeText(text, x, y) {
    this.#write(text, x, y, ` fill="none"${this.#pen}`);
  }

  /**
   * Pixels, carried in the file itself.
   *
   * @param {HTMLCanvasElement} canvas
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   */
  drawImage(canvas, x, y, width, height) {
    const look = this.imageSmoothingEnabled ? "" : ' image-rendering="pixelated"';
    this.#nodes.push(
      `<image${box(x, y, width, height)} preserveAspectRatio="none"${look}${this.#opacity} href="${canvas.toDataURL()}"/>`,
    );
  }

  /**
   * A part of the sheet with its own origin, outside of which nothing is seen.
   *
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   */
  openFrame(x, y, width, height) {
    this.#nodes.push(`<svg${box(x, y, width, height)} overflow="hidden">`);
  }

  closeFrame() {
    this.#nodes.push("</svg>");
  }

  get #shape() {
    return this.#circle || `<path d="${this.#path}"`;
  }

  get #pen() {
    const dash = this.#dash.length ? ` stroke-dasharray="${this.#dash.map(short).join(" ")}"` : "";
    return ` stroke="${this.strokeStyle}" stroke-width="${short(this.lineWidth)}" stroke-linejoin="${this.lineJoin}"${dash}${this.#opacity}`;
  }

  get #opacity() {
    return this.globalAlpha < 1 ? ` opacity="${short(this.globalAlpha)}"` : "";
  }

  /** @param {string} text @param {number} x @param {number} y @param {string} paint */
  #write(text, x, y, paint) {
    const [, weight = "400", size = "10", family = ""] =
      /^(?:(\d+) )?([\d.]+)px (.*)$/.exec(this.font) ?? [];
    const below = y + BASELINES[this.textBaseline] * Number(size);
    const place = `x="${short(x)}" y="${short(below)}" text-anchor="${ANCHORS[this.textAlign]}"`;
    const font = `font-family="${escapeXml(family)}" font-size="${short(Number(size))}" font-weight="${weight}"`;
    this.#nodes.push(`<text ${place} ${font}${paint}>${escapeXml(text)}</text>`);
  }
}

/** @param {number} x @param {number} y @param {number} width @param {number} height */
function box(x, y, width, height) {
  return ` x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"`;
}

/** @param {string} text */
export function escapeXml(text) {
  const names = /** @type {Record<string, string>} */ ({ "&": "amp", "<": "lt", ">": "gt" });
  return text.replace(/[&<>]/g, (sign) => `&${names[sign]};`).replaceAll('"', "&quot;");
}
