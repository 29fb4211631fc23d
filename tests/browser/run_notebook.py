"""Runs a notebook's code cells as Jupyter does and prints the HTML that the last one displays."""

import contextlib
import json
import sys

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

settings = Config()
settings.HistoryManager.enabled = False  # nothing is left in the home folder
shell = InteractiveShell(config=settings)
with open(sys.argv[1], encoding="utf-8") as file:
    cells = json.load(file)["cells"]
shown = None
with contextlib.redirect_stdout(sys.stderr):
    for cell in cells:
        if cell["cell_type"] == "code":
            run = shell.run_cell("".join(cell["source"]))
            run.raise_error()
            shown = run.result
formats, _ = shell.display_formatter.format(shown)
print(formats["text/html"])
