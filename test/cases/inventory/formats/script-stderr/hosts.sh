#!/bin/sh
echo 'fetching...' >&2
echo '{"web": {"hosts": ["w1"]}, "_meta": {"hostvars": {"w1": {"a": 1}}}}'
