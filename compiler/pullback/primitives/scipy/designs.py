"""`scipy.signal`, `scipy.ndimage`: designs of filters, windows and structures are constants of what is known.

A window may have a length that only the run knows.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from scipy import ndimage, signal
from scipy.signal import windows

from pullback.ir.core import Primitive
from pullback.primitives import meanings
from pullback.primitives.kinds import discrete
from pullback.primitives.registry import CONSTANTS, NotCovered, means
from pullback.primitives.scipy.signals import weights_type

DESIGNS = (
    "firwin firwin2 firls remez butter cheby1 cheby2 ellip bessel iirfilter iirdesign iirnotch iirpeak iircomb "
    "gammatone buttord cheb1ord cheb2ord ellipord kaiserord kaiser_beta kaiser_atten lfilter_zi sosfilt_zi "
    "unit_impulse correlation_lags tf2zpk tf2sos zpk2tf zpk2sos sos2tf sos2zpk get_window"
)
STRUCTURES = (ndimage.generate_binary_structure, ndimage.iterate_structure)
WINDOWS = (
    "boxcar triang parzen bohman blackman nuttall blackmanharris flattop bartlett barthann hamming kaiser gaussian "
    "general_gaussian general_hamming cosine hann exponential tukey lanczos"
)
CONSTANTS.update(getattr(signal, name) for name in DESIGNS.split())
CONSTANTS.update(STRUCTURES)


def _window(function: Callable[..., Any]) -> Primitive:
    """A window of a length that the run knows; all else is known."""
    prim = discrete(
        function, weights_type, name=f"window_{function.__name__}", spelling=f"scipy.signal.windows.{function.__name__}"
    )
    names = list(inspect.signature(function).parameters)

    @means(function)
    def meaning(M: Any, *args: Any, **options: Any) -> Any:
        given = {**dict(zip(names[1:], args, strict=False)), **options}
        if unknown := given.keys() - set(names) | {"xp", "device"} & given.keys():
            raise NotCovered(f"`{min(unknown)}=` of {prim.spelling}")
        return prim(M, **{name: meanings.static(value, name) for name, value in given.items()})

    return prim


for _name in WINDOWS.split():
    _window(getattr(windows, _name))
    CONSTANTS.add(getattr(windows, _name))


def _get_window(length: int, window: Any, fftbins: bool) -> Any:
    return signal.get_window(window, length, fftbins)


get_window: Primitive = discrete(
    _get_window,
    weights_type,
    name="get_window",
    spelling="scipy.signal.get_window({window}, {0}, fftbins={fftbins})",
)


@means(signal.get_window)
def get_window_meaning(window: Any, Nx: Any, fftbins: Any = True) -> Any:
    window = meanings.frozen(meanings.static(window, "window"))
    return get_window(Nx, window=window, fftbins=bool(meanings.static(fftbins, "fftbins")))
