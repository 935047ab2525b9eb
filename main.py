"""Entry for `flet build`: the tablet app on a device of its own."""

from clienteling.app import run_native

run_native()
