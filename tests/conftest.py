"""The kernels in which nbval runs notebooks are started like those of `make notebooks`."""

import nbval.kernel

from helpers.author import PrivateKernelManager

nbval.kernel.KernelManager = PrivateKernelManager
