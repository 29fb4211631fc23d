// The declarations against the element: what they promise, the class has. Checked by tsc, never run.

/** @import { VaePlaygroundElement as Declared } from "../../www/types/vae-playground.d.ts" */
/** @import { VaePlaygroundElement as Actual } from "../../www/vae-playground.js" */

/** Listeners aside, whose declared events are narrower. @typedef {Omit<Declared, "addEventListener">} Promised */

/** @param {Actual} element @returns {Promised} */
export const keepsItsPromise = (element) => element;
