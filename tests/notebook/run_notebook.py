"""Runs the code cells of a Jupyter notebook with Deno's kernel; prints their outputs as JSON."""

import json
import os
import sys
import tempfile

from queue import Empty

from jupyter_client.manager import start_new_kernel



def run(client, source):
    """What is told of a cell. Deno's kernel may tell the value after it says that it is idle."""
    request = client.execute(source)
    outputs = []
    is_idle = has_ended = False
    while not (is_idle and has_ended):
        try:
            message = client.get_iopub_msg(timeout=10 if is_idle else 90)
        except Empty:
            break
        if message["parent_header"].get("msg_id") != request:
            continue
        kind, content = message["msg_type"], message["content"]
        if kind in ("execute_result", "stream", "error"):
            outputs.append(content)
        has_ended |= kind in ("execute_result", "error")
        is_idle |= kind == "status" and content["execution_state"] == "idle"
    return outputs


deno, path = sys.argv[1:]
with open(path) as file:
    cells = json.load(file)["cells"]

results = []
with tempfile.TemporaryDirectory() as folder:
    kernel = os.path.join(folder, "kernels", "deno")
    os.makedirs(kernel)
    with open(os.path.join(kernel, "kernel.json"), "w") as file:
        command = [deno, "jupyter", "--kernel", "--conn", "{connection_file}"]
        json.dump({"argv": command, "display_name": "Deno", "language": "typescript"}, file)
    os.environ["JUPYTER_PATH"] = folder
    os.environ["JUPYTER_RUNTIME_DIR"] = os.path.join(folder, "runtime")
    manager, client = start_new_kernel(kernel_name="deno", cwd=os.path.dirname(path))
    try:
        for cell in cells:
            if cell["cell_type"] != "code":
                continue
            results.append({"outputs": run(client, "".join(cell["source"]))})
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
print(json.dumps(results))
