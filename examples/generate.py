"""Writes the gradients that are committed beside the examples, or checks that they are up to date.

python examples/generate.py [--check] [name ...]
"""

import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# source of the function, arguments to build for, parameters to differentiate by
BUILDS = {
    "walkthrough": ("examples/walkthrough.py:loss", "examples/walkthrough.py:args", "w,x,b,y"),
    "sum_of_squares": ("examples/sum_of_squares.py:f", "examples/sum_of_squares.py:args", "x,y"),
    "two_layer_relu": ("examples/two_layer_relu.py:loss", "examples/two_layer_relu.py:args", "W1,b1,W2,b2"),
    "deep_network": ("examples/deep_network.py:loss", "examples/deep_network.py:args", "parameters"),
    "mlp3": ("examples/mlp3.py:loss", "examples/mlp3.py:args", "params"),
    "gradient_check": ("examples/gradient_check.py:loss", "examples/gradient_check.py:args", "w"),
    "optimizers": ("examples/optimizers.py:loss", "examples/optimizers.py:args", "params"),
    "residual": ("examples/blocks/residual.py:loss", "examples/blocks/residual.py:args", "x,layers"),
    "batch_norm": ("examples/blocks/batch_norm.py:loss", "examples/blocks/batch_norm.py:args", "x,gamma,beta"),
    "layer_norm": ("examples/blocks/layer_norm.py:loss", "examples/blocks/layer_norm.py:args", "x,gain,bias"),
    "dropout": ("examples/blocks/dropout.py:loss", "examples/blocks/dropout.py:args", "W1,W2"),
    "gelu_tanh": ("examples/blocks/gelu_tanh.py:loss", "examples/blocks/gelu_tanh.py:args", "x,W"),
    "gelu_erf": ("examples/blocks/gelu_erf.py:loss", "examples/blocks/gelu_erf.py:args", "x,W"),
    "digits": ("examples/digits/model.py:loss", "examples/digits/sample.py:args", "params"),
}


def output(name):
    """Where the gradient of an example lies, relative to the root."""
    return str(Path(BUILDS[name][0]).parent / f"{name}_grad.py")


def command(name, *options):
    """The call of the command line that builds one gradient."""
    function, args, wrt = BUILDS[name]
    pullback = str(Path(sysconfig.get_path("scripts")) / "pullback")
    return [pullback, "build", function, "-o", output(name), "--args", args, "--wrt", wrt, *options]


def main(arguments):
    options = [a for a in arguments if a.startswith("--")]
    names = [a for a in arguments if not a.startswith("--")] or list(BUILDS)
    failed = [name for name in names if subprocess.run(command(name, *options), cwd=ROOT).returncode]
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main(sys.argv[1:])
