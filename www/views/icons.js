// The few drawn signs, as paths in a 16×16 box: letters such as ▶ turn into emoji on phones.

const PATHS = {
  play: "M4 2.5v11l9-5.5z",
  pause: "M4 3h3v10H4zM9 3h3v10H9z",
  step: "M3 3v10l7-5zM11 3h2v10h-2z",
  epoch: "M2 3v10l5-5zM8 3v10l5-5zM13 3h1.6v10H13z",
  reset: "M8 2.5a5.5 5.5 0 1 0 5.4 6.5h-1.6A4 4 0 1 1 8 4v2.6L12 3.300 8 0z",
  trained:
    "M8 1.500l2 4.200 4.600.6-3.400 3.200.9 4.500L8 11.800 3.900 14l.9-4.500L1.400 6.300 6 5.700z",
  settings:
    "M1 4h8.200a2.300 2.300 0 0 1 4.400 0H15v1.500h-1.400a2.300 2.300 0 0 1-4.400 0H1zM1 10.500h1.400a2.300 2.300 0 0 1 4.400 0H15V12H6.800a2.300 2.300 0 0 1-4.400 0H1z",
  share:
    "M7.200 1h1.600v6.500l2.400-2.400 1.100 1.100L8 10.500 3.700 6.200l1.100-1.100 2.400 2.400zM1.500 10H3v3.500h10V10h1.500v5h-13z",
  close:
    "M3.500 2.400 8 6.900l4.500-4.500 1.100 1.100L9.100 8l4.500 4.500-1.100 1.100L8 9.100l-4.500 4.500-1.100-1.100L6.900 8 2.400 3.500z",
};

/** @typedef {keyof typeof PATHS} IconName */

/** @param {IconName} name */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
