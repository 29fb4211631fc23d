// `npm install vae-playground`, or the file that `cargo xtask package` writes, and then this line.
import "vae-playground";

const point = document.getElementById("point");
document.querySelector("vae-playground").addEventListener("latentchange", ({ detail }) => {
  point.textContent = detail.latent.map((z) => z.toFixed(2)).join(", ");
});
