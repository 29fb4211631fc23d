// Tables for a terminal.

/**
 * @param {string[]} head
 * @param {string[][]} rows the first column is text, the others are figures
 */
export function table(head, rows) {
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i].length)));
  const line = (/** @type {string[]} */ row) =>
    row.map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join("  ");
  return [head, ...rows].map(line).join("\n");
}

/** Three digits that tell. @param {number} value */
export function figure(value) {
  if (value >= 100 || value === 0) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** @param {number} bytes */
export const megabytes = (bytes) => (bytes / 1e6).toFixed(2);
