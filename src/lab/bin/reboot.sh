#!/bin/sh
# The practice fleet watches for this file and takes the host down.
: >"${CTFLEET_LAB_STATE:?}/reboot"
