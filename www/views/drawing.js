// A sheet of 28×28 pixels and a soft pen: the reader's own digit, for the encoder.
import { contextOf, listen, make, oncePerFrame, say } from "./dom.js";

/** @import { Playground } from "../playground.js" */

const SIDE = 28;
/** As wide as MNIST's strokes after their reduction to 28×28: about two pixels, with grey edges. */
const PEN_WIDTH = 2.1;

/**
 * Two sheets: one that is read (white on black, as MNIST is), one that is seen (the theme's ink).
 * @param {Playground} playground
 * @param {(pixels: Uint8Array | null) => void} change at most once a frame
 */
export function createDrawing(playground, change) {
  const canvas = make("canvas", { class: "pixels sheet", width: SIDE, height: SIDE, role: "img" });
  say(playground, canvas, "encoder.sheet", "aria-label");
  const sheet = make("canvas", { width: SIDE, height: SIDE });
  // Read back after every stroke, so it is better kept off the GPU.
  const options = { willReadFrequently: true };
  const hidden = /** @type {CanvasRenderingContext2D} */ (sheet.getContext("2d", options));
  const context = contextOf(canvas);
  hidden.lineCap = hidden.lineJoin = "round";
  hidden.strokeStyle = "white";
  hidden.lineWidth = PEN_WIDTH;

  /** The red channel of white ink on a black sheet is the image. */
  const read = () => {
    const { data } = hidden.getImageData(0, 0, SIDE, SIDE);
    return Uint8Array.from({ length: SIDE * SIDE }, (_, i) => data[4 * i]);
  };
  const show = () => {
    if (!playground.ready) return;
    const rgba = new Uint8ClampedArray(playground.core.tiles(read(), playground.theme));
    context.putImageData(new ImageData(rgba, SIDE, SIDE), 0, 0);
  };
  let inked = false;
  const wipe = () => {
    inked = false;
    hidden.fillStyle = "black";
    hidden.fillRect(0, 0, SIDE, SIDE);
    show();
  };
  const send = oncePerFrame(() => {
    show();
    change(read());
  });
  listenToPen(canvas, (x0, y0, x1, y1) => {
    hidden.beginPath();
    hidden.moveTo(x0, y0);
    hidden.lineTo(x1, y1);
    hidden.stroke();
    inked = true;
    send();
  });
  wipe();
  listen(playground, "ready theme", show);
  return {
    canvas,
    /** The sheet takes the place of the chosen digit, with what was drawn on it before. */
    open() {
      show();
      change(inked ? read() : null);
    },
    clear() {
      wipe();
      change(null);
    },
  };
}

/**
 * Every stretch the pen goes, in the sheet's pixels; a tap is a stretch of no length.
 * @param {HTMLCanvasElement} canvas
 * @param {(x0: number, y0: number, x1: number, y1: number) => void} stroke
 */
function listenToPen(canvas, stroke) {
  /** @type {{x: number, y: number} | null} */
  let last = null;
  const spot = (/** @type {PointerEvent} */ event) => {
    const box = canvas.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) / box.width) * SIDE,
      y: ((event.clientY - box.top) / box.height) * SIDE,
    };
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (last || event.button > 0) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    last = spot(event);
    stroke(last.x, last.y, last.x, last.y);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!last || !canvas.hasPointerCapture(event.pointerId)) return;
    // A quick hand makes several moves a frame; all of them belong to the line.
    const moves = event.getCoalescedEvents?.() ?? [];
    for (const move of moves.length ? moves : [event]) {
      const next = spot(move);
      stroke(last.x, last.y, next.x, next.y);
      last = next;
    }
  });
  for (const name of ["pointerup", "pointercancel"])
    canvas.addEventListener(name, () => {
      last = null;
    });
}
