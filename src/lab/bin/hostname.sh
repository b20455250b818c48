#!/bin/sh
# hostname of a practice host.
cat "${CTFLEET_LAB_ROOT:?}/etc/hostname"
