"""Writes static/label-sets/imagenet-1k.txt: OpenAI's names for the classes of ImageNet-1k.

Reads them from the wheel of open_clip_torch 3.3.0
(https://github.com/mlfoundations/open_clip, MIT), which pip downloads. Run it from anywhere:
    python app/data/make_imagenet_labels.py
"""

import ast
import hashlib
import pathlib
import subprocess
import sys
import tempfile
import zipfile

PATH = pathlib.Path(__file__).resolve().parents[2] / "static/label-sets/imagenet-1k.txt"
PACKAGE = "open_clip_torch==3.3.0"
SHA256 = "c549ad5ed6bfc119cc11105033c0a2b9d7a2a4afeb40a58a09aab3da1a0043ce"
MODULE = "open_clip/zero_shot_metadata.py"
LIST = "IMAGENET_CLASSNAMES"


def wheel(folder):
    """Downloads the wheel into a folder and checks its content."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, PACKAGE]
    subprocess.run(command, check=True)
    [path] = pathlib.Path(folder).glob("*.whl")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    assert found == SHA256, f"{path.name} has another content: {found}"
    return path


def names(module):
    """The strings of the module's list, in the order of the classes."""
    for statement in ast.parse(module).body:
        if isinstance(statement, ast.Assign) and statement.targets[0].id == LIST:
            return ast.literal_eval(statement.value)
    raise LookupError(LIST)


with tempfile.TemporaryDirectory() as folder:
    module = zipfile.ZipFile(wheel(folder)).read(MODULE).decode()
classes = names(module)
assert len(classes) == 1000, len(classes)
# "missile" and "sunglasses" name two classes each; a label can be there only once.
labels = list(dict.fromkeys(classes))
PATH.write_text("".join(f"{label}\n" for label in labels), encoding="utf-8")
print(f"{PATH.name}: {len(labels)} labels for {len(classes)} classes")
