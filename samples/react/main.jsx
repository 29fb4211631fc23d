import { useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import "vae-playground"; // before the first render: React then sets properties, not attributes

function Lecture() {
  const playground = useRef(null);
  const [latent, setLatent] = useState([0, 0]);
  const [training, setTraining] = useState(false);
  const [loss, setLoss] = useState(null);

  async function train() {
    setTraining(true);
    try {
      const run = await playground.current.train({ steps: 100 });
      setLoss(run.loss.total);
    } finally {
      setTraining(false);
    }
  }

  return (
    <>
      <h1>The latent plane</h1>
      <vae-playground
        ref={playground}
        views={["plane", "digit"]}
        preset="elbo"
        onlatentchange={({ detail }) => setLatent(detail.latent)}
      />
      <p>
        Decoded at <output>{latent.map((z) => z.toFixed(2)).join(", ")}</output>.
      </p>
      <p>
        <button disabled={training} onClick={train}>
          Train 100 steps
        </button>{" "}
        {loss !== null && <>Loss: {loss.toFixed(2)} nats an image.</>}
      </p>
    </>
  );
}

createRoot(document.querySelector("main")).render(<Lecture />);
