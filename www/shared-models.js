// The models that elements of this page share by name.

import { SharedModel } from "./shared-model.js";

/** @typedef {{ model: SharedModel, members: Set<object> }} Entry */

/** @type {Map<string, Entry>} */
const entries = new Map();

/**
 * The model of that name, which this member makes where there is none. Without a name it is the
 * member's own.
 *
 * @param {string | null} name
 * @param {object} member
 * @param {() => SharedModel} make
 */
export function joinModel(name, member, make) {
  if (name === null) return make();
  let entry = entries.get(name);
  if (!entry) entries.set(name, (entry = { model: make(), members: new Set() }));
  entry.members.add(member);
  return entry.model;
}

/** The last to leave takes the name with it: who comes next begins anew. @param {object} member */
export function leaveModel(member) {
  for (const [name, { members }] of entries) {
    if (members.delete(member) && !members.size) entries.delete(name);
  }
}
